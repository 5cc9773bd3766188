"""The rules about what any template permits."""

import json
from typing import Any

import pytest

from tests.preflight.rules.template_findings import findings, rules_in

ROLE, POLICY, ENDPOINT = "AWS::IAM::Role", "AWS::IAM::Policy", "AWS::EC2::VPCEndpoint"
S3 = "com.amazonaws.eu-west-1.s3"


def role(service: str = "sagemaker.amazonaws.com", **properties: Any) -> tuple[str, dict[str, Any]]:  # noqa: ANN401 - a template's
    """Return a role that ``service`` assumes."""
    trust = {"Statement": [{"Effect": "Allow", "Principal": {"Service": service}}]}
    return ROLE, {"AssumeRolePolicyDocument": trust, **properties}


def allow(action: object, resource: object = "arn:aws:s3:::bucket/key", **more: object) -> dict[str, Any]:
    """Return an allowing statement."""
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def policy(statement: object, role_id: str = "Role") -> tuple[str, dict[str, Any]]:
    """Return a policy of one statement, attached to a role."""
    return POLICY, {"Roles": [{"Ref": role_id}], "PolicyDocument": {"Statement": statement}}


def endpoint(document: object = None, service: object = S3) -> tuple[str, dict[str, Any]]:
    """Return a VPC endpoint with a policy, or without."""
    given = {} if document is None else {"PolicyDocument": document}
    return ENDPOINT, {"ServiceName": service, **given}


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:iam::aws:policy/AmazonSageMakerFullAccess",
        "arn:aws:iam::aws:policy/AdministratorAccess",
        {"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, ":iam::aws:policy/AmazonS3FullAccess"]]},
    ],
)
def test_sea861_broad_managed_policy(arn: object) -> None:
    """However its ARN is written, on a role that SageMaker assumes; another service's role is not judged."""
    [finding] = findings({"Role": role(ManagedPolicyArns=["arn:aws:iam::1:policy/mine", arn])}, "SEA861")
    assert finding.subject == "Role"
    assert finding.what.startswith("The role has A")
    assert rules_in({"Role": role("ec2.amazonaws.com", ManagedPolicyArns=[arn])}, "SEA861") == []
    narrow = role(ManagedPolicyArns=["arn:aws:iam::1:policy/mine"])
    assert rules_in({"Role": narrow}, "SEA861") == []


@pytest.mark.parametrize(
    "statement", [allow("*"), allow(["s3:GetObject", "s3:Get*"]), allow([], NotAction="iam:*")]
)
def test_sea862_wildcard_action(statement: dict[str, Any]) -> None:
    """In a policy beside the role, in one inside of it, and as everything but something."""
    assert rules_in({"Role": role(), "Policy": policy(statement)}, "SEA862") == ["Policy"]
    inside = role(Policies=[{"PolicyDocument": {"Statement": [statement]}}])
    assert rules_in({"Role": inside}, "SEA862") == ["Role"]


def test_sea862_lets_single_actions_pass() -> None:
    """Named actions, denials, and other services' roles are not judged."""
    good = {"Role": role(), "Policy": policy([allow("s3:GetObject"), {"Effect": "Deny", "Action": "*"}])}
    assert rules_in(good, "SEA862") == []
    assert rules_in({"Role": role("ec2.amazonaws.com"), "Policy": policy(allow("s3:*"))}, "SEA862") == []


def test_sea862_whoever_uses_sagemaker() -> None:
    """A statement about SageMaker is judged whosever role has it."""
    caller = {"Role": role("lambda.amazonaws.com"), "Policy": policy(allow("sagemaker:*"))}
    assert rules_in(caller, "SEA862") == ["Policy"]


@pytest.mark.parametrize("resource", ["*", "arn:aws:s3:::*", ["arn:aws:s3:::bucket/*", "*"]])
def test_sea863_wildcard_resource(resource: object) -> None:
    """The actions that could have been scoped are named."""
    statement = allow(["s3:GetObject", "ecr:GetAuthorizationToken"], resource)
    [finding] = findings({"Role": role(), "Policy": policy(statement)}, "SEA863")
    assert finding.what.startswith("A statement allows s3:GetObject on ")
    assert "ecr:" not in finding.what


@pytest.mark.parametrize(
    "statement",
    [
        allow(["ec2:DescribeSubnets", "ecr:GetAuthorizationToken", "cloudwatch:PutMetricData"], "*"),
        allow("s3:GetObject", "arn:aws:s3:::bucket/*"),
        allow("s3:GetObject", {"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, ":s3:::bucket/*"]]}),
    ],
)
def test_sea863_lets_scoped_and_unscopable_pass(statement: dict[str, Any]) -> None:
    """Actions without a resource type need the wildcard; a prefix is a scope."""
    assert rules_in({"Role": role(), "Policy": policy(statement)}, "SEA863") == []


def test_sea863_everything_but_something() -> None:
    """NotResource is a wildcard with a hole."""
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "NotResource": "arn:aws:s3:::secret"}
    assert rules_in({"Role": role(), "Policy": policy(statement)}, "SEA863") == ["Policy"]


@pytest.mark.parametrize(
    "service",
    [
        S3,
        "com.amazonaws.eu-west-1.sagemaker.runtime",
        "com.amazonaws.eu-west-1.events",
        {"Fn::Sub": "com.amazonaws.${AWS::Region}.ecr.dkr"},
    ],
)
def test_sea864_endpoint_policy_missing(service: object) -> None:
    """AWS's default allows everything to everybody."""
    assert rules_in({"It": endpoint(service=service)}, "SEA864") == ["It"]
    assert rules_in({"It": endpoint({"Statement": []}, service)}, "SEA864") == []


def test_sea864_services_without_policies() -> None:
    """What takes no policy, or may not, is not asked for one."""
    assert rules_in({"It": endpoint(service="com.amazonaws.eu-west-1.transcribe")}, "SEA864") == []


@pytest.mark.parametrize("principal", ["*", {"AWS": "*"}, {"AWS": ["*"]}])
def test_sea865_endpoint_policy_wide_open(principal: object) -> None:
    """Everybody, everything, everywhere, without a condition."""
    statement = allow("*", "*", Principal=principal)
    assert rules_in({"It": endpoint({"Statement": statement})}, "SEA865") == ["It"]
    for narrowed in (
        {**statement, "Condition": {"StringEquals": {"aws:PrincipalAccount": "1"}}},
        {**statement, "Action": "s3:GetObject"},
        {**statement, "Resource": "arn:aws:s3:::bucket/*"},
        {**statement, "Principal": {"AWS": "arn:aws:iam::1:root"}},
        {**statement, "Effect": "Deny"},
    ):
        assert rules_in({"It": endpoint({"Statement": [narrowed]})}, "SEA865") == []


def test_sea868_endpoint_policy_too_long() -> None:
    """AWS counts every character of the policy: 20,480 pass, one more does not."""
    without = len(json.dumps({"Statement": allow("s3:GetObject", "")}, separators=(",", ":")))

    def of_length(length: int) -> dict[str, Any]:
        return {"Statement": allow("s3:GetObject", "x" * (length - without))}

    assert rules_in({"It": endpoint(of_length(20_480))}, "SEA868") == []
    [finding] = findings({"It": endpoint(of_length(20_481))}, "SEA868")
    assert finding.what == "The policy has about 20481 characters."
    assert finding.allowed == "20480, blanks included."
    assert rules_in({"It": endpoint()}, "SEA868") == []
