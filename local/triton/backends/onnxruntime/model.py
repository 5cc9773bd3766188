"""Triton's backend ``onnxruntime`` on a laptop: a "Python-based backend" in place of the native library.

Triton's core finds this file as ``backends/onnxruntime/model.py`` and runs it in its Python stub, once per
model instance, for every model of ``platform: "onnxruntime_onnx"`` or ``backend: "onnxruntime"``. It answers
from ONNX Runtime on one CPU thread under the native backend's rules (see ``ort``); what that does beyond
them, its execution providers, and a GPU are not proved here.

Source: triton-inference-server/backend, docs/python_based_backends.md.
"""

import importlib
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import triton_python_backend_utils as pb_utils  # in Triton's stub

if TYPE_CHECKING:
    from local.triton.backends.onnxruntime.ort import OrtModel

__all__ = ["TritonPythonModel"]

_STUB_ARGUMENTS = Path("/proc/self/cmdline")


class TritonPythonModel:
    """One model instance; Triton calls its methods."""

    @staticmethod
    def auto_complete_config(auto_complete_model_config: Any) -> Any:  # noqa: ANN401 - an object of Triton's
        """Add what the configuration lacks and the model says.

        Raises:
            ValueError: the model can't be loaded, or can't be batched as asked; Triton says so.
        """
        ort = importlib.import_module("ort")
        try:
            found = ort.complete(auto_complete_model_config.as_dict(), _model_path())
        except ort.OrtError as error:
            raise ValueError(str(error)) from None
        if found is None:
            return auto_complete_model_config
        auto_complete_model_config.set_max_batch_size(found.max_batch_size)
        if found.dynamic_batching:
            auto_complete_model_config.set_dynamic_batching()
        for tensor in found.inputs:
            auto_complete_model_config.add_input(tensor)
        for tensor in found.outputs:
            auto_complete_model_config.add_output(tensor)
        return auto_complete_model_config

    def initialize(self, args: dict[str, str]) -> None:
        """Load the version's ONNX file.

        Raises:
            TritonModelException: it can't be loaded, or doesn't fit config.pbtxt.
        """
        # Only here: Triton also starts a stub that only completes configurations.
        ort = importlib.import_module("ort")
        config: dict[str, Any] = json.loads(args["model_config"])
        file_name = config.get("default_model_filename") or "model.onnx"
        path = Path(args["model_repository"], args["model_version"], file_name)
        self._error_type: type[Exception] = ort.OrtError
        try:
            self._model: OrtModel = ort.OrtModel(path, config)
        except self._error_type as error:
            raise pb_utils.TritonModelException(str(error)) from None
        self._inputs = [tensor["name"] for tensor in config["input"]]

    def execute(self, requests: list[Any]) -> list[Any]:
        """Answer ``requests``, one response each."""
        inputs = [
            {
                name: tensor.as_numpy()
                for name in self._inputs
                if (tensor := pb_utils.get_input_tensor_by_name(request, name)) is not None
            }
            for request in requests
        ]
        try:
            outcomes = self._model.run(inputs)
        except self._error_type as error:
            outcomes = [str(error)] * len(requests)
        return [_response(outcome) for outcome in outcomes]


def _model_path() -> Path:
    """Return the model's file: the stub's first argument, which it passes on to nobody here.

    Source: triton-inference-server/python_backend, src/pb_stub.cc, ``main``.
    """
    return Path(os.fsdecode(_STUB_ARGUMENTS.read_bytes().split(b"\0")[1]))


def _response(outcome: Any) -> Any:  # noqa: ANN401 - an object of Triton's
    if isinstance(outcome, str):
        return pb_utils.InferenceResponse(error=pb_utils.TritonError(outcome))
    return pb_utils.InferenceResponse([pb_utils.Tensor(name, array) for name, array in outcome.items()])
