"""A small template that the rules about networks have nothing to say about, and ways to spoil it."""

import copy
from collections.abc import Callable, Mapping
from typing import Any

from preflight.registry import REGISTRY
from preflight.rule import TEMPLATE
from preflight.templates import SynthesizedTemplates

__all__ = [
    "IMAGE",
    "Resources",
    "added",
    "changed",
    "document",
    "found",
    "interface",
    "properties",
    "statement",
    "template",
    "with_policy",
    "without",
]

Resources = dict[str, dict[str, Any]]

Change = Callable[[dict[str, Any]], object]
"""Changes the properties of the template's resources, by logical id."""

FILE = "serving.template.json"
ACCOUNT = "123456789012"
IMAGE = "763104351884.dkr.ecr.us-east-1.amazonaws.com/sagemaker-tritonserver:24.09-py3"
REPOSITORY = "arn:aws:ecr:us-east-1:763104351884:repository/sagemaker-tritonserver"
LOGS = f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:/aws/sagemaker/Endpoints/vision"
TLS = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}


def statement(*actions: str, resource: object = "*") -> dict[str, Any]:
    """Return a statement of a policy."""
    return {"Effect": "Allow", "Principal": "*", "Action": list(actions), "Resource": resource}


def document(*statements: dict[str, Any]) -> dict[str, Any]:
    """Return a policy document."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


def trust(service: str) -> dict[str, Any]:
    """Return the trust policy of a service's role."""
    allowed = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return document(allowed)


def interface(service: str, *statements: dict[str, Any]) -> dict[str, Any]:
    """Return an interface endpoint's properties."""
    return {
        "VpcId": {"Ref": "Vpc"},
        "VpcEndpointType": "Interface",
        "ServiceName": f"com.amazonaws.us-east-1.{service}",
        "PrivateDnsEnabled": True,
        "SubnetIds": [{"Ref": "SubnetA"}],
        "SecurityGroupIds": [{"Fn::GetAtt": ["Endpoints", "GroupId"]}],
        "PolicyDocument": document(*statements),
    }


PULL = ("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
WRITE = ("logs:CreateLogGroup", "logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents")
USE_NETWORK = (
    "ec2:CreateNetworkInterface",
    "ec2:CreateNetworkInterfacePermission",
    "ec2:DeleteNetworkInterface",
    "ec2:DeleteNetworkInterfacePermission",
    "ec2:DescribeDhcpOptions",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
    "ec2:DescribeVpcs",
)


def _subnet(zone: str) -> dict[str, Any]:
    return {"VpcId": {"Ref": "Vpc"}, "AvailabilityZone": zone, "CidrBlock": "10.0.0.0/24"}


def template() -> dict[str, tuple[str, dict[str, Any]]]:
    """Return type and properties of each resource by logical id: a model served in a closed VPC."""
    pulls = (statement("ecr:GetAuthorizationToken"), statement(*PULL, resource=REPOSITORY))
    artifact = "arn:aws:s3:::artifacts/model.tar.gz"
    layers = "arn:aws:s3:::prod-us-east-1-starport-layer-bucket/*"
    return {
        "Vpc": ("EC2::VPC", {"CidrBlock": "10.0.0.0/16", "EnableDnsHostnames": True}),
        "SubnetA": ("EC2::Subnet", _subnet("us-east-1a")),
        "SubnetB": ("EC2::Subnet", _subnet("us-east-1b")),
        "Table": ("EC2::RouteTable", {"VpcId": {"Ref": "Vpc"}}),
        "LinkA": (
            "EC2::SubnetRouteTableAssociation",
            {"SubnetId": {"Ref": "SubnetA"}, "RouteTableId": {"Ref": "Table"}},
        ),
        "LinkB": (
            "EC2::SubnetRouteTableAssociation",
            {"SubnetId": {"Ref": "SubnetB"}, "RouteTableId": {"Ref": "Table"}},
        ),
        "Models": (
            "EC2::SecurityGroup",
            {"VpcId": {"Ref": "Vpc"}, "SecurityGroupEgress": [{**TLS, "CidrIp": "0.0.0.0/0"}]},
        ),
        "Endpoints": ("EC2::SecurityGroup", {"VpcId": {"Ref": "Vpc"}}),
        "FromModels": (
            "EC2::SecurityGroupIngress",
            {**TLS, "GroupId": {"Ref": "Endpoints"}, "SourceSecurityGroupId": {"Ref": "Models"}},
        ),
        "S3": (
            "EC2::VPCEndpoint",
            {
                "VpcId": {"Ref": "Vpc"},
                "VpcEndpointType": "Gateway",
                "ServiceName": "com.amazonaws.us-east-1.s3",
                "RouteTableIds": [{"Ref": "Table"}],
                "PolicyDocument": document(
                    statement("s3:GetObject", resource=artifact), statement("s3:GetObject", resource=layers)
                ),
            },
        ),
        "EcrApi": ("EC2::VPCEndpoint", interface("ecr.api", *pulls)),
        "EcrDkr": ("EC2::VPCEndpoint", interface("ecr.dkr", *pulls)),
        "Logs": ("EC2::VPCEndpoint", interface("logs", statement(*WRITE, resource=LOGS))),
        "Monitoring": ("EC2::VPCEndpoint", interface("monitoring", statement("cloudwatch:PutMetricData"))),
        "Runtime": (
            "EC2::VPCEndpoint",
            interface(
                "sagemaker.runtime",
                statement(
                    "sagemaker:InvokeEndpoint",
                    resource=f"arn:aws:sagemaker:us-east-1:{ACCOUNT}:endpoint/vision",
                ),
            ),
        ),
        "FlowGroup": ("Logs::LogGroup", {"RetentionInDays": 30}),
        "FlowRole": (
            "IAM::Role",
            {
                "AssumeRolePolicyDocument": trust("vpc-flow-logs.amazonaws.com"),
                "Policies": [{"PolicyDocument": document(statement(*WRITE[1:], resource=LOGS))}],
            },
        ),
        "FlowLog": (
            "EC2::FlowLog",
            {
                "ResourceId": {"Ref": "Vpc"},
                "ResourceType": "VPC",
                "LogGroupName": {"Ref": "FlowGroup"},
                "DeliverLogsPermissionArn": {"Fn::GetAtt": ["FlowRole", "Arn"]},
            },
        ),
        "Role": ("IAM::Role", {"AssumeRolePolicyDocument": trust("sagemaker.amazonaws.com")}),
        "Policy": (
            "IAM::Policy",
            {
                "PolicyName": "serve",
                "Roles": [{"Ref": "Role"}],
                "PolicyDocument": document(
                    *pulls,
                    statement(*USE_NETWORK),
                    statement(*WRITE, resource=LOGS),
                    statement("cloudwatch:PutMetricData"),
                    statement("s3:GetObject", resource=artifact),
                    statement("kms:CreateGrant", resource={"Fn::GetAtt": ["Key", "Arn"]}),
                ),
            },
        ),
        "Key": (
            "KMS::Key",
            {
                "EnableKeyRotation": True,
                "KeyPolicy": document(
                    {
                        "Effect": "Allow",
                        "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
                        "Action": "kms:*",
                        "Resource": "*",
                    }
                ),
            },
        ),
        "Model": (
            "SageMaker::Model",
            {
                "ExecutionRoleArn": {"Fn::GetAtt": ["Role", "Arn"]},
                "EnableNetworkIsolation": True,
                "PrimaryContainer": {"Image": IMAGE, "ModelDataUrl": "s3://artifacts/model.tar.gz"},
                "VpcConfig": {
                    "Subnets": [{"Ref": "SubnetA"}, {"Ref": "SubnetB"}],
                    "SecurityGroupIds": [{"Fn::GetAtt": ["Models", "GroupId"]}],
                },
            },
        ),
        "Config": (
            "SageMaker::EndpointConfig",
            {
                "KmsKeyId": {"Ref": "Key"},
                "ProductionVariants": [
                    {
                        "VariantName": "AllTraffic",
                        "InstanceType": "ml.m5.xlarge",
                        "ModelName": {"Fn::GetAtt": ["Model", "ModelName"]},
                    }
                ],
            },
        ),
        "Endpoint": (
            "SageMaker::Endpoint",
            {
                "EndpointName": "Vision",
                "EndpointConfigName": {"Fn::GetAtt": ["Config", "EndpointConfigName"]},
            },
        ),
    }


def found(change: Change | None = None, *rules: str) -> list[tuple[str, str]]:
    """Return what ``rules`` find, with the logical ids, after ``change``."""
    resources = {
        name: {"Type": f"AWS::{kind}", "Properties": copy.deepcopy(properties)}
        for name, (kind, properties) in template().items()
    }
    if change is not None:
        change(resources)
    templates = SynthesizedTemplates({FILE: {"Resources": resources}})
    chosen = (rule for rule in REGISTRY.rules(TEMPLATE) if rule.id in rules)
    return [(rule.id, violation.place[1]) for rule in chosen for violation in rule.check(templates)]


def properties(resources: Resources, name: str) -> dict[str, Any]:
    found_properties: dict[str, Any] = resources[name]["Properties"]
    return found_properties


def without(name: str, *path: str | int) -> Any:  # noqa: ANN401 - a function of the change's type
    """Return the change that removes a resource, or what is at ``path`` of its properties."""

    def change(resources: Resources) -> None:
        if not path:
            del resources[name]
            return
        place: Any = properties(resources, name)
        for part in path[:-1]:
            place = place[part]
        del place[path[-1]]

    return change


def changed(name: str, **values: object) -> Any:  # noqa: ANN401 - likewise
    """Return the change that gives a resource other properties."""
    return lambda resources: properties(resources, name).update(values)


def added(name: str, kind: str, values: Mapping[str, Any]) -> Any:  # noqa: ANN401 - likewise
    """Return the change that adds a resource."""
    resource = {"Type": f"AWS::{kind}", "Properties": values}
    return lambda resources: resources.update({name: resource})


def with_policy(name: str, *statements: dict[str, Any]) -> Any:  # noqa: ANN401 - likewise
    """Return the change that gives a VPC endpoint another policy."""
    return changed(name, PolicyDocument=document(*statements))
