"""Calls a classifier twice for each request; a model of Triton's Python backend."""

from typing import Any

import numpy as np
import triton_python_backend_utils as pb_utils  # in Triton's stub

__all__ = ["TritonPythonModel"]


class TritonPythonModel:
    """``features``, ``[batch, 12]`` float32, in; ``logits``, ``[batch, 4]`` float32, out."""

    def execute(self, requests: list[Any]) -> list[Any]:
        """Answer ``requests``, one response each."""
        responses = []
        for request in requests:
            features = pb_utils.get_input_tensor_by_name(request, "features").as_numpy()
            mirrored = np.ascontiguousarray(features[:, ::-1])
            mean = (_classified(features) + _classified(mirrored)) / np.float32(2)
            responses.append(pb_utils.InferenceResponse([pb_utils.Tensor("logits", mean)]))
        return responses


def _classified(features: Any) -> Any:  # noqa: ANN401 - arrays of numpy 1, in Triton's stub
    """Return the classifier's logits.

    Raises:
        TritonModelException: it failed; in its own words.
    """
    request = pb_utils.InferenceRequest(
        model_name="classifier",
        requested_output_names=["OUTPUT__0"],
        inputs=[pb_utils.Tensor("features", features)],
    )
    response = request.exec()
    if response.has_error():
        raise pb_utils.TritonModelException(response.error().message())
    return pb_utils.get_output_tensor_by_name(response, "OUTPUT__0").as_numpy()
