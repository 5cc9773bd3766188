"""What stacks and VPC endpoints are refused for: A139, A140, A143 to A146."""

from typing import Any

from conformance.laboratory import Laboratory
from conformance.policies import allow
from conformance.probe import probe
from conformance.sagemaker_kinds import MODEL

_CIDR = "10.197.0.0/24"
_VPC = {
    "Type": "AWS::EC2::VPC",
    "Properties": {"CidrBlock": _CIDR, "EnableDnsSupport": True, "EnableDnsHostnames": True},
}


def _rolled_back(lab: Laboratory, resources: dict[str, Any], words: str) -> None:
    name, status = lab.stacks.deploy(resources)
    lab.evidence.holds("status", found=status, believed="ROLLBACK_COMPLETE")
    lab.evidence.says("reason", lab.stacks.reasons(name), words)


def _interface(lab: Laboratory, **more: object) -> dict[str, Any]:
    properties = {
        "VpcId": {"Ref": "Vpc"},
        "ServiceName": f"com.amazonaws.{lab.account.region}.logs",
        "VpcEndpointType": "Interface",
        **more,
    }
    return {"Type": "AWS::EC2::VPCEndpoint", "Properties": properties}


def _model(lab: Laboratory, **more: object) -> dict[str, Any]:
    container = {"Image": lab.image}
    properties = {"ExecutionRoleArn": lab.role_arn(), "PrimaryContainer": container, **more}
    return {"Model": {"Type": "AWS::SageMaker::Model", "Properties": properties}}


@probe("A139", creates="two stacks with a VPC that roll back")
def policies_of_vpc_endpoints(lab: Laboratory) -> None:
    """A policy without a statement, and one above 20,480 characters, are InvalidPolicyDocument."""
    statement = {**allow("logs:PutLogEvents", "*"), "Principal": "*"}
    long = [{**statement, "Sid": f"S{number:04}"} for number in range(220)]
    for statements in ([], long):
        document = {"Version": "2012-10-17", "Statement": statements}
        _rolled_back(
            lab,
            {"Vpc": _VPC, "Logs": _interface(lab, PolicyDocument=document)},
            r"The Policy Document is not valid.*InvalidPolicyDocument",
        )


@probe("A140", creates="a stack with two VPCs that rolls back")
def group_of_another_vpc(lab: Laboratory) -> None:
    """An interface endpoint with a security group of another VPC is refused as InvalidParameter."""
    group = {
        "Type": "AWS::EC2::SecurityGroup",
        "Properties": {"GroupDescription": "of another VPC", "VpcId": {"Ref": "Other"}},
    }
    groups = [{"Fn::GetAtt": ["Group", "GroupId"]}]
    logs = _interface(lab, SecurityGroupIds=groups)
    _rolled_back(
        lab,
        {"Vpc": _VPC, "Other": _VPC, "Group": group, "Logs": logs},
        r"belong to different networks.*InvalidParameter",
    )


@probe("A143", creates="a role, a stack with a VPC that rolls back")
def flow_log_without_a_destination(lab: Laboratory) -> None:
    """A flow log to CloudWatch Logs without LogGroupName and LogDestination is refused at creation."""
    log = {
        "Type": "AWS::EC2::FlowLog",
        "Properties": {
            "ResourceId": {"Ref": "Vpc"},
            "ResourceType": "VPC",
            "TrafficType": "ALL",
            "LogDestinationType": "cloud-watch-logs",
            "DeliverLogsPermissionArn": lab.new_role(service="vpc-flow-logs.amazonaws.com", statements=()),
        },
    }
    _rolled_back(lab, {"Vpc": _VPC, "Log": log}, r"LogGroupName|LogDestination")


@probe("A144", creates="two stacks that roll back")
def tags_that_a_stack_may_not_have(lab: Laboratory) -> None:
    """A key that begins with `aws:` is refused in the believed words, and a key that is there twice."""
    foreign = _model(lab, Tags=[{"Key": "aws:owner", "Value": "x"}])
    _rolled_back(lab, foreign, r"aws: prefixed tag key names are not allowed for external use")
    twice = [{"Key": "owner", "Value": "x"}, {"Key": "owner", "Value": "y"}]
    _rolled_back(lab, _model(lab, Tags=twice), r"(?i)duplicate|unique|more than once")


@probe("A145", creates="a stack with a model")
def custom_name_that_stays(lab: Laboratory) -> None:
    """A model of a given name isn't replaced: `... when a custom-named resource requires replacing`."""
    model = lab.registry.enter(MODEL, lab.new_name("custom"))
    name, status = lab.stacks.deploy(_model(lab, ModelName=model))
    lab.evidence.holds("status", found=status, believed="CREATE_COMPLETE")
    isolated = _model(lab, ModelName=model, EnableNetworkIsolation=True)
    updated = lab.stacks.redeploy(name, isolated)
    lab.evidence.holds("status of the update", found=updated, believed="UPDATE_ROLLBACK_COMPLETE")
    expected = r"CloudFormation cannot update a stack when a custom-named resource requires replacing"
    lab.evidence.says("reason", lab.stacks.reasons(name), expected)


@probe("A146")
def stack_that_is_not_there(lab: Laboratory) -> None:
    """DescribeStacks answers ValidationError, `Stack with id ... does not exist`, to a missing name."""
    cloudformation = lab.account.client("cloudformation")
    name = lab.new_name("missing")
    lab.evidence.refused(
        lambda: cloudformation.describe_stacks(StackName=name),
        "ValidationError",
        rf"^Stack with id {name} does not exist",
    )
