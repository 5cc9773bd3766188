"""What `seatrial package` left in ``build/``, or `seatrial publish` in the lock file: only read, at synth."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import preflight
from model_packaging.artifact import Manifest, Publication
from stacks.errors import StacksError

__all__ = ["BuiltArtifact", "read_built_artifacts"]


@dataclass(frozen=True, slots=True)
class BuiltArtifact:
    """A packaged model.

    Attributes:
        manifest: everything about it.
        location: the archive that `cdk deploy` uploads, whether it is there and whole, the rules say; or
            where it was published.
    """

    manifest: Manifest
    location: Path | Publication


def read_built_artifacts(evidence: preflight.DeploymentEvidence) -> Mapping[str, BuiltArtifact]:
    """Return the artifact of every model that an endpoint or a component serves, by the model's name.

    Raises:
        StacksError: a model has no manifest that can be read, without which no template can be made; in the
            words of the rules, which find that, and with everything else they find.
    """
    found = {
        name: BuiltArtifact(built.manifest, location)
        for name, built in evidence.built.items()
        if built.manifest is not None and (location := built.publication or built.archive_path) is not None
    }
    missing = {f"models.{name}" for name in evidence.built if name not in found}
    if missing:
        report = preflight.check_evidence(evidence)
        raise StacksError(
            [
                str(finding)
                for finding in report.findings
                # An acknowledgment can't bring a manifest back.
                if finding.acknowledged is None
                or (finding.severity is preflight.Severity.ERROR and finding.subject in missing)
            ]
        )
    return found
