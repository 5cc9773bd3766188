"""What the rules of scope TRIAL say of outcomes, as findings at their places."""

from collections.abc import Iterable
from pathlib import Path

from preflight.built_model import shown_path
from preflight.finding import Finding, Location
from preflight.rule import TRIAL, Violation
from preflight.running import Locate, findings_of, in_deployment_file
from preflight.trial.outcome import TrialOutcome
from spec import DeploymentFile

__all__ = ["findings_in_artifact", "findings_in_deployment"]

_GOLDEN = "golden_requests"


def findings_in_deployment(
    outcomes: Iterable[TrialOutcome], file: DeploymentFile, project_root: Path
) -> tuple[Finding, ...]:
    """Return the findings about a deployment's models, each at its place in the file.

    Raises:
        RuleFailedError: a rule raised.
    """
    locate = in_deployment_file(file, shown_path(file.path, project_root))
    return tuple(each for outcome in outcomes for each in findings_of(TRIAL, outcome, locate))


def findings_in_artifact(outcomes: Iterable[TrialOutcome], path: Path) -> tuple[Finding, ...]:
    """Return the findings about a bare artifact, at its path; about golden requests at ``--golden``.

    Raises:
        RuleFailedError: a rule raised.
    """
    return tuple(
        each
        for outcome in outcomes
        for each in findings_of(TRIAL, outcome, _in_artifact(outcome.model, path))
    )


def _in_artifact(model: str, path: Path) -> Locate:
    def locate(violation: Violation) -> tuple[str, Location]:
        about_golden = _GOLDEN in violation.place
        return model, Location("--golden" if about_golden else str(path))

    return locate
