"""What AWS said, compared with what was believed."""

from collections.abc import Callable
from typing import NoReturn

import pytest
from botocore.exceptions import ClientError

from conformance.errors import NotSettledError, RefutedError
from conformance.evidence import Evidence


def refusing(code: str, message: str, status: int = 400) -> Callable[[], NoReturn]:
    """Return a call that AWS refuses so."""

    def call() -> NoReturn:
        answer = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}}
        raise ClientError(answer, "Operation")

    return call


def test_a_refusal_as_believed() -> None:
    """Its words are kept, word by word."""
    evidence = Evidence()
    evidence.refused(
        refusing("ValidationException", "Could not find it."), "ValidationException", "^Could not"
    )
    assert evidence.sayings == ["ValidationException: Could not find it."]


def test_what_is_accepted_refutes_a_refusal() -> None:
    """And is noted."""
    evidence = Evidence()
    with pytest.raises(RefutedError, match="accepted, where ValidationException was believed"):
        evidence.refused(lambda: None, "ValidationException")
    assert evidence.sayings == ["accepted"]


def test_another_code_refutes() -> None:
    """Both are named."""
    with pytest.raises(
        RefutedError, match="refused with Throttled, where ValidationException was believed: x"
    ):
        Evidence().refused(refusing("Throttled", "x"), "ValidationException")


def test_other_words_refute() -> None:
    """The words are told."""
    with pytest.raises(RefutedError, match="refused in other words than /Could not/: Cannot"):
        Evidence().refused(refusing("ValidationException", "Cannot"), "ValidationException", "Could not")


def test_another_status_refutes() -> None:
    """Where one is believed."""
    with pytest.raises(RefutedError, match="refused with status 400, not 413"):
        Evidence().refused(refusing("413", "x"), "", status=413)


def test_a_refusal_refutes_acceptance() -> None:
    """With AWS's words."""
    with pytest.raises(RefutedError, match="CreateModel was refused with ValidationException: no"):
        Evidence().accepted("CreateModel", refusing("ValidationException", "no"))


def test_another_value_refutes() -> None:
    """Both are told."""
    with pytest.raises(RefutedError, match="status is 'Failed', where 'InService' was believed"):
        Evidence().holds("status", found="Failed", believed="InService")


@pytest.mark.parametrize("found", [None, "", "other"])
def test_another_text_refutes(found: str | None) -> None:
    """A missing one, too."""
    with pytest.raises(RefutedError, match="FailureReason is in other words than /ping/"):
        Evidence().says("FailureReason", found, "ping")


def test_about_counts_against_one_assumption() -> None:
    """What follows is still asked."""
    evidence = Evidence()
    with evidence.about("A1"):
        evidence.holds("one", found=1, believed=2)
    with evidence.about("A2"):
        evidence.holds("two", found=2, believed=2)
    assert evidence.refuted == {"A1": "one is 1, where 2 was believed"}
    assert evidence.sayings == ["one: 1", "two: 2"]


def test_a_long_saying_is_cut() -> None:
    """A ModelError quotes up to 64 KiB."""
    evidence = Evidence()
    evidence.note("x" * 5000)
    assert len(evidence.sayings[0]) == 2000


@pytest.mark.parametrize("code", ["AccessDeniedException", "ThrottlingException", "ResourceLimitExceeded"])
def test_what_was_in_the_way_settles_nothing(code: str) -> None:
    """A missing right says nothing of what would have been refused otherwise, or accepted."""
    with pytest.raises(NotSettledError, match=f"{code} was in the way: no"):
        Evidence().refused(refusing(code, "no"), "ValidationException")
    with pytest.raises(NotSettledError, match=f"{code} was in the way: no"):
        Evidence().accepted("CreateModel", refusing(code, "no"))


def test_what_is_believed_is_not_in_the_way() -> None:
    """Where the belief is that very code."""
    Evidence().refused(refusing("ResourceLimitExceeded", "no"), "ResourceLimitExceeded")
