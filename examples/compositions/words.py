"""Answers a text word by word; a decoupled model of Triton's Python backend."""

from typing import Any

import numpy as np
import triton_python_backend_utils as pb_utils  # in Triton's stub

__all__ = ["TritonPythonModel"]


class TritonPythonModel:
    """``text``, one string, in; as many answers as it has words, each a ``word``, out."""

    def execute(self, requests: list[Any]) -> None:
        """Answer ``requests``, any number of responses each."""
        for request in requests:
            sender = request.get_response_sender()
            text = pb_utils.get_input_tensor_by_name(request, "text").as_numpy().ravel()[0].decode()
            for word in text.split():
                array = np.array([word.encode()], dtype=np.object_)
                sender.send(pb_utils.InferenceResponse([pb_utils.Tensor("word", array)]))
            sender.send(flags=pb_utils.TRITONSERVER_RESPONSE_COMPLETE_FINAL)
