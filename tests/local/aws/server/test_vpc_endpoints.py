"""VPC endpoints that the API made beside those that a stack makes."""

import json
from typing import Any

import pytest

from tests.local.aws.account import Account

pytestmark = pytest.mark.integration

SERVICE = "com.amazonaws.us-east-1.logs"
POLICY = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "logs:PutLogEvents", "Resource": "*"}],
}


@pytest.fixture(scope="module")
def ec2(account: Account) -> Any:  # noqa: ANN401 - boto3's clients have no static type
    """Return a client of EC2."""
    return account.client("ec2")


@pytest.fixture
def vpc_id(ec2: Any) -> str:  # noqa: ANN401 - likewise
    """A VPC of the test's own whose DNS is on."""
    created: str = ec2.create_vpc(CidrBlock="10.9.0.0/20")["Vpc"]["VpcId"]
    ec2.modify_vpc_attribute(VpcId=created, EnableDnsHostnames={"Value": True})
    return created


@pytest.fixture
def made(ec2: Any, vpc_id: str) -> dict[str, Any]:  # noqa: ANN401 - likewise
    """An interface endpoint that the API made, described."""
    group = ec2.create_security_group(GroupName="made", Description="made", VpcId=vpc_id)["GroupId"]
    created = ec2.create_vpc_endpoint(
        VpcId=vpc_id,
        ServiceName=SERVICE,
        VpcEndpointType="Interface",
        SecurityGroupIds=[group],
        PolicyDocument=json.dumps(POLICY),
    )["VpcEndpoint"]["VpcEndpointId"]
    (described,) = ec2.describe_vpc_endpoints(VpcEndpointIds=[created])["VpcEndpoints"]
    assert [each["GroupId"] for each in described["Groups"]] == [group]
    return dict(described)


def stack_reasons(account: Account, properties: dict[str, Any]) -> list[str]:
    """Create a stack of one VPC endpoint; return what its events say went wrong."""
    cloudformation = account.client("cloudformation")
    name = account.new_name("endpoint")
    template = {"Resources": {"It": {"Type": "AWS::EC2::VPCEndpoint", "Properties": properties}}}
    cloudformation.create_stack(StackName=name, TemplateBody=json.dumps(template), OnFailure="DELETE")
    waiter = cloudformation.get_waiter("stack_create_complete")
    waiter.config.delay = 1
    try:
        waiter.wait(StackName=name)
    except Exception as error:  # noqa: BLE001 - a waiter's own, with what it saw last
        assert "Waiter" in str(error)  # noqa: PT017 - the events below are what is looked at
    events = cloudformation.describe_stack_events(StackName=name)["StackEvents"]
    return [each["ResourceStatusReason"] for each in events if each["ResourceStatus"] == "CREATE_FAILED"]


def test_an_endpoint_of_the_api_is_read_back_whole(made: dict[str, Any]) -> None:
    """Groups, private DNS, which is on by default, and the policy."""
    assert made["PrivateDnsEnabled"] is True
    assert json.loads(made["PolicyDocument"]) == POLICY


def test_a_stack_cant_make_a_second_private_dns(account: Account, vpc_id: str, made: dict[str, Any]) -> None:
    """The stack fails with EC2's words."""
    second = {
        "VpcId": vpc_id,
        "ServiceName": made["ServiceName"],
        "VpcEndpointType": "Interface",
        "PrivateDnsEnabled": True,
    }
    reasons = stack_reasons(account, second)
    assert any("already a conflicting DNS domain" in reason for reason in reasons)


def test_a_stack_can_make_one_without_private_dns(
    account: Account, vpc_id: str, made: dict[str, Any]
) -> None:
    """The name is taken, the service is not."""
    second = {"VpcId": vpc_id, "ServiceName": made["ServiceName"], "VpcEndpointType": "Interface"}
    assert stack_reasons(account, second) == []
