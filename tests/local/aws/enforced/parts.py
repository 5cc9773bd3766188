"""Resources that the cases are made of; the artifact and the roles lie in the account while they run."""

from collections.abc import Mapping
from typing import Any

from tests.local.aws.account import BUCKET, IMAGE

__all__ = [
    "ARTIFACT",
    "ROLE",
    "UNTRUSTED",
    "config",
    "container",
    "endpoint",
    "model",
    "of_components",
    "resource",
    "subnet",
    "trust",
    "variant",
]

ARTIFACT = f"s3://{BUCKET}/enforced.tar.gz"
ROLE = "arn:aws:iam::000000000000:role/serving"
UNTRUSTED = "arn:aws:iam::000000000000:role/untrusted"
"""A role that EC2 may assume, not SageMaker."""

Properties = Mapping[str, Any]


def resource(kind: str, **properties: Any) -> dict[str, Any]:  # noqa: ANN401 - CloudFormation's properties
    """Return a resource of type ``AWS::`` and ``kind``."""
    return {"Type": f"AWS::{kind}", "Properties": properties}


def container(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - as above
    """Return a container of the Triton image with the artifact."""
    return {"Image": IMAGE, "ModelDataUrl": ARTIFACT, **changes}


def model(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - as above
    """Return a model of one container."""
    return resource(
        "SageMaker::Model", **{"ExecutionRoleArn": ROLE, "PrimaryContainer": container(), **changes}
    )


def variant(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - as above
    """Return a production variant of the resource ``Model``; None takes away."""
    named = {
        "VariantName": "AllTraffic",
        "ModelName": {"Fn::GetAtt": ["Model", "ModelName"]},
        "InstanceType": "ml.m5.xlarge",
        "InitialInstanceCount": 1,
        "InitialVariantWeight": 1,
        **changes,
    }
    return {key: value for key, value in named.items() if value is not None}


def config(*variants: Properties, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - as above
    """Return an endpoint configuration, of one variant where none is given."""
    return resource("SageMaker::EndpointConfig", ProductionVariants=list(variants) or [variant()], **more)


def of_components(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - as above
    """Return the configuration of an endpoint whose variant has no model: inference components come."""
    return config(variant(ModelName=None, **changes), ExecutionRoleArn=ROLE)


def endpoint(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - as above
    """Return an endpoint of the resource ``Config``."""
    name = {"Fn::GetAtt": ["Config", "EndpointConfigName"]}
    return resource("SageMaker::Endpoint", **{"EndpointConfigName": name, **changes})


def trust(*services: str) -> dict[str, Any]:
    """Return the trust policy of a role that services may assume."""
    statement = {"Effect": "Allow", "Principal": {"Service": list(services)}, "Action": "sts:AssumeRole"}
    return {"Version": "2012-10-17", "Statement": [statement]}


def subnet(zone: str, block: str) -> dict[str, Any]:
    """Return a subnet of the resource ``Vpc``."""
    return resource("EC2::Subnet", VpcId={"Ref": "Vpc"}, AvailabilityZone=zone, CidrBlock=block)
