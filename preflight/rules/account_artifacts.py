"""SEA576: published archives, as the account has them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from preflight.finding import Severity
from preflight.registry import rule
from preflight.rule import ACCOUNT, Enforcer, SeenAfter, Violation

if TYPE_CHECKING:
    from preflight.account.evidence import AccountEvidence

__all__ = ["archive_missing_or_another"]


@rule(
    "SEA576",
    severity=Severity.ERROR,
    enforced_by=Enforcer.HOSTING,
    seen_after=SeenAfter.AFTER_START_UP,
    title="a published archive that there is not, or another one",
    scope=ACCOUNT,
    source="Amazon S3 API Reference, HeadObject; SageMaker API Reference, ContainerDefinition, ModelDataUrl",
    symptom="CreateModel is refused, 'Could not access model data', or the endpoint serves another model.",
    fix="Run `seatrial publish`.",
)
def archive_missing_or_another(evidence: AccountEvidence) -> Iterator[Violation]:
    """What the lock file names is in its bucket, of the same size and checksum."""
    for name, publication in evidence.publications.items():
        if name not in evidence.artifacts:
            continue
        facts, place = evidence.artifacts[name], ("models", name, "artifact")
        size = publication.manifest.archive.size_bytes
        if facts is None:
            yield Violation(f"There is no {publication.url}.", "the archive that was published.", place)
        elif facts.size_bytes != size:
            yield Violation(
                f"{publication.url} has {facts.size_bytes} bytes.", f"{size}, as was published.", place
            )
        elif None not in {facts.sha256, publication.sha256} and facts.sha256 != publication.sha256:
            yield Violation(
                f"{publication.url} has the checksum {facts.sha256}.",
                f"{publication.sha256}, as was published.",
                place,
            )
