"""SEA388: the files of golden requests that a deployment file names."""

from collections.abc import Iterator

from preflight.evidence import DeploymentEvidence
from preflight.finding import Severity
from preflight.registry import rule
from preflight.rule import DEPLOYMENT, Enforcer, SeenAfter, Surrounding, Violation

__all__ = ["golden_file_missing"]


@rule(
    "SEA388",
    severity=Severity.WARNING,
    enforced_by=Enforcer.SEATRIAL,
    seen_after=SeenAfter.BEFORE,
    title="a file of golden requests is not there",
    scope=DEPLOYMENT,
    of_bare=(Surrounding.INSTANCE, Surrounding.IMAGE),
    source="Seatrial, golden requests: `seatrial check --run` reads them from the project",
    symptom="The trial run can't ask the model what its user wanted it to be asked.",
    fix="Correct the path, which starts from the project's root, or add the file.",
)
def golden_file_missing(evidence: DeploymentEvidence) -> Iterator[Violation]:
    """Each file of golden requests of a served model is there; what is in it, SEA360 reads in a trial."""
    for name, model in evidence.served_models():
        for index, path in enumerate(model.golden_requests):
            if path in evidence.missing_golden_files:
                yield Violation(
                    f"There is no {path}.",
                    "a file of the project.",
                    ("models", name, "golden_requests", str(index)),
                )
