"""The rules about roles and boundaries that a template does not make."""

from typing import Any

from preflight import Severity
from preflight.rules.role_templates import REQUIRED_STATEMENTS
from tests.preflight.rules.template_findings import findings, rules_in

MODEL = ("AWS::SageMaker::Model", {"ExecutionRoleArn": "arn:aws:iam::123456789012:role/mine"})
STATEMENT = {
    "Effect": "Allow",
    "Action": ["s3:GetObject"],
    "Resource": {"Fn::Join": ["", ["arn:aws:s3:::", {"Ref": "Bucket"}, "/model.tar.gz"]]},
}


def test_sea866_role_of_the_users_own() -> None:
    """Every statement is told, with the ids as far as the template has them."""
    conditional = {**STATEMENT, "Action": "kms:Decrypt", "Resource": "*", "Condition": {}}
    [finding] = findings({"It": MODEL}, "SEA866", {REQUIRED_STATEMENTS: [STATEMENT, conditional]})
    assert finding.severity is Severity.WARNING
    assert finding.what == (
        "arn:aws:iam::123456789012:role/mine is not made here. It must allow: s3:GetObject on "
        "arn:aws:s3:::${Bucket}/model.tar.gz; kms:Decrypt on * under conditions."
    )


def test_sea866_a_role_of_the_app() -> None:
    """A model without the metadata has a role that its own app grants to."""
    assert rules_in({"It": MODEL}, "SEA866") == []


def test_sea867_boundary_of_the_users_own() -> None:
    """All actions of the role's policies are listed, each once, denials left out."""
    role: dict[str, Any] = {
        "PermissionsBoundary": "arn:aws:iam::123456789012:policy/boundary",
        "Policies": [{"PolicyDocument": {"Statement": STATEMENT}}],
    }
    policy = {
        "Roles": [{"Ref": "Role"}],
        "PolicyDocument": {
            "Statement": [
                {**STATEMENT, "Action": ["logs:PutLogEvents", "s3:GetObject"]},
                {**STATEMENT, "Effect": "Deny", "Action": "s3:PutObject"},
            ]
        },
    }
    resources = {"Role": ("AWS::IAM::Role", role), "Policy": ("AWS::IAM::Policy", policy)}
    [finding] = findings(resources, "SEA867")
    assert finding.subject == "Role"
    assert finding.what == (
        "arn:aws:iam::123456789012:policy/boundary bounds this role, which needs logs:PutLogEvents, "
        "s3:GetObject."
    )


def test_sea867_no_boundary() -> None:
    """An unbounded role may do what its policies say, and one without policies needs nothing."""
    role = {"Policies": [{"PolicyDocument": {"Statement": STATEMENT}}]}
    assert rules_in({"Role": ("AWS::IAM::Role", role)}, "SEA867") == []
    bounded = {"PermissionsBoundary": "arn:aws:iam::123456789012:policy/boundary"}
    assert rules_in({"Role": ("AWS::IAM::Role", bounded)}, "SEA867") == []
