"""A call of the runtime API, as those need it who answer it in several steps."""

from collections.abc import Mapping
from dataclasses import dataclass

from local.aws.server._answer_relay import NewRelay
from local.aws.server._exchange import Client

__all__ = ["AnswerWay", "Call"]


@dataclass(frozen=True, slots=True)
class AnswerWay:
    """How the operation that was called answers.

    Attributes:
        relay: what passes the answer on.
        timeout_seconds: how long the model may take.
    """

    relay: NewRelay
    timeout_seconds: float


@dataclass(frozen=True, slots=True)
class Call:
    """One call.

    Attributes:
        client: who asked.
        headers: of the request, names in lower case.
        content_length: of its body in bytes; None if it comes in chunks.
        way: how it is answered.
    """

    client: Client
    headers: Mapping[bytes, bytes]
    content_length: int | None
    way: AnswerWay
