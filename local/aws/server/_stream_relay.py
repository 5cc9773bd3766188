"""The answers of InvokeEndpointWithResponseStream: each part of the model's answer is an event, at once.

Sources: API_runtime_InvokeEndpointWithResponseStream and API_runtime_ResponseStream of the SageMaker API
reference, and botocore's ``sagemaker-runtime`` model; the text about the time is one that users report.
"""

import json

from local.aws.server._answer_relay import AnswerRelay
from local.aws.server.event_stream import CONTENT_TYPE, encode_event, encode_exception
from local.aws.server.invocation_mapping import invocation_answer_type
from local.aws.server.runtime_answers import answer_head

__all__ = ["STREAM_TIMEOUT_SECONDS", "StreamRelay"]

STREAM_TIMEOUT_SECONDS = 480.0
"""SageMaker developer guide, "Model deployment options": 8 minutes for streaming responses."""

_LAST_CHUNK = b"0\r\n\r\n"
_BROKEN = {
    False: ("StreamBroken", "The connection to the model {} was closed before its answer was complete."),
    True: (
        "ModelInvocationTimeExceeded",
        "Your model {} did not complete sending the inference response in the allotted time.",
    ),
}


class StreamRelay(AnswerRelay):
    """One answer, as a stream of ``PayloadPart`` events; an error before the first of them is no stream."""

    limit_bytes = None

    def head(self, status: int, headers: dict[bytes, bytes]) -> None:
        """Triton's head has come; header names are in lower case."""
        self.status = status
        if self.is_error:
            return
        self._head = answer_head(
            status,
            CONTENT_TYPE,
            None,
            more=b"X-Amzn-SageMaker-Content-Type: %s\r\nx-Amzn-Invoked-Production-Variant: %s\r\n"
            % (invocation_answer_type(headers), self._variant.encode()),
        )

    def body(self, chunk: bytes) -> None:
        """A part of its body has come."""
        if self.is_error:
            super().body(chunk)
        else:
            self._send_event(encode_event("PayloadPart", chunk))

    def end(self) -> None:
        """The model's answer is complete: end the stream."""
        self._send(_LAST_CHUNK)

    def break_off(self, *, timed_out: bool) -> bool:
        """End the stream with an exception, from which the client can tell that it isn't whole."""
        code, message = _BROKEN[timed_out]
        document = {"ErrorCode": code, "Message": message.format("primary")}
        self._send_event(encode_exception("ModelStreamError", json.dumps(document).encode()))
        self._send(_LAST_CHUNK)
        return True

    def _send_event(self, message: bytes) -> None:
        self._send(b"%x\r\n" % len(message), message, b"\r\n")
