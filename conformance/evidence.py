"""What AWS said in the course of a probe, word by word, and whether it is what was believed."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from conformance.errors import NotSettledError, RefutedError

__all__ = ["Evidence"]

_IN_THE_WAY = frozenset(
    {
        *("AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "ExpiredToken"),
        *("ExpiredTokenException", "InvalidClientTokenId", "UnrecognizedClientException"),
        *("Throttling", "ThrottlingException", "RequestLimitExceeded", "TooManyRequestsException"),
        *("ResourceLimitExceeded", "LimitExceeded", "InternalFailure", "ServiceUnavailable"),
    }
)
"""Codes that speak of the caller, its quotas or the service's state, and so neither confirm nor refute."""
_LONGEST = 2000
"""Characters of one saying that are kept; a ModelError quotes up to 64 KiB."""


@dataclass(slots=True)
class Evidence:
    """Collects sayings and compares them.

    Attributes:
        sayings: word by word, in their order.
        refuted: why, by assumption, of those that were looked at in ``about``.
    """

    sayings: list[str] = field(default_factory=list)
    refuted: dict[str, str] = field(default_factory=dict)

    @contextmanager
    def about(self, assumption: str) -> Iterator[None]:
        """Let what is refuted inside count against ``assumption`` alone, of a probe that is about several."""
        try:
            yield
        except RefutedError as error:
            self.refuted.setdefault(assumption, str(error))

    def note(self, saying: str) -> None:
        """Keep what AWS said or did."""
        self.sayings.append(saying[:_LONGEST])

    def refused(
        self, call: Callable[[], object], code: str, words: str = "", *, status: int | None = None
    ) -> dict[str, Any]:
        """Expect a refusal, and return botocore's parsed answer of it.

        Args:
            call: makes the request.
            code: the error's code; empty where there is none to be expected.
            words: a regular expression that its message holds; empty where only the code is believed.
            status: the HTTP status; None where it doesn't matter.

        Raises:
            NotSettledError: it was refused for a right, a quota or a failure of the service.
            RefutedError: the request was accepted, or refused with another code or in other words.
        """
        try:
            call()
        except ClientError as error:
            answer: dict[str, Any] = error.response
        else:
            self.note("accepted")
            raise RefutedError(f"accepted, where {code or status} was believed")
        found, message = answer["Error"].get("Code", ""), answer["Error"].get("Message", "")
        _check_settles(found, message, code)
        # What is the resource's own answers lies beside the error: ModelError has OriginalMessage there.
        message = message or str(answer.get("message", ""))
        self.note(f"{found}: {message}")
        if code and found != code:
            raise RefutedError(f"refused with {found}, where {code} was believed: {message}")
        if words and not re.search(words, message):
            raise RefutedError(f"refused in other words than /{words}/: {message}")
        if status is not None and answer["ResponseMetadata"]["HTTPStatusCode"] != status:
            raise RefutedError(
                f"refused with status {answer['ResponseMetadata']['HTTPStatusCode']}, not {status}"
            )
        return answer

    def accepted(self, what: str, call: Callable[[], Any]) -> Any:  # noqa: ANN401 - boto3's answers have no type
        """Expect that a request is accepted, and return its answer.

        Raises:
            NotSettledError: it is refused for a right, a quota or a failure of the service.
            RefutedError: it is refused.
        """
        try:
            answer = call()
        except ClientError as error:
            found, message = error.response["Error"]["Code"], error.response["Error"].get("Message", "")
            self.note(f"{found}: {message}")
            _check_settles(found, message)
            raise RefutedError(f"{what} was refused with {found}: {message}") from error
        self.note(f"{what}: accepted")
        return answer

    def holds(self, what: str, *, found: object, believed: object) -> None:
        """Expect a value.

        Raises:
            RefutedError: it is another one.
        """
        self.note(f"{what}: {found}")
        if found != believed:
            raise RefutedError(f"{what} is {found!r}, where {believed!r} was believed")

    def says(self, what: str, found: str | None, words: str) -> None:
        """Expect a text to hold the regular expression ``words``.

        Raises:
            RefutedError: it doesn't.
        """
        self.note(f"{what}: {found}")
        if not re.search(words, found or ""):
            raise RefutedError(f"{what} is in other words than /{words}/: {found}")


def _check_settles(found: str, message: str, believed: str = "") -> None:
    if found in _IN_THE_WAY and found != believed:
        raise NotSettledError(f"{found} was in the way: {message}")
