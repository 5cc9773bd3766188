"""Models that SageMaker refuses."""

from typing import Any

from tests.local.aws.account import BUCKET, IMAGE
from tests.local.aws.enforced.case import Case
from tests.local.aws.enforced.parts import ROLE, container, model, resource, subnet, trust

__all__ = ["MODEL_CASES"]

_NAME = "ContainerHostname"


def _several(*containers: dict[str, Any], mode: str = "Serial") -> dict[str, Any]:
    return resource(
        "SageMaker::Model",
        ExecutionRoleArn=ROLE,
        Containers=list(containers),
        InferenceExecutionConfig={"Mode": mode},
    )


def _prefix(compression: str) -> dict[str, Any]:
    source = {"S3DataType": "S3Prefix", "CompressionType": compression, "S3Uri": f"s3://{BUCKET}/folder/"}
    return {"Image": IMAGE, "ModelDataSource": {"S3DataSource": source}}


_NETWORK = {
    "Vpc": resource("EC2::VPC", CidrBlock="10.71.0.0/16"),
    "A": subnet("us-east-1a", "10.71.0.0/24"),
    "B": subnet("us-east-1b", "10.71.1.0/24"),
    "Group": resource("EC2::SecurityGroup", GroupDescription="models", VpcId={"Ref": "Vpc"}),
}
_SUBNETS = [{"Ref": "A"}, {"Ref": "B"}]
_GROUPS = [{"Fn::GetAtt": ["Group", "GroupId"]}]
_TWO_NAMED = [container(**{_NAME: "one"}), container(**{_NAME: "two"})]
_MANY = {f"V{number:03}": "x" * 400 for number in range(60)}

MODEL_CASES = (
    Case(
        "SEA421",
        {"Model": model(PrimaryContainer=_prefix("Gzip"))},
        "S3DataType S3Prefix can't have CompressionType Gzip",
        {"Model": model(PrimaryContainer=_prefix("None"))},
    ),
    Case(
        "SEA617",
        {"Model": _several(*[container()] * 16)},
        "Member must have length less than or equal to 15",
        {"Model": _several(*[container()] * 15)},
    ),
    Case(
        "SEA618",
        {"Model": _several(container(), container(), mode="Direct")},
        "ContainerHostname is required",
        {"Model": _several(*_TWO_NAMED, mode="Direct")},
    ),
    Case(
        "SEA618",
        {"Model": _several(_TWO_NAMED[0], _TWO_NAMED[0])},
        "ContainerHostname must be unique",
        {"Model": _several(*_TWO_NAMED)},
    ),
    Case(
        "SEA620",
        {"Model": _several(container(Environment=_MANY), container(Environment=_MANY))},
        "32 KB",
        {"Model": _several(container(Environment=_MANY), container())},
    ),
    Case(
        "SEA706",
        {**_NETWORK, "Model": model(VpcConfig={"Subnets": _SUBNETS, "SecurityGroupIds": []})},
        "vpcConfig.securityGroupIds",
        {"Model": model(VpcConfig={"Subnets": _SUBNETS, "SecurityGroupIds": _GROUPS})},
    ),
    Case(
        "SEA723",
        {
            "Role": resource("IAM::Role", AssumeRolePolicyDocument=trust("ec2.amazonaws.com")),
            "Model": resource(
                "SageMaker::Model",
                ExecutionRoleArn={"Fn::GetAtt": ["Role", "Arn"]},
                PrimaryContainer={"Image": IMAGE},
            ),
        },
        "Could not assume role",
        {"Role": resource("IAM::Role", AssumeRolePolicyDocument=trust("sagemaker.amazonaws.com"))},
    ),
    Case(
        "SEA728",
        {"Model": resource("SageMaker::Model", PrimaryContainer=container())},
        "ExecutionRoleArn is required",
        {"Model": model()},
    ),
    Case(
        "SEA884",
        {**_NETWORK, "Model": model(VpcConfig={"Subnets": _SUBNETS, "SecurityGroupIds": _GROUPS * 6})},
        "Member must have length less than or equal to 5",
        {"Model": model(VpcConfig={"Subnets": _SUBNETS, "SecurityGroupIds": _GROUPS})},
    ),
    Case(
        "SEA625",
        {"Model": model(ModelName="n" * 64)},
        "Member must have length less than or equal to 63",
        {"Model": model(ModelName="n" * 63)},
    ),
    Case(
        "SEA627",
        {"Model": model(PrimaryContainer={**_prefix("None"), "Mode": "MultiModel"})},
        "ModelDataSource can't be used with multi-model endpoints",
        {"Model": model(PrimaryContainer=_prefix("None"))},
    ),
    Case(
        "SEA628",
        {"Model": _several(container(), _TWO_NAMED[0])},
        "ContainerHostname must be specified for every container",
        {"Model": _several(*_TWO_NAMED)},
    ),
)
