"""The rules about what a deployment finds in its account and region."""

import json
from pathlib import Path

import pytest

from preflight.account.evidence import Bootstrap
from preflight.rules.account_place import BOOTSTRAP_MINIMUM
from tests.preflight.rules.account_deployments import deployment, found

PARAMETER = "/cdk-bootstrap/hnb659fds/version"


def test_sea564_bootstrap() -> None:
    """Missing, and too old."""
    [finding] = found("SEA564", bootstrap={PARAMETER: None})
    assert finding.what == f"There is no parameter {PARAMETER}: `cdk bootstrap` has not run."
    [finding] = found("SEA564", bootstrap={PARAMETER: Bootstrap(5)})
    assert finding.what == "The bootstrap has version 5."
    assert found("SEA564", bootstrap={PARAMETER: Bootstrap(6)}) == []
    assert found("SEA564") == []


@pytest.mark.integration
def test_sea564_asks_for_what_the_cdk_asks_for(tmp_path: Path) -> None:
    """A stack that is synthesized says which version it needs."""
    import aws_cdk as cdk  # noqa: PLC0415 - jsii takes seconds, which other tests needn't wait for

    app = cdk.App(outdir=str(tmp_path))
    cdk.Stack(app, "It")
    app.synth()
    manifest = json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["artifacts"]["It"]["properties"]["requiresBootstrapStackVersion"] == BOOTSTRAP_MINIMUM


@pytest.mark.parametrize(
    ("state", "fix"),
    [
        ("UPDATE_ROLLBACK_FAILED", "continue-update-rollback"),
        ("ROLLBACK_FAILED", "Delete the stack"),
        ("DELETE_FAILED", "Delete the stack again"),
        ("UPDATE_IN_PROGRESS", "Wait until it is done."),
    ],
)
def test_sea565_stacks(state: str, fix: str) -> None:
    """What is stuck, and what somebody is just changing."""
    [finding] = found("SEA565", stacks={"vision-dedicated": state})
    assert finding.what == f"The stack 'vision-dedicated' is in {state}."
    assert fix in finding.fix


@pytest.mark.parametrize(
    "state", ["CREATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "ROLLBACK_COMPLETE", "REVIEW_IN_PROGRESS", None]
)
def test_sea565_lets_others_pass(state: str | None) -> None:
    """The CDK itself deletes what was never created."""
    assert found("SEA565", stacks={"vision-dedicated": state}) == []


def test_sea566_zones() -> None:
    """A zone that another account may have, and one that is impaired."""
    [finding] = found("SEA566", zones={"us-east-1a": "available", "us-east-1c": "available"})
    assert finding.what == "The account has no zone us-east-1b."
    assert finding.allowed == "us-east-1a, us-east-1c."
    [finding] = found("SEA566", zones={"us-east-1a": "available", "us-east-1b": "impaired"})
    assert finding.what == "The zone us-east-1b is impaired."
    assert found("SEA566", zones={"us-east-1a": "available", "us-east-1b": "available"}) == []
    assert found("SEA566") == []


def test_sea567_services() -> None:
    """A zone without the service, and a region without it."""
    [finding] = found("SEA567", services={"ecr.api": frozenset({"us-east-1a", "us-east-1d"})})
    assert finding.what == "ecr.api has no interface endpoints in us-east-1b."
    assert finding.allowed == "us-east-1a, us-east-1d."
    [finding] = found("SEA567", services={"ecr.api": None})
    assert finding.what == "There is no service ecr.api in us-east-1."
    assert found("SEA567", services={"ecr.api": frozenset({"us-east-1a", "us-east-1b"})}) == []


def test_sea567_zones_of_single_services() -> None:
    """Where the file leaves a zone out, nothing is created there."""
    file = deployment("network: {private_link_zones: {ecr.api: [us-east-1a]}}\n")
    assert found("SEA567", file, services={"ecr.api": frozenset({"us-east-1a"})}) == []
    [finding] = found("SEA567", file, services={"ecr.api": frozenset({"us-east-1b"})})
    assert finding.what == "ecr.api has no interface endpoints in us-east-1a."
