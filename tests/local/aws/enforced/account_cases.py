"""What an account refuses of deployments that don't fit it."""

import json
from typing import Any

from tests.local.aws.account import IMAGE
from tests.local.aws.component_account import ComponentAccount
from tests.local.aws.enforced.case import CallCase
from tests.local.aws.enforced.parts import ROLE, UNTRUSTED
from tests.local.aws.enforced.quota_cases import BEYOND_QUOTA, with_quota
from tests.local.aws.enforced.requests import endpoint_of

__all__ = ["ACCOUNT_CASES"]

_VERSION = "/cdk-bootstrap/hnb659fds/version"


def _beside_others(hosting: ComponentAccount, instances: int) -> None:
    """Create an endpoint where another one takes a part of the quota."""
    other = endpoint_of(hosting, 2)
    made = None
    with_quota(hosting, 1)
    try:
        made = endpoint_of(hosting, instances)
    finally:
        with_quota(hosting, 1000)
        for each in (other, made):
            if each is not None:
                hosting.delete_endpoint(each)


def _grow_beside_others(hosting: ComponentAccount, instances: int) -> None:
    other, own = endpoint_of(hosting, 2), endpoint_of(hosting, 1)
    with_quota(hosting, 1)
    try:
        hosting.sagemaker.update_endpoint_weights_and_capacities(
            EndpointName=own,
            DesiredWeightsAndCapacities=[{"VariantName": "AllTraffic", "DesiredInstanceCount": instances}],
        )
        hosting.account.wait_endpoint(own, "InService")
    finally:
        with_quota(hosting, 1000)
        for each in (other, own):
            hosting.delete_endpoint(each)


def _create_named(hosting: ComponentAccount, name: str) -> None:
    taken = hosting.create_endpoint()
    config = hosting.sagemaker.describe_endpoint(EndpointName=taken)["EndpointConfigName"]
    try:
        wanted = name or taken.upper()
        hosting.sagemaker.create_endpoint(EndpointName=wanted, EndpointConfigName=config)
        hosting.account.wait_endpoint(wanted, "InService")
        hosting.sagemaker.delete_endpoint(EndpointName=wanted)
    finally:
        hosting.delete_endpoint(taken)


def _deploy_bootstrapped(hosting: ComponentAccount, *, bootstrapped: bool) -> None:
    if bootstrapped:
        hosting.account.client("ssm").put_parameter(
            Name=f"{_VERSION}-enforced", Value="30", Type="String", Overwrite=True
        )
    version = {"Type": "AWS::SSM::Parameter::Value<String>", "Default": f"{_VERSION}-enforced"}
    template = {
        "Parameters": {"BootstrapVersion": version},
        "Resources": {"Group": {"Type": "AWS::Logs::LogGroup"}},
    }
    name = hosting.account.new_name("enforced")
    hosting.account.cloudformation.create_stack(StackName=name, TemplateBody=json.dumps(template))
    assert hosting.account.wait_stack(name) == "CREATE_COMPLETE"
    hosting.account.cloudformation.delete_stack(StackName=name)


def _update_after(hosting: ComponentAccount, *, rolled_back: bool) -> None:
    stacks, name = hosting.account.cloudformation, hosting.account.new_name("enforced")
    model = {"Type": "AWS::SageMaker::Model", "Properties": {"PrimaryContainer": {"Image": IMAGE}}}
    group = {"Type": "AWS::Logs::LogGroup", "Properties": {"RetentionInDays": 7}}
    first = {"Resources": {"It": model if rolled_back else group}}
    second = {"Resources": {"It": {"Type": "AWS::Logs::LogGroup", "Properties": {"RetentionInDays": 14}}}}
    stacks.create_stack(StackName=name, TemplateBody=json.dumps(first))
    assert hosting.account.wait_stack(name) == ("ROLLBACK_COMPLETE" if rolled_back else "CREATE_COMPLETE")
    try:
        stacks.update_stack(StackName=name, TemplateBody=json.dumps(second))
        hosting.account.wait_stack(name)
    finally:
        stacks.delete_stack(StackName=name)


def _create_model(hosting: ComponentAccount, **changes: Any) -> None:  # noqa: ANN401 - API members
    request = {"ExecutionRoleArn": ROLE, "PrimaryContainer": {"Image": IMAGE}, **changes}
    hosting.sagemaker.create_model(ModelName=hosting.account.new_name("enforced"), **request)


def _model_from(hosting: ComponentAccount, bucket: str) -> None:
    container = {"Image": IMAGE, "ModelDataUrl": f"s3://{bucket}/enforced.tar.gz"}
    _create_model(hosting, PrimaryContainer=container)


def _vpc(hosting: ComponentAccount, *, names: bool = True) -> str:
    ec2 = hosting.account.client("ec2")
    vpc: str = ec2.create_vpc(CidrBlock="10.74.0.0/16")["Vpc"]["VpcId"]
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": names})
    return vpc


def _subnet(hosting: ComponentAccount, vpc: str, zone: str) -> str:
    created = hosting.account.client("ec2").create_subnet(
        VpcId=vpc, CidrBlock="10.74.1.0/24", AvailabilityZone=zone
    )
    return str(created["Subnet"]["SubnetId"])


def _interface(hosting: ComponentAccount, vpc: str, service: str = "logs", **more: Any) -> None:  # noqa: ANN401 - API members
    hosting.account.client("ec2").create_vpc_endpoint(
        VpcId=vpc, VpcEndpointType="Interface", ServiceName=f"com.amazonaws.us-east-1.{service}", **more
    )


def _service_in(hosting: ComponentAccount, zone: str) -> None:
    vpc = _vpc(hosting)
    _interface(hosting, vpc, "email-smtp", SubnetIds=[_subnet(hosting, vpc, zone)])


def _group_in(hosting: ComponentAccount, *, other: bool) -> None:
    vpc = _vpc(hosting)
    group = hosting.account.client("ec2").create_security_group(
        GroupName=hosting.account.new_name("enforced"),
        Description="of another VPC",
        VpcId=_vpc(hosting) if other else vpc,
    )["GroupId"]
    _interface(hosting, vpc, SecurityGroupIds=[group])


ACCOUNT_CASES = (
    CallCase(
        "SEA561",
        lambda hosting: _beside_others(hosting, 2),
        BEYOND_QUOTA,
        lambda hosting: _beside_others(hosting, 1),
    ),
    CallCase(
        "SEA562",
        lambda hosting: _grow_beside_others(hosting, 3),
        BEYOND_QUOTA,
        lambda hosting: _grow_beside_others(hosting, 2),
    ),
    CallCase(
        "SEA563",
        lambda hosting: _create_named(hosting, ""),
        "Cannot create already existing endpoint",
        lambda hosting: _create_named(hosting, hosting.account.new_name("free")),
    ),
    CallCase(
        "SEA564",
        lambda hosting: _deploy_bootstrapped(hosting, bootstrapped=False),
        _VERSION,
        lambda hosting: _deploy_bootstrapped(hosting, bootstrapped=True),
    ),
    CallCase(
        "SEA565",
        lambda hosting: _update_after(hosting, rolled_back=True),
        "is in ROLLBACK_COMPLETE state and cannot be updated",
        lambda hosting: _update_after(hosting, rolled_back=False),
    ),
    CallCase(
        "SEA566",
        lambda hosting: _subnet(hosting, _vpc(hosting), "us-east-1z"),
        "Subnets can currently only be created in the following availability zones",
        lambda hosting: _subnet(hosting, _vpc(hosting), "us-east-1a"),
    ),
    CallCase(
        "SEA567",
        lambda hosting: _service_in(hosting, "us-east-1a"),
        "does not support the availability zone of the subnet",
        lambda hosting: _service_in(hosting, "us-east-1b"),
    ),
    CallCase(
        "SEA569",
        lambda hosting: _create_model(hosting, ExecutionRoleArn=UNTRUSTED),
        "Could not assume role",
        _create_model,
    ),
    CallCase(
        "SEA571",
        lambda hosting: _model_from(hosting, "no-such-bucket-of-ours"),
        "Could not access model data",
        lambda hosting: _model_from(hosting, "artifacts"),
    ),
    CallCase(
        "SEA573",
        lambda hosting: _interface(hosting, _vpc(hosting, names=False)),
        "enableDnsSupport and enableDnsHostnames",
        lambda hosting: _interface(hosting, _vpc(hosting)),
    ),
    CallCase(
        "SEA575",
        lambda hosting: _group_in(hosting, other=True),
        "belong to different networks",
        lambda hosting: _group_in(hosting, other=False),
    ),
)
