"""A run: probes asked one after the other, the cheapest first, and everything deleted at its end."""

import signal
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import groupby

from conformance.account import Account
from conformance.benches import bring_up
from conformance.errors import RefutedError
from conformance.evidence import Evidence
from conformance.laboratory import Laboratory
from conformance.probe import Bench, Probe
from conformance.registry import Leftover, Registry

__all__ = ["Answer", "Outcome", "in_order", "run_probes"]


class Outcome(StrEnum):
    """What became of a probe."""

    CONFIRMED = "confirmed"
    REFUTED = "refuted"
    NOT_SETTLED = "not settled"


@dataclass(frozen=True, slots=True)
class Answer:
    """What AWS answered one probe about one assumption.

    Attributes:
        probe: which.
        assumption: one of the probe's.
        outcome: what that makes of the belief.
        reason: why, where it isn't confirmed.
        said: what AWS said, word by word, in its order.
    """

    probe: Probe
    assumption: str
    outcome: Outcome
    reason: str
    said: tuple[str, ...]


_BENCHES = tuple(Bench)
"""API calls first, which cost nothing; what brings up endpoints of its own last."""


def in_order(probes: Iterable[Probe]) -> list[Probe]:
    """Return probes by their benches, those that cost nothing first, else as they are defined."""
    return sorted(probes, key=lambda probe: _BENCHES.index(probe.bench))


def run_probes(
    account: Account,
    probes: Iterable[Probe],
    *,
    tell: Callable[[str], None],
    record: Callable[[Answer], None],
) -> tuple[Leftover, ...]:
    """Ask every probe, hand each answer to ``record`` at once, and delete everything, whatever happens.

    What a probe creates goes after it, a bench after its last probe, and the rest at the end. An interruption
    ends the asking; what there is by then is deleted all the same.

    Returns:
        What could not be deleted.
    """
    registry = Registry(account, tell)
    lab = Laboratory(account, registry)
    try:
        for bench, group in groupby(in_order(probes), key=lambda probe: probe.bench):
            _ask_on(lab, bench, list(group), tell, record)
    finally:
        tell("deleting what was created")
        with _undisturbed(tell):
            leftovers = registry.tear_down()
    return leftovers


@contextmanager
def _undisturbed(tell: Callable[[str], None]) -> Iterator[None]:
    """Answer Ctrl-C and SIGTERM in words meanwhile; only a main thread can catch signals."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    words = "still deleting what costs money; `python -m conformance --sweep` deletes what a kill leaves"
    before = {
        number: signal.signal(number, lambda *_: tell(words)) for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _ask_on(
    lab: Laboratory,
    bench: Bench,
    probes: Sequence[Probe],
    tell: Callable[[str], None],
    record: Callable[[Answer], None],
) -> None:
    lab.prepare()
    mark = lab.registry.mark()
    reason = _ask(lab, lambda lab: bring_up(lab, bench)).reason
    for probe in probes:
        tell(f"{' '.join(probe.assumptions)} {probe.name}: {probe.belief}")
        before = lab.registry.mark()
        verdict = (
            _Verdict(Outcome.NOT_SETTLED, f"{bench} didn't come up: {reason}")
            if reason
            else _ask(lab, probe.ask)
        )
        for assumption in probe.assumptions:
            record(verdict.of(probe, assumption))
        lab.registry.tear_down(before)
    lab.found.pop(bench, None)
    lab.registry.tear_down(mark)


@dataclass(frozen=True, slots=True)
class _Verdict:
    outcome: Outcome
    reason: str
    evidence: Evidence = field(default_factory=Evidence)

    def of(self, probe: Probe, assumption: str) -> Answer:
        said = tuple(self.evidence.sayings)
        if assumption in self.evidence.refuted:
            return Answer(probe, assumption, Outcome.REFUTED, self.evidence.refuted[assumption], said)
        return Answer(probe, assumption, self.outcome, self.reason, said)


def _ask(lab: Laboratory, question: Callable[[Laboratory], None]) -> _Verdict:
    lab.evidence = Evidence()
    outcome, reason = Outcome.CONFIRMED, ""
    try:
        question(lab)
    except RefutedError as error:
        outcome, reason = Outcome.REFUTED, str(error)
    except Exception as error:  # noqa: BLE001 - AWS's answers may have any shape: what one stumbles on is no answer
        outcome, reason = Outcome.NOT_SETTLED, f"{type(error).__name__}: {error}"
    return _Verdict(outcome, reason, lab.evidence)
