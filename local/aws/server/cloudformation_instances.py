"""``AWS::EC2::Instance`` for CloudFormation, by EC2's own RunInstances.

Create-only properties are those of the CloudFormation registry's schema; of the conditional ones it changes
the instance type in place, and replaces for the others.
"""

import re
from collections.abc import Iterator
from typing import Any

from local.aws.server import ministack_instances, ministack_tables
from local.aws.server.ec2_instances import configure_instance
from local.aws.server.errors import ServerError

__all__ = ["register_instance_type"]

_CREATE_ONLY = [
    "AvailabilityZone",
    "BlockDeviceMappings",
    "CpuOptions",
    "EbsOptimized",
    "ElasticGpuSpecifications",
    "ElasticInferenceAccelerators",
    "EnclaveOptions",
    "HibernationOptions",
    "HostResourceGroupArn",
    "IamInstanceProfile",
    "ImageId",
    "Ipv6AddressCount",
    "Ipv6Addresses",
    "KeyName",
    "LaunchTemplate",
    "LicenseSpecifications",
    "NetworkInterfaces",
    "PlacementGroupName",
    "PrivateIpAddress",
    "SecurityGroupIds",
    "SecurityGroups",
    "SubnetId",
    "UserData",
]
_QUERY_NAMES = {
    "BlockDeviceMappings": "BlockDeviceMapping",
    "ElasticInferenceAccelerators": "ElasticInferenceAccelerator",
    "GroupSet": "SecurityGroupId",
    "NetworkInterfaces": "NetworkInterface",
    "SecurityGroupIds": "SecurityGroupId",
}
"""What RunInstances calls a property, where that differs (EC2 API reference)."""
_STEERING = frozenset({"Tags", "IamInstanceProfile", "Monitoring"})
_INSTANCE_ID = re.compile("<instanceId>(i-[0-9a-f]+)</instanceId>")
_ERROR = re.compile(r"<Code>(.*?)</Code>\s*<Message>(.*?)</Message>", re.DOTALL)

Properties = dict[str, Any]
Created = tuple[str, dict[str, str]]


class _RefusedError(ServerError):
    """EC2 would refuse this; the message is the stack event's reason."""


def _create(logical_id: str, properties: Properties, stack: str) -> Created:  # noqa: ARG001 - the engine's signature
    status, _, body = ministack_instances.ec2_action("RunInstances")(_query(properties))
    text = body.decode()
    if (error := _ERROR.search(text)) is not None:
        raise _RefusedError(
            f'Resource handler returned message: "{error[2]} (Service: Ec2, Status Code: {status})" '
            f"(HandlerErrorCode: InvalidRequest; {error[1]})"
        )
    instance_id = _INSTANCE_ID.findall(text)[0]
    ministack_tables.ec2_tags()[instance_id] = list(properties.get("Tags", []))
    return instance_id, _attributes(instance_id)


def _update(physical_id: str, old: Properties, new: Properties, stack: str) -> Created:  # noqa: ARG001 - the engine's signature
    """Take over type, monitoring, metadata options and tags; everything else needs a new instance."""
    record = ministack_instances.instances()[physical_id]
    record["InstanceType"] = new["InstanceType"]
    configure_instance(record, _query(new))
    ministack_tables.ec2_tags()[physical_id] = list(new.get("Tags", []))
    return physical_id, _attributes(physical_id)


def _delete(physical_id: str, properties: Properties) -> None:  # noqa: ARG001 - the engine's signature
    """Terminate the instance; one that is gone already is no error."""
    record = ministack_instances.instances().get(physical_id)
    if record is None:
        return
    ministack_instances.ec2_action("TerminateInstances")({"InstanceId.1": [physical_id]})
    for mapping in record["BlockDeviceMappings"]:
        if mapping["Ebs"]["DeleteOnTermination"]:
            ministack_instances.volumes().pop(mapping["Ebs"]["VolumeId"], None)


def _attributes(instance_id: str) -> dict[str, str]:
    record = ministack_instances.instances()[instance_id]
    return {
        "AvailabilityZone": record["Placement"]["AvailabilityZone"],
        "InstanceId": instance_id,
        "PrivateDnsName": record["PrivateDnsName"],
        "PrivateIp": record["PrivateIpAddress"],
        "PublicDnsName": record["PublicDnsName"],
        "PublicIp": record["PublicIpAddress"],
        "VpcId": record["VpcId"],
    }


def _query(properties: Properties) -> Properties:
    """Return the parameters of RunInstances."""
    query = {"MinCount": ["1"], "MaxCount": ["1"]}
    if profile := properties.get("IamInstanceProfile"):
        query["IamInstanceProfile.Name"] = [profile]
    if "Monitoring" in properties:
        query["Monitoring.Enabled"] = [_scalar(properties["Monitoring"])]
    for name, value in properties.items():
        if name not in _STEERING:
            query.update(_parameters(_QUERY_NAMES.get(name, name), value))
    return query


def _parameters(name: str, value: object) -> Iterator[tuple[str, list[str]]]:
    if isinstance(value, dict):
        for member, item in value.items():
            yield from _parameters(f"{name}.{_QUERY_NAMES.get(member, member)}", item)
    elif isinstance(value, list):
        for index, item in enumerate(value, start=1):
            yield from _parameters(f"{name}.{index}", item)
    else:
        yield name, [_scalar(value)]


def _scalar(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def register_instance_type() -> None:
    """Teach CloudFormation the type."""
    ministack_tables.register_resource_type(
        "AWS::EC2::Instance",
        {"create": _create, "update": _update, "delete": _delete},
        _CREATE_ONLY,
        tag_property="Tags",
    )
