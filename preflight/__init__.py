"""Will it deploy? Findings, the one registry of rules, acknowledgments and one report.

Artifact rules run while a model is packaged and their findings are recorded in its manifest
(``inspect_artifact``); all others run over the deployment file, the catalogue and the manifests
(``check_deployment``), at `seatrial check` and at every synth alike. What further scopes show on request is
found by ``findings_of`` and goes into the same report (``check_evidence``, ``also``). ``preflight.cdk`` makes
`cdk synth` fail with the same words; it alone imports aws_cdk.
"""

from preflight.check import (
    check_deployment,
    check_evidence,
    check_template_acknowledgments,
    check_templates,
    inspect_artifact,
)
from preflight.errors import PreflightError, RegistryError, RuleFailedError
from preflight.evidence import BuiltModel, DeploymentEvidence, gather_evidence
from preflight.finding import Finding, Location, Severity
from preflight.report import Report
from preflight.running import findings_of, in_deployment_file

# isort: split
# Importing registers the rules. They come last: some of them look at what stands on the above.
import preflight.rules  # noqa: F401

__all__ = [
    "BuiltModel",
    "DeploymentEvidence",
    "Finding",
    "Location",
    "PreflightError",
    "RegistryError",
    "Report",
    "RuleFailedError",
    "Severity",
    "check_deployment",
    "check_evidence",
    "check_template_acknowledgments",
    "check_templates",
    "findings_of",
    "gather_evidence",
    "in_deployment_file",
    "inspect_artifact",
]
