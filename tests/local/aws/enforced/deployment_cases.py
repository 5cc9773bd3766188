"""Requests that deployments which break a rule lead to, where no template alone says it."""

import json
from typing import Any

import boto3

from tests.local.aws.account import BUCKET, IMAGE
from tests.local.aws.component_account import ComponentAccount
from tests.local.aws.enforced.case import CallCase
from tests.local.aws.enforced.requests import create_config, create_model

__all__ = ["DEPLOYMENT_CASES"]

_OTHER_REGION = IMAGE.replace("us-east-1", "eu-west-1")
_GPU_AMI = "al2-ami-sagemaker-inference-gpu-2"


def _create_multi_model(hosting: ComponentAccount, instance_type: str) -> None:
    container = {"Image": IMAGE, "ModelDataUrl": f"s3://{BUCKET}/folder/", "Mode": "MultiModel"}
    model = create_model(hosting, PrimaryContainer=container)
    create_config(hosting, ModelName=model, InstanceType=instance_type)


def _interfaces(hosting: ComponentAccount, count: int) -> None:
    """Create so many interface endpoints in a subnet of 11 addresses."""
    ec2 = hosting.account.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.75.0.0/24")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.75.0.0/28", AvailabilityZone="us-east-1a")
    for _ in range(count):
        ec2.create_vpc_endpoint(
            VpcId=vpc,
            VpcEndpointType="Interface",
            ServiceName="com.amazonaws.us-east-1.logs",
            PrivateDnsEnabled=False,
            SubnetIds=[subnet["Subnet"]["SubnetId"]],
        )


def _validate_in(hosting: ComponentAccount, region: str) -> None:
    component = {"Type": "AWS::SageMaker::InferenceComponent", "Properties": {"EndpointName": "shared"}}
    variables = hosting.local_aws.environment()
    client = boto3.client(
        "cloudformation",
        region_name=region,
        endpoint_url=variables["AWS_ENDPOINT_URL"],
        aws_access_key_id=variables["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=variables["AWS_SECRET_ACCESS_KEY"],
    )
    client.validate_template(TemplateBody=json.dumps({"Resources": {"It": component}}))


def _run(hosting: ComponentAccount, instance_type: str, **more: Any) -> None:  # noqa: ANN401 - API members
    image = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
    ami = hosting.account.client("ssm").get_parameter(Name=image)["Parameter"]["Value"]
    ec2 = hosting.account.client("ec2")
    ran = ec2.run_instances(ImageId=ami, InstanceType=instance_type, MinCount=1, MaxCount=1, **more)
    ec2.terminate_instances(InstanceIds=[each["InstanceId"] for each in ran["Instances"]])


def _accelerated(hosting: ComponentAccount, accelerator: str | None) -> None:
    model = create_model(hosting)
    create_config(hosting, ModelName=model, **({"AcceleratorType": accelerator} if accelerator else {}))


def _second_private_dns(hosting: ComponentAccount, *, private: bool) -> None:
    ec2 = hosting.account.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.73.0.0/16")["Vpc"]["VpcId"]
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
    ec2.create_vpc_endpoint(
        VpcId=vpc, VpcEndpointType="Interface", ServiceName="com.amazonaws.us-east-1.logs"
    )
    ec2.create_vpc_endpoint(
        VpcId=vpc,
        VpcEndpointType="Interface",
        ServiceName="com.amazonaws.us-east-1.logs",
        PrivateDnsEnabled=private,
    )


DEPLOYMENT_CASES = (
    CallCase(
        "SEA503",
        lambda hosting: create_config(hosting, InferenceAmiVersion=_GPU_AMI),
        f"InferenceAmiVersion {_GPU_AMI}",
        lambda hosting: create_config(hosting, InferenceAmiVersion=_GPU_AMI, InstanceType="ml.g5.xlarge"),
    ),
    CallCase(
        "SEA503",
        lambda hosting: create_config(
            hosting, InferenceAmiVersion="al2-ami-sagemaker-inference-neuron-2", InstanceType="ml.g5.xlarge"
        ),
        "InferenceAmiVersion al2-ami-sagemaker-inference-neuron-2",
        lambda hosting: create_config(
            hosting, InferenceAmiVersion="al2-ami-sagemaker-inference-neuron-2", InstanceType="ml.inf2.xlarge"
        ),
    ),
    CallCase(
        "SEA525",
        lambda hosting: _validate_in(hosting, "us-west-1"),
        "Unrecognized resource types: [AWS::SageMaker::InferenceComponent]",
        lambda hosting: _validate_in(hosting, "us-east-1"),
    ),
    CallCase(
        "SEA601",
        lambda hosting: create_model(hosting, PrimaryContainer={"Image": "docker.io/library/nginx:1"}),
        "without Vpc repository access mode is not supported",
        create_model,
    ),
    CallCase(
        "SEA602",
        lambda hosting: create_model(hosting, PrimaryContainer={"Image": _OTHER_REGION}),
        "Cross region ECR image pulls are not allowed",
        create_model,
    ),
    CallCase(
        "SEA609",
        lambda hosting: _create_multi_model(hosting, "ml.g5.12xlarge"),
        "MultiModel mode is not supported for instance type ml.g5.12xlarge",
        lambda hosting: _create_multi_model(hosting, "ml.g5.xlarge"),
    ),
    CallCase(
        "SEA733",
        lambda hosting: _interfaces(hosting, 12),
        "does not have enough free addresses to satisfy the request",
        lambda hosting: _interfaces(hosting, 11),
    ),
    CallCase(
        "SEA702",
        lambda hosting: _second_private_dns(hosting, private=True),
        "already a conflicting DNS domain",
        lambda hosting: _second_private_dns(hosting, private=False),
    ),
    *(
        CallCase(
            rule,
            lambda hosting: _accelerated(hosting, "ml.eia2.medium"),
            "Elastic Inference (EI) is no longer available",
            lambda hosting: _accelerated(hosting, None),
        )
        for rule in ("SEA750", "SEA751")
    ),
    CallCase(
        "SEA758",
        lambda hosting: _run(hosting, "m6g.large"),
        "does not match the architecture 'x86_64' of the specified AMI",
        lambda hosting: _run(hosting, "m5.large"),
    ),
)
