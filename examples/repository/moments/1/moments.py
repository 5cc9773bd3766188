# ruff: noqa: INP001 - the folders of a Triton repository are no packages
"""Mean and mean square of each row; a model of Triton's Python backend."""

from typing import Any

import numpy as np
import triton_python_backend_utils as pb_utils  # in Triton's stub

__all__ = ["TritonPythonModel"]


class TritonPythonModel:
    """``values``, ``[batch, any]`` float32, in; ``mean`` and ``mean_square``, ``[batch, 1]``, out."""

    def execute(self, requests: list[Any]) -> list[Any]:
        """Answer ``requests``, one response each."""
        responses = []
        for request in requests:
            values = pb_utils.get_input_tensor_by_name(request, "values").as_numpy()
            mean = values.mean(axis=-1, keepdims=True)
            mean_square = np.square(values).mean(axis=-1, keepdims=True)
            tensors = [pb_utils.Tensor("mean", mean), pb_utils.Tensor("mean_square", mean_square)]
            responses.append(pb_utils.InferenceResponse(tensors))
        return responses
