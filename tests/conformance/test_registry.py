"""Everything that is entered is deleted, in order, whatever the order of entry."""

from collections.abc import Callable

import pytest
from botocore.exceptions import ClientError

from conformance.account import Account, Pace
from conformance.other_kinds import KINDS
from conformance.registry import Kind, Leftover, Registry
from conformance.waiting import until

_PACE = Pace(poll_seconds=0.0, wait_seconds=0.0)
ACCOUNT = Account(lambda *_: None, "123456789012", "eu-west-1", "test", _PACE)


def kind(words: str, rank: int, delete: Callable[[Account, str], None]) -> Kind:
    """Return a kind of resource that is deleted so."""
    return Kind(words, rank, delete, lambda *_: ())


def refusing(code: str, message: str) -> ClientError:
    """Return AWS's refusal."""
    return ClientError({"Error": {"Code": code, "Message": message}}, "Delete")


def test_what_stands_on_others_goes_first() -> None:
    """By the kinds' ranks, of one kind the newest first."""
    deleted: list[str] = []
    model = kind("model", 50, lambda _, name: deleted.append(name))
    endpoint = kind("endpoint", 30, lambda _, name: deleted.append(name))
    registry = Registry(ACCOUNT, lambda _: None)
    for each, name in ((model, "m1"), (endpoint, "e1"), (model, "m2"), (endpoint, "e2"), (model, "m1")):
        registry.enter(each, name)
    assert registry.tear_down() == ()
    assert deleted == ["e2", "e1", "m2", "m1"]
    assert registry.tear_down() == ()


def test_what_was_entered_since_a_mark_goes_alone() -> None:
    """What a probe made goes, what it stands on stays."""
    deleted: list[str] = []
    model = kind("model", 50, lambda _, name: deleted.append(name))
    registry = Registry(ACCOUNT, lambda _: None)
    registry.enter(model, "old")
    mark = registry.mark()
    registry.enter(model, "new")
    registry.tear_down(mark)
    assert (deleted, registry.names) == (["new"], {"old"})


@pytest.mark.parametrize(
    "error",
    [
        refusing("ValidationException", 'Could not find model "x".'),
        refusing("NoSuchEntity", "x"),
        refusing("ResourceNotFoundException", "x"),
    ],
)
def test_what_is_gone_already_is_no_leftover(error: ClientError) -> None:
    """It was entered before it was created, and then refused."""

    def delete(_account: Account, _name: str) -> None:
        raise error

    registry = Registry(ACCOUNT, lambda _: None)
    registry.enter(kind("model", 1, delete), "x")
    assert registry.tear_down() == ()


def test_what_an_interruption_left_goes_the_next_time() -> None:
    """A deletion that Ctrl-C ends forgets nothing."""
    deleted: list[str] = []

    def delete(_account: Account, name: str) -> None:
        if name == "first" and not deleted:
            deleted.append("interrupted")
            raise KeyboardInterrupt
        deleted.append(name)

    registry = Registry(ACCOUNT, lambda _: None)
    each = kind("model", 1, delete)
    registry.enter(each, "second")
    registry.enter(each, "first")
    with pytest.raises(KeyboardInterrupt):
        registry.tear_down()
    assert registry.names == {"first", "second"}
    assert registry.tear_down() == ()
    assert deleted == ["interrupted", "first", "second"]


def test_what_stays_is_tried_again_and_told() -> None:
    """With the last reason; the others go all the same."""
    tries: list[str] = []
    deleted: list[str] = []

    def refuse(_account: Account, name: str) -> None:
        tries.append(name)
        raise refusing("DependencyViolation", "in use")

    told: list[str] = []
    registry = Registry(ACCOUNT, told.append)
    registry.enter(kind("group", 1, refuse), "g")
    registry.enter(kind("model", 2, lambda _, name: deleted.append(name)), "m")
    assert registry.tear_down() == (Leftover("group", "g", "DependencyViolation: in use"),)
    assert (len(tries), len(told), deleted) == (5, 5, ["m"])


def test_a_wait_that_takes_too_long_is_a_leftover() -> None:
    """Deletions are bounded."""

    def wait(account: Account, name: str) -> None:
        until(account, f"the deletion of {name}", lambda: False)

    registry = Registry(ACCOUNT, lambda _: None)
    registry.enter(kind("endpoint", 1, wait), "e")
    (leftover,) = registry.tear_down()
    assert leftover.reason == "the deletion of e takes more than 0 s"


def test_kinds_are_in_the_order_of_their_deletion() -> None:
    """Stacks first, keys and logs last."""
    ranks = [each.rank for each in KINDS]
    assert ranks == sorted(ranks)
