"""A run, with probes that ask nobody."""

import os
import signal
from collections.abc import Callable

import pytest

from conformance import runner
from conformance.account import Account
from conformance.errors import NotSettledError, RefutedError
from conformance.laboratory import Laboratory
from conformance.probe import Bench, Probe
from conformance.registry import Kind
from conformance.runner import Answer, Outcome, in_order, run_probes
from tests.conformance.test_registry import ACCOUNT

_DELETED: list[str] = []
_THING = Kind("thing", 1, lambda _, name: _DELETED.append(name), lambda *_: ())


@pytest.fixture(autouse=True)
def _nothing_is_prepared(monkeypatch: pytest.MonkeyPatch) -> None:
    _DELETED.clear()
    monkeypatch.setattr(Laboratory, "prepare", lambda _: None)


def asking(ask: Callable[[Laboratory], None], *assumptions: str, bench: Bench = Bench.API) -> Probe:
    """Return a probe."""
    return Probe(assumptions or ("A1",), "probe", "Belief.", ask, bench, "", 0.0, 0.0, "")


def run(*probes: Probe) -> list[Answer]:
    """Run probes and return what was recorded."""
    answers: list[Answer] = []
    assert run_probes(ACCOUNT, probes, tell=lambda _: None, record=answers.append) == ()
    return answers


def raising(error: BaseException) -> Callable[[Laboratory], None]:
    """Return a probe's function that ends so."""

    def ask(lab: Laboratory) -> None:
        lab.registry.enter(_THING, "made by the probe")
        lab.evidence.note("said")
        raise error

    return ask


def test_a_probe_that_returns_confirms() -> None:
    """With what was said."""
    (answer,) = run(asking(lambda lab: lab.evidence.note("said")))
    assert (answer.outcome, answer.reason, answer.said) == (Outcome.CONFIRMED, "", ("said",))


@pytest.mark.parametrize(
    ("error", "outcome", "reason"),
    [
        (RefutedError("accepted"), Outcome.REFUTED, "accepted"),
        (NotSettledError("a quota"), Outcome.NOT_SETTLED, "NotSettledError: a quota"),
        (TimeoutError("too long"), Outcome.NOT_SETTLED, "TimeoutError: too long"),
        (KeyError("Answer"), Outcome.NOT_SETTLED, "KeyError: 'Answer'"),
    ],
)
def test_what_else_a_probe_ends_in(error: Exception, outcome: Outcome, reason: str) -> None:
    """What it made goes at once, and what was said is kept."""
    (answer,) = run(asking(raising(error)))
    assert (answer.outcome, answer.reason, answer.said) == (outcome, reason, ("said",))
    assert _DELETED == ["made by the probe"]


def test_a_probe_about_two_answers_for_each() -> None:
    """One may be refuted and the other confirmed."""

    def ask(lab: Laboratory) -> None:
        with lab.evidence.about("A2"):
            lab.evidence.holds("it", found=1, believed=2)

    outcomes = {answer.assumption: answer.outcome for answer in run(asking(ask, "A1", "A2"))}
    assert outcomes == {"A1": Outcome.CONFIRMED, "A2": Outcome.REFUTED}


def test_an_interruption_deletes_everything_and_goes_on_up() -> None:
    """Ctrl-C leaves nothing behind."""
    answers: list[Answer] = []
    with pytest.raises(KeyboardInterrupt):
        run_probes(
            ACCOUNT, [asking(raising(KeyboardInterrupt()))], tell=lambda _: None, record=answers.append
        )
    assert (answers, _DELETED) == ([], ["made by the probe"])


def test_a_second_interruption_does_not_end_the_deletion() -> None:
    """It is answered in words, and everything goes."""

    def interrupted(_account: Account, name: str) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        _DELETED.append(name)

    def ask(lab: Laboratory) -> None:
        lab.registry.enter(Kind("thing", 1, interrupted, lambda *_: ()), "thing")
        raise KeyboardInterrupt

    told: list[str] = []
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        run_probes(ACCOUNT, [asking(ask)], tell=told.append, record=lambda _: None)
    assert _DELETED == ["thing"]
    assert "still deleting what costs money" in told[-1]
    assert signal.getsignal(signal.SIGINT) is before


def test_a_bench_that_fails_settles_none_of_its_probes(monkeypatch: pytest.MonkeyPatch) -> None:
    """They aren't asked, and others are."""

    def bring_up(_lab: Laboratory, bench: Bench) -> None:
        if bench is Bench.ORDINARY:
            raise NotSettledError("no quota")

    monkeypatch.setattr(runner, "bring_up", bring_up)
    unasked = asking(raising(AssertionError()), bench=Bench.ORDINARY)
    first, second = run(unasked, asking(lambda _: None, "A9"))
    assert (first.assumption, first.outcome) == ("A9", Outcome.CONFIRMED)
    assert second.outcome is Outcome.NOT_SETTLED
    assert second.reason == "an endpoint of one model didn't come up: NotSettledError: no quota"


def test_the_cheapest_are_asked_first() -> None:
    """API calls before endpoints, endpoints of one's own last."""
    probes = [asking(lambda _: None, bench=bench) for bench in (Bench.OWN, Bench.ORDINARY, Bench.API)]
    assert [each.bench for each in in_order(probes)] == [Bench.API, Bench.ORDINARY, Bench.OWN]
