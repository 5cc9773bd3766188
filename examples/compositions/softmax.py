"""Logits become probabilities; a model of Triton's Python backend."""

from typing import Any

import numpy as np
import triton_python_backend_utils as pb_utils  # in Triton's stub

__all__ = ["TritonPythonModel"]


class TritonPythonModel:
    """``logits``, ``[batch, 4]`` float32, in; ``probabilities``, of the same shape and type, out."""

    def execute(self, requests: list[Any]) -> list[Any]:
        """Answer ``requests``, one response each."""
        responses = []
        for request in requests:
            logits = pb_utils.get_input_tensor_by_name(request, "logits").as_numpy()
            powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
            probabilities = powers / powers.sum(axis=-1, keepdims=True)
            responses.append(pb_utils.InferenceResponse([pb_utils.Tensor("probabilities", probabilities)]))
        return responses
