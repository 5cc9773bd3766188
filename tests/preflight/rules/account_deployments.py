"""Deployments for the rules about accounts, and what these rules find in one."""

from pathlib import Path
from typing import Any

from preflight import Finding, findings_of, in_deployment_file
from preflight.account.evidence import AccountEvidence
from preflight.rule import ACCOUNT
from spec import DeploymentFile, parse_deployment

__all__ = ["DEPLOYMENT", "EXISTING", "deployment", "found"]

DEPLOYMENT = """\
name: vision
environment: {account: "123456789012", region: us-east-1, availability_zones: [us-east-1a, us-east-1b]}
models:
  classifier:
    export: {from: "vision:classifier", to: torchscript, how: trace}
    triton: {max_batch_size: 16}
endpoints:
  dedicated:
    type: realtime
    model: classifier
    instances: {type: ml.g4dn.xlarge, count: 2}
"""

EXISTING = """\
network:
  existing:
    vpc: {id: vpc-0123456789abcdef0, cidr: 10.1.0.0/16}
    subnets:
      us-east-1a: {id: subnet-0aaaaaaaaaaaaaaaa, route_table: rtb-0123456789abcdef0}
      us-east-1b: {id: subnet-0bbbbbbbbbbbbbbbb, route_table: rtb-0123456789abcdef0}
    model_security_group: sg-0123456789abcdef0
"""


def deployment(extra: str = "", **edits: str) -> DeploymentFile:
    """Return the deployment with a section more, and with words replaced: ``old=new``."""
    text = DEPLOYMENT + extra
    for old, new in edits.items():
        assert text.count(old) == 1
        text = text.replace(old, new)
    return parse_deployment(text, Path("deployments/vision.yaml"))


def found(rule: str, file: DeploymentFile | None = None, **facts: Any) -> list[Finding]:  # noqa: ANN401 - as AccountEvidence's
    """Return what one rule finds where the account says ``facts``."""
    declared = file or deployment()
    evidence = AccountEvidence(declared, **facts)
    locate = in_deployment_file(declared, "deployments/vision.yaml")
    return [finding for finding in findings_of(ACCOUNT, evidence, locate) if finding.rule == rule]
