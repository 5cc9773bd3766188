"""What CloudWatch, KMS, IAM, EC2 and CloudFormation refuse, message by message."""

import json
from pathlib import Path
from typing import Any

import cfnlint
import pytest

from local.aws.server.alarm_checks import check_alarm
from local.aws.server.errors import AwsError, ServerError
from local.aws.server.key_policies import check_key_policy
from local.aws.server.role_policies import check_role_policies
from local.aws.server.template_checks import check_properties, check_template, regions_with_components
from local.aws.server.vpc_endpoint_policies import check_endpoint_policy

ACCOUNT = "123456789012"
ROOT = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
ALARM: dict[str, Any] = {
    "AlarmName": "errors",
    "ComparisonOperator": "GreaterThanThreshold",
    "EvaluationPeriods": 1,
    "Period": 60,
}
COMPONENT = "AWS::SageMaker::InferenceComponent"


def _policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def _statement(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - of a policy
    return {"Effect": "Allow", "Principal": ROOT, "Action": "kms:*", "Resource": "*", **changes}


@pytest.mark.parametrize(
    ("period", "periods"), [(10, 8640), (20, 1), (30, 2880), (60, 1440), (3600, 168), (86_400, 7), (120, 1)]
)
def test_an_alarm_may_look_back_a_day_or_with_long_periods_a_week(period: int, periods: int) -> None:
    """The product of period and number is a day, from an hour on a week."""
    check_alarm({**ALARM, "Period": period, "EvaluationPeriods": periods})


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"Period": 45}, "Period 45 must be 10, 20, 30 or a multiple of 60"),
        ({"Period": 60, "EvaluationPeriods": 1441}, r"EvaluationPeriods \* Period must be <= 86400"),
        ({"Period": 3600, "EvaluationPeriods": 169}, r"EvaluationPeriods \* Period must be <= 604800"),
        ({"AlarmActions": ["arn"] * 6}, "Member must have length less than or equal to 5"),
        ({"ComparisonOperator": "Above"}, "Member must satisfy enum value set"),
    ],
)
def test_what_is_refused_of_an_alarm(changes: dict[str, Any], words: str) -> None:
    """With CloudWatch's own error code."""
    with pytest.raises(AwsError, match=words) as refused:
        check_alarm({**ALARM, **changes})
    assert refused.value.code == "ValidationError"


@pytest.mark.parametrize(
    "statement",
    [
        _statement(),
        _statement(Action=["kms:Put*", "kms:Decrypt"]),
        _statement(Principal={"AWS": [ACCOUNT]}),
        _statement(Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:role/admin"}),
        _statement(Principal="*", Action="*"),
    ],
)
def test_a_key_is_administered_by_the_account(statement: dict[str, Any]) -> None:
    """By its root, by one of its roles, or by everybody."""
    check_key_policy(_policy(statement), ACCOUNT)


@pytest.mark.parametrize(
    "statement",
    [
        _statement(Action="kms:Decrypt"),
        _statement(Effect="Deny"),
        _statement(Principal={"AWS": "arn:aws:iam::210987654321:root"}),
        _statement(Principal={"Service": "logs.amazonaws.com"}),
    ],
)
def test_a_key_that_nobody_can_administer_is_refused(statement: dict[str, Any]) -> None:
    """KMS would have a key that nobody can change again."""
    with pytest.raises(
        AwsError, match=r"will not allow you to update the key policy in the future"
    ) as refused:
        check_key_policy(_policy(statement), ACCOUNT)
    assert refused.value.code == "MalformedPolicyDocumentException"


def test_a_roles_policies_are_measured_together_without_white_space() -> None:
    """10,240 characters, however they are spread and laid out."""
    half = "x" * 5120
    check_role_policies("serving", {"a": f" {half}\n", "b": half})
    with pytest.raises(
        AwsError, match=r"^Maximum policy size of 10240 bytes exceeded for role serving$"
    ) as refused:
        check_role_policies("serving", {"a": half, "b": f"{half}x"})
    assert (refused.value.code, refused.value.status) == ("LimitExceeded", 409)


def test_an_endpoints_policy_may_be_left_out_or_short() -> None:
    """None is the one that allows everything."""
    check_endpoint_policy(None)
    check_endpoint_policy(_policy(_statement()))
    check_endpoint_policy({"Statement": [_statement()]})


@pytest.mark.parametrize("policy", [{"Statement": []}, {}, "no JSON", "[]"])
def test_an_endpoints_policy_has_a_statement(policy: Any) -> None:  # noqa: ANN401 - any document
    """Without one it is not valid."""
    with pytest.raises(
        AwsError, match=r"^The Policy Document is not valid\. It has no statement$"
    ) as refused:
        check_endpoint_policy(policy)
    assert refused.value.code == "InvalidPolicyDocument"


def test_an_endpoints_policy_is_measured_with_white_space() -> None:
    """20,480 characters of its text."""
    text = _policy(_statement())
    check_endpoint_policy(text + " " * (20_480 - len(text)))
    with pytest.raises(AwsError, match=r"It has 20481 characters, and may have 20480"):
        check_endpoint_policy(text + " " * (20_481 - len(text)))


@pytest.mark.parametrize("key", ["aws:owner", "AWS:owner", "Aws:x"])
def test_tags_that_are_awss_own_are_refused(key: str) -> None:
    """Whatever their case, in a list and in a map."""
    for tags in ([{"Key": key, "Value": "x"}], {key: "x"}):
        with pytest.raises(ServerError, match=r"^aws: prefixed tag key names are not allowed"):
            check_properties("AWS::EC2::VPC", {"Tags": tags})


def test_tags_of_the_stack_itself_are_taken() -> None:
    """CloudFormation tags what it creates."""
    check_properties("AWS::EC2::VPC", {"Tags": [{"Key": "aws:cloudformation:stack-name", "Value": "x"}]})


def test_a_tag_is_there_once() -> None:
    """The same key twice is refused, in another case it is another one."""
    check_properties("AWS::EC2::VPC", {"Tags": [{"Key": "a", "Value": "1"}, {"Key": "A", "Value": "2"}]})
    with pytest.raises(ServerError, match=r"^Duplicate tag key 'a'"):
        check_properties("AWS::EC2::VPC", {"Tags": [{"Key": "a", "Value": "1"}, {"Key": "a", "Value": "2"}]})


@pytest.mark.parametrize("several", [False, True])
def test_a_component_has_sixteen_variables(several: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """The registry's schema says so, for each specification."""

    def properties(count: int) -> dict[str, Any]:
        environment = {f"V{number}": "x" for number in range(count)}
        specification = {"Container": {"Environment": environment}}
        return {"Specifications": [specification]} if several else {"Specification": specification}

    place = "Specifications/0" if several else "Specification"
    check_properties(COMPONENT, properties(16))
    with pytest.raises(ServerError) as refused:
        check_properties(COMPONENT, properties(17))
    assert str(refused.value) == (
        f"Model validation failed (#/{place}/Container/Environment: maximum size: [16], found: [17])"
    )


def test_a_region_without_components_doesnt_know_their_type() -> None:
    """Other types are everywhere."""
    component = {"Resources": {"It": {"Type": COMPONENT}}}
    check_template(component, "us-east-1")
    check_template({"Resources": {"It": {"Type": "AWS::SageMaker::Model"}}}, "us-west-1")
    check_template({}, "us-west-1")
    with pytest.raises(
        ValueError, match=r"Unrecognized resource types: \[AWS::SageMaker::InferenceComponent\]"
    ):
        check_template(component, "us-west-1")


@pytest.mark.integration
def test_the_regions_are_those_of_the_registrys_schemas() -> None:
    """As cfn-lint, which isn't there where the server runs, carries them: one module for each region."""
    providers = Path(cfnlint.__file__).parent / "data" / "schemas" / "providers"
    found = {
        path.stem
        for path in providers.glob("*.json")
        if COMPONENT in json.loads(path.read_text(encoding="utf-8"))
    }
    assert found == regions_with_components()
