"""Triton's backend ``pytorch`` on a laptop: a "Python-based backend" in place of ``libtriton_pytorch.so``.

Triton's core finds this file as ``backends/pytorch/model.py`` and runs it in its Python stub, once per model
instance, for every model of ``platform: "pytorch_libtorch"`` or ``backend: "pytorch"``. It answers from
PyTorch on one CPU thread under LibTorch's rules (see ``libtorch``); what the native backend does beyond them,
and on a GPU, is not proved here.

Source: triton-inference-server/backend, docs/python_based_backends.md.
"""

import importlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import triton_python_backend_utils as pb_utils  # in Triton's stub

if TYPE_CHECKING:
    from local.triton.backends.pytorch.libtorch import LibTorchModule

__all__ = ["TritonPythonModel"]


class TritonPythonModel:
    """One model instance; Triton calls its methods."""

    @staticmethod
    def auto_complete_config(auto_complete_model_config: Any) -> Any:  # noqa: ANN401 - an object of Triton's
        """Leave the configuration alone: LibTorch completes nothing ("not supported for pytorch backend")."""
        return auto_complete_model_config

    def initialize(self, args: dict[str, str]) -> None:
        """Load the version's TorchScript file.

        Raises:
            TritonModelException: it can't be loaded, or doesn't fit config.pbtxt.
        """
        # Only here: Triton also starts a stub that only completes configurations, and torch takes seconds.
        libtorch = importlib.import_module("libtorch")
        torch = importlib.import_module("torch")
        torch.set_num_threads(1)
        config: dict[str, Any] = json.loads(args["model_config"])
        file_name = config.get("default_model_filename") or "model.pt"
        path = Path(args["model_repository"], args["model_version"], file_name)
        self._error_type: type[Exception] = libtorch.LibTorchError
        try:
            self._module: LibTorchModule = libtorch.LibTorchModule(path, config)
        except self._error_type as error:
            raise pb_utils.TritonModelException(str(error)) from None
        self._inputs = [tensor["name"] for tensor in config["input"]]
        pb_utils.Logger.log_info(f"inputs of '{config['name']}' go by {self._module.naming.value}")

    def execute(self, requests: list[Any]) -> list[Any]:
        """Answer ``requests``, one response each."""
        inputs = [
            {name: pb_utils.get_input_tensor_by_name(request, name).as_numpy() for name in self._inputs}
            for request in requests
        ]
        try:
            outcomes = self._module.run(inputs)
        except self._error_type as error:
            outcomes = [str(error)] * len(requests)
        return [_response(outcome) for outcome in outcomes]


def _response(outcome: Any) -> Any:  # noqa: ANN401 - an object of Triton's
    if isinstance(outcome, str):
        return pb_utils.InferenceResponse(error=pb_utils.TritonError(outcome))
    return pb_utils.InferenceResponse([pb_utils.Tensor(name, array) for name, array in outcome.items()])
