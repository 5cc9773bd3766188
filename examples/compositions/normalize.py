"""Bytes of pixels become float32 features; a model of Triton's Python backend."""

from typing import Any

import numpy as np
import triton_python_backend_utils as pb_utils  # in Triton's stub

__all__ = ["TritonPythonModel"]

MEAN = np.float32(0.5)
DEVIATION = np.float32(0.25)


class TritonPythonModel:
    """``pixels``, ``[batch, 12]`` bytes, in; ``features``, ``[batch, 12]`` float32, out."""

    def execute(self, requests: list[Any]) -> list[Any]:
        """Answer ``requests``, one response each."""
        responses = []
        for request in requests:
            pixels = pb_utils.get_input_tensor_by_name(request, "pixels").as_numpy()
            features = (pixels.astype(np.float32) / np.float32(255) - MEAN) / DEVIATION
            responses.append(pb_utils.InferenceResponse([pb_utils.Tensor("features", features)]))
        return responses
