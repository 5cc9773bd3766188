"""Will it deploy? Findings, the one registry of rules, acknowledgments and one report.

Artifact rules run while a model is packaged and their findings are recorded in its manifest
(``inspect_artifact``); all others run over the deployment file, the catalogue and the manifests
(``check_deployment``), at `seatrial check` and at every synth alike. ``preflight.cdk`` makes `cdk synth` fail
with the same words; it alone imports aws_cdk.
"""

from preflight.check import check_deployment, check_evidence, check_templates, inspect_artifact
from preflight.errors import PreflightError, RegistryError, RuleFailedError
from preflight.evidence import BuiltModel, DeploymentEvidence, gather_evidence
from preflight.finding import Finding, Location, Severity
from preflight.report import Report

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
    "check_templates",
    "gather_evidence",
    "inspect_artifact",
]
