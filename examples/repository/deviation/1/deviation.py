# ruff: noqa: INP001 - the folders of a Triton repository are no packages
"""The standard deviation, of mean and mean square; a model of Triton's Python backend."""

from typing import Any

import numpy as np
import triton_python_backend_utils as pb_utils  # in Triton's stub

__all__ = ["TritonPythonModel"]


class TritonPythonModel:
    """``mean`` and ``mean_square``, ``[batch, 1]`` float32, in; ``deviation``, ``[batch, 1]``, out."""

    def execute(self, requests: list[Any]) -> list[Any]:
        """Answer ``requests``, one response each."""
        responses = []
        for request in requests:
            mean, mean_square = (
                pb_utils.get_input_tensor_by_name(request, name).as_numpy()
                for name in ("mean", "mean_square")
            )
            deviation = np.sqrt(np.maximum(mean_square - np.square(mean), 0))
            responses.append(pb_utils.InferenceResponse([pb_utils.Tensor("deviation", deviation)]))
        return responses
