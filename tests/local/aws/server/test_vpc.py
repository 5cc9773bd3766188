"""Models in a VPC: their artifact comes through it."""

import json
from typing import Any

import pytest

from tests.local.aws.account import IMAGE, Account
from tests.local.aws.tiny_models import scaling_model_archive

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def ec2(account: Account) -> Any:  # noqa: ANN401 - boto3's clients have no static type
    return account.client("ec2")


@pytest.fixture
def vpc_id(ec2: Any) -> str:  # noqa: ANN401 - boto3's clients have no static type
    """A VPC of the test's own, without a way out."""
    created: str = ec2.create_vpc(CidrBlock="10.7.0.0/20")["Vpc"]["VpcId"]
    return created


@pytest.fixture
def subnet_id(ec2: Any, vpc_id: str) -> str:  # noqa: ANN401 - boto3's clients have no static type
    """A subnet in it, with the VPC's main route table."""
    created: str = ec2.create_subnet(VpcId=vpc_id, CidrBlock="10.7.0.0/24")["Subnet"]["SubnetId"]
    return created


def _endpoint_of_a_model_in(account: Account, subnet_id: str) -> str:
    """Begin to bring up an endpoint whose model is in a subnet, and return its name."""
    model, name = account.new_name("in-vpc"), account.new_name("in-vpc")
    account.sagemaker.create_model(
        ModelName=model,
        ExecutionRoleArn=account.role_arn,
        PrimaryContainer={"Image": IMAGE, "ModelDataUrl": account.upload(scaling_model_archive(1))},
        VpcConfig={"Subnets": [subnet_id], "SecurityGroupIds": ["sg-0"]},
    )
    account.sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=account.create_config(model))
    return name


def test_an_isolated_model_without_an_s3_endpoint_is_a_failed_endpoint(
    account: Account, subnet_id: str
) -> None:
    """The artifact can't be downloaded, and the reason names the subnet."""
    name = _endpoint_of_a_model_in(account, subnet_id)
    reason = account.wait_endpoint(name, "Failed")["FailureReason"]
    assert reason.startswith('Failed to download model data for container "container_1" from URL: "s3://')
    assert reason.endswith(
        f"(subnet {subnet_id} has neither a route to an S3 gateway endpoint nor a way out of its VPC)"
    )
    account.sagemaker.delete_endpoint(EndpointName=name)


def test_a_subnet_that_isnt_there_is_a_failed_endpoint(account: Account) -> None:
    """The reason names it."""
    name = _endpoint_of_a_model_in(account, "subnet-0123456789abcdef0")
    reason = account.wait_endpoint(name, "Failed")["FailureReason"]
    assert reason.endswith("(subnet subnet-0123456789abcdef0 does not exist)")
    account.sagemaker.delete_endpoint(EndpointName=name)


def test_a_policy_that_doesnt_admit_the_artifact_is_a_failed_endpoint(
    account: Account,
    ec2: Any,  # noqa: ANN401 - boto3's clients have no static type
    vpc_id: str,
    subnet_id: str,
) -> None:
    """The way is there, the bucket is another: the reason names the VPC endpoint."""
    (table,) = ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [vpc_id]}])["RouteTables"]
    others = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::somebody-elses/*",
    }
    gateway = ec2.create_vpc_endpoint(
        VpcId=vpc_id,
        ServiceName="com.amazonaws.us-east-1.s3",
        RouteTableIds=[table["RouteTableId"]],
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [others]}),
    )["VpcEndpoint"]["VpcEndpointId"]
    name = _endpoint_of_a_model_in(account, subnet_id)
    reason = account.wait_endpoint(name, "Failed")["FailureReason"]
    assert f"(the policy of {gateway} doesn't allow s3:GetObject on arn:aws:s3:::" in reason
    account.sagemaker.delete_endpoint(EndpointName=name)


def test_an_s3_gateway_endpoint_lets_the_artifact_in(
    account: Account,
    ec2: Any,  # noqa: ANN401 - boto3's clients have no static type
    vpc_id: str,
    subnet_id: str,
) -> None:
    """With the gateway endpoint in the subnet's route table the endpoint comes up."""
    (table,) = ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [vpc_id]}])["RouteTables"]
    ec2.create_vpc_endpoint(
        VpcId=vpc_id, ServiceName="com.amazonaws.us-east-1.s3", RouteTableIds=[table["RouteTableId"]]
    )
    name = _endpoint_of_a_model_in(account, subnet_id)
    assert account.wait_endpoint(name, "InService", "Failed")["EndpointStatus"] == "InService"
    account.sagemaker.delete_endpoint(EndpointName=name)
