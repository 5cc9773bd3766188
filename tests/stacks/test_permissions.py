"""Nothing is granted that nobody reviewed: docs/permissions.md against all deployments."""

import json
from pathlib import Path
from typing import Any

import pytest

from stacks import build_app
from tests.stacks.granted import ENDPOINTS, Grant, Reviewed, granted, reviewed

pytestmark = pytest.mark.integration

DOCUMENT = Path(__file__).parents[2] / "docs" / "permissions.md"


@pytest.fixture(scope="module")
def templates(every_deployment: Path, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """Every template of every deployment of the repository."""
    found = []
    for path in sorted((every_deployment / "deployments").glob("*.yaml")):
        folder = tmp_path_factory.mktemp(path.stem)
        build_app(
            every_deployment,
            deployment=path,
            outdir=folder,
            context={"seatrial:nag": "false"},
            builtin_validation=False,
        ).synth()
        found += [json.loads(each.read_text(encoding="utf-8")) for each in folder.glob("*.template.json")]
    return found


@pytest.fixture(scope="module")
def grants(templates: list[dict[str, Any]]) -> set[Grant]:
    """Everything that they grant."""
    return {grant for template in templates for grant in granted(template)}


@pytest.fixture(scope="module")
def lines() -> list[Reviewed]:
    """What was reviewed."""
    return list(reviewed(DOCUMENT.read_text(encoding="utf-8")))


def test_every_grant_was_reviewed(grants: set[Grant], lines: list[Reviewed]) -> None:
    """Action, resource and conditions stand in a table, with the reason."""
    unknown = [grant for grant in grants if not any(line.covers(grant) for line in lines)]
    assert sorted(map(str, unknown)) == []


def test_every_reviewed_action_is_granted(grants: set[Grant], lines: list[Reviewed]) -> None:
    """A line that nothing uses would let a later grant pass unseen."""
    unused = [
        (line.section, action, line.on)
        for line in lines
        for action in line.actions
        if not any(line.covers(grant) and grant.action == action for grant in grants)
    ]
    assert unused == []


def test_every_line_has_a_reason(lines: list[Reviewed]) -> None:
    """One that says something, and no line is there twice."""
    assert len(lines) > 30
    assert [line for line in lines if len(line.why) < 12] == []
    assert len({(line.section, line.actions, line.on, line.conditions) for line in lines}) == len(lines)


def test_endpoint_policies_name_everybody_only_with_a_condition(lines: list[Reviewed]) -> None:
    """But for Amazon ECR's layers, whose addresses are signed with Amazon ECR's own credentials."""
    open_lines = [line.on for line in lines if line.section == ENDPOINTS and not line.conditions]
    assert open_lines == ["arn:aws:s3:::prod-<region>-starport-layer-bucket/*"]


@pytest.mark.parametrize(
    "statement",
    [
        {"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::bucket/key"},
        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"},
        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::bucket/*"},
        {"Effect": "Allow", "Action": ["kms:CreateGrant"], "Resource": "arn:aws:kms:eu-west-1:1:key/1"},
        {"Effect": "Allow", "NotAction": "iam:*", "Resource": {"Ref": "It"}},
        {"Effect": "Allow", "Action": "s3:GetObject", "NotResource": {"Ref": "It"}},
    ],
)
def test_the_review_is_strict(statement: dict[str, Any], lines: list[Reviewed]) -> None:
    """More actions, a wildcard, or something that the deployment did not create are not covered."""
    policy = {"Type": "AWS::IAM::Policy", "Properties": {"PolicyDocument": {"Statement": [statement]}}}
    found = list(granted({"Resources": {"It": policy}}))
    assert found
    assert not any(line.covers(grant) for grant in found for line in lines)


def test_policies_of_any_resource_are_seen(lines: list[Reviewed]) -> None:
    """A bucket's or a topic's policy is no exception, nor is a managed one."""
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Principal": "*"}
    document = {"PolicyDocument": {"Statement": [statement]}}
    template = {
        "Resources": {
            "Bucket": {"Type": "AWS::S3::BucketPolicy", "Properties": document},
            "Role": {
                "Type": "AWS::IAM::Role",
                "Properties": {"ManagedPolicyArns": ["arn:aws:iam::aws:policy/X"]},
            },
        }
    }
    found = list(granted(template))
    assert len(found) == 2
    assert not any(line.covers(grant) for grant in found for line in lines)
