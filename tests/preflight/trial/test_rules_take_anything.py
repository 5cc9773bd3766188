"""The rules about trials take whatever a trial may gather."""

from hypothesis import given
from hypothesis import strategies as st

from preflight.rule import TRIAL
from preflight.running import violations_of
from preflight.trial.outcome import TrialOutcome


@given(outcome=st.from_type(TrialOutcome))
def test_no_outcome_stops_a_rule(outcome: TrialOutcome) -> None:
    """Each says something in sentences, or nothing; a rule that raises would be a defect."""
    for _, violation in violations_of(TRIAL, outcome):
        assert violation.what.endswith((".", "!", "?", "\u2026"))
        assert violation.allowed.endswith(".")
        assert violation.place[: len(outcome.place)] == outcome.place
