"""Every assumption is asked about, or says why it can't be."""

import re
from pathlib import Path

import pytest

import conformance.probes  # noqa: F401 - importing registers the probes
from conformance.probe import PROBES, Bench, probe
from conformance.unprobed import UNPROBED

_PAGE = Path(__file__).parents[2] / "docs" / "assumptions.md"
_NUMBERS = set(re.findall(r"^### (A\d+)\. ", _PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE))
_PROBED = {number for each in PROBES.values() for number in each.assumptions}


def test_every_assumption_has_a_probe_or_a_reason() -> None:
    """Not both, and none that the page lacks."""
    assert _PROBED | set(UNPROBED) == _NUMBERS
    assert not _PROBED & set(UNPROBED)


def test_most_assumptions_have_a_probe() -> None:
    """What can be asked is asked."""
    assert len(_PROBED) >= 80


@pytest.mark.parametrize("number", sorted(UNPROBED))
def test_a_reason_says_what_would_settle_it(number: str) -> None:
    """Both parts are sentences that someone can act on."""
    entry = UNPROBED[number]
    assert len(entry.why) > 15
    assert len(entry.instead) > 10


@pytest.mark.parametrize("name", sorted(PROBES))
def test_a_probe_says_what_it_believes_and_what_it_takes(name: str) -> None:
    """Its belief is a sentence; API calls cost no minutes, and everything else some."""
    one = PROBES[name]
    assert one.belief.endswith(".")
    minutes = one.minutes + one.own_minutes
    assert (minutes == 0) is (one.bench is Bench.API)
    assert one.bench is not Bench.OWN or one.creates


def test_names_are_unique() -> None:
    """Results are remembered by them."""

    def taken_names(_: object) -> None:
        """The name of another probe."""

    with pytest.raises(ValueError, match="two probes are called taken_names"):
        probe("A1")(taken_names)
