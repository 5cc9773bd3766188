"""Triton's answer on its way to the client: streamed if it is the model's, gathered if it is an error."""

from collections.abc import Callable
from http import HTTPStatus

from local.aws.server._exchange import Client
from local.aws.server.invocation_mapping import invocation_answer_type
from local.aws.server.runtime_answers import BODY_LIMIT_BYTES, answer_head

__all__ = ["AnswerRelay", "NewRelay"]

_ERROR_BODY_BYTES = 65_536
"""How much of a model's error is passed on; the rest is in Triton's log."""


class AnswerRelay:
    """One answer.

    Args:
        client: who gets it.
        variant: the production variant that answers.

    Attributes:
        begun: whether the client has got a part of it.
        status: Triton's HTTP status; 0 before it came.
        error: what Triton said, where the status isn't 200.
        limit_bytes: how long an answer may be (SageMaker Runtime API reference, InvokeEndpoint, Body of the
            response); None for any length. The client of a longer one sees the connection end
            (aws/sagemaker-python-sdk issues 799 and 831).
    """

    limit_bytes: int | None = BODY_LIMIT_BYTES

    def __init__(self, client: Client, variant: str) -> None:
        self._client = client
        self._variant = variant
        self._chunked = False
        self._head = b""
        self.begun = False
        self.status = 0
        self.error = bytearray()

    @property
    def is_error(self) -> bool:
        """Whether Triton answered with an error."""
        return self.status != HTTPStatus.OK

    @property
    def error_status(self) -> int:
        """The container's status, where Triton answered with an error."""
        return self.status

    def head(self, status: int, headers: dict[bytes, bytes]) -> None:
        """Triton's head has come; header names are in lower case."""
        self.status = status
        if self.is_error:
            return
        length = headers.get(b"content-length")
        self._chunked = length is None
        self._head = answer_head(
            status,
            invocation_answer_type(headers),
            None if length is None else int(length),
            more=b"x-Amzn-Invoked-Production-Variant: %s\r\n" % self._variant.encode(),
        )

    def body(self, chunk: bytes) -> None:
        """A part of its body has come."""
        if self.is_error:
            self.error += chunk[: _ERROR_BODY_BYTES - len(self.error)]
        elif self._chunked:
            self._send(b"%x\r\n" % len(chunk), chunk, b"\r\n")
        else:
            self._send(chunk)

    def end(self) -> None:
        """The model's answer is complete: send what is left of it."""
        self._send(*([b"0\r\n\r\n"] if self._chunked else []))

    def break_off(self, *, timed_out: bool) -> bool:  # noqa: ARG002 - for relays that can say why
        """Give up an answer that has begun; return whether the client can tell that it isn't whole."""
        return False

    def _send(self, *parts: bytes) -> None:
        # The head goes with the first part of the body: one write, one packet where it fits.
        head, self._head = self._head, b""
        self.begun = True
        self._client.send(*((head, *parts) if head else parts))


NewRelay = Callable[[Client, str], AnswerRelay]
"""Makes what passes an answer on, of the client and the production variant."""
