"""EC2 instances: what RunInstances takes and DescribeInstances answers beyond ministack's own.

Network interfaces, public addresses, encrypted root volumes, metadata options, detailed monitoring and
Elastic Inference accelerators. No machine runs: an instance is a record. Of block devices the root volume
alone is kept.
"""

import ipaddress
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from xml.sax.saxutils import escape

from local.aws.server import ministack_instances, ministack_refusals, ministack_tables
from local.aws.server.elastic_inference import ElasticInference
from local.aws.server.errors import AwsError
from local.aws.server.ministack_instances import HttpAnswer

__all__ = ["close_instance_gaps", "configure_instance"]

_INSTANCE_ID = re.compile("<instanceId>(i-[0-9a-f]+)</instanceId>")
_INSTANCES = re.compile("<instancesSet>(.*?)</instancesSet>", re.DOTALL)
_RESERVED_ADDRESSES = 4
"""The first four of a subnet, and the last, are AWS's (Amazon VPC user guide, subnet CIDR blocks)."""
_GRAVITON = re.compile(r"(a1|[a-z]+[0-9]+g[a-z-]*)\.")
_METADATA_DEFAULTS = {"HttpTokens": "optional", "HttpEndpoint": "enabled", "HttpPutResponseHopLimit": "1"}

Document = dict[str, Any]


def close_instance_gaps(elastic_inference: ElasticInference) -> None:
    """Teach RunInstances and DescribeInstances the rest; once per process."""
    run = ministack_instances.ec2_action("RunInstances")

    def run_instances(parameters: Document) -> HttpAnswer:
        accelerators = [
            (_text(parameters, f"{item}.Type"), int(_text(parameters, f"{item}.Count") or "1"))
            for item in _items(parameters, "ElasticInferenceAccelerator", "Type")
        ]
        try:
            _check_architecture(_text(parameters, "InstanceType"), _text(parameters, "ImageId"))
            elastic_inference.check_instance([accelerator for accelerator, _ in accelerators])
        except AwsError as error:
            return ministack_instances.ec2_error(error.code, escape(error.message), error.status)
        answer = run(_with_first_interface(parameters))
        if answer[0] >= 400:  # noqa: PLR2004 - HTTP's first error
            return answer
        for instance_id in _INSTANCE_ID.findall(answer[2].decode()):
            record = ministack_instances.instances()[instance_id]
            configure_instance(record, parameters)
            scope = ministack_tables.current_scope()
            count = sum(number for _, number in accelerators)
            record["ElasticInferenceAcceleratorAssociations"] = elastic_inference.associate(scope, count)
            if count:
                record["StateTransitionReason"] = (
                    f"launched with Elastic Inference as of {elastic_inference.as_of}"
                )
        return _as_configured(answer, describe)

    describe = ministack_instances.ec2_action("DescribeInstances")
    ministack_instances.replace_ec2_action("RunInstances", run_instances)
    ministack_instances.replace_ec2_action(
        "DescribeInstances", lambda parameters: _described_fully(describe(parameters))
    )


def _check_architecture(instance_type: str, image_id: str) -> None:
    # The sentence is AWS's (skypilot-org/skypilot issue 6315); the letter g behind the generation is Graviton
    # (Amazon EC2 instance types guide, naming conventions). Images are for x86_64 where their names say
    # nothing.
    processor = "arm64" if _GRAVITON.match(instance_type) else "x86_64"
    image = "arm64" if image_id in ministack_refusals.arm64_images() else "x86_64"
    if instance_type and processor != image:
        raise AwsError(
            "InvalidParameterValue",
            f"The architecture '{processor}' of the specified instance type does not match the architecture "
            f"'{image}' of the specified AMI. Specify an instance type and an AMI that have matching "
            "architectures, and try again. You can use 'describe-instance-types' or 'describe-images' to "
            "discover the architecture of the instance type or AMI.",
        )


def configure_instance(record: Document, parameters: Document) -> None:
    """Take over into an instance's record what ministack's own RunInstances drops.

    Args:
        record: ministack's.
        parameters: of the query, as RunInstances has them.
    """
    subnet = ministack_tables.subnet(ministack_tables.current_scope(), record["SubnetId"]) or {}
    if "AvailabilityZone" in subnet:
        record["Placement"] = {**record["Placement"], "AvailabilityZone": subnet["AvailabilityZone"]}
    if "CidrBlock" in subnet and not record.get("_addressed"):
        record["PrivateIpAddress"] = _free_address(record["SubnetId"], subnet["CidrBlock"])
        record["PrivateDnsName"] = f"ip-{record['PrivateIpAddress'].replace('.', '-')}.ec2.internal"
        record["_addressed"] = True
    if _text(parameters, "NetworkInterface.1.AssociatePublicIpAddress") == "false":
        record["PublicIpAddress"] = record["PublicDnsName"] = ""
    record["EbsOptimized"] = _text(parameters, "EbsOptimized") == "true"
    record["Monitoring"] = {
        "State": "enabled" if _text(parameters, "Monitoring.Enabled") == "true" else "disabled"
    }
    record["MetadataOptions"] = {
        name: _text(parameters, f"MetadataOptions.{name}") or default
        for name, default in _METADATA_DEFAULTS.items()
    }
    _configure_root_volume(record, parameters)


def _configure_root_volume(record: Document, parameters: Document) -> None:
    for item in _items(parameters, "BlockDeviceMapping", "DeviceName"):
        if _text(parameters, f"{item}.DeviceName") != record["RootDeviceName"]:
            continue
        (mapping,) = record["BlockDeviceMappings"]
        volume = ministack_instances.volumes()[mapping["Ebs"]["VolumeId"]]
        volume["Encrypted"] = _text(parameters, f"{item}.Ebs.Encrypted") == "true"
        for member, convert in (("VolumeType", str), ("KmsKeyId", str)):
            if value := _text(parameters, f"{item}.Ebs.{member}"):
                volume[member] = convert(value)
        if size := _text(parameters, f"{item}.Ebs.VolumeSize"):
            volume["Size"] = int(size)
        keeps = _text(parameters, f"{item}.Ebs.DeleteOnTermination") == "false"
        mapping["Ebs"]["DeleteOnTermination"] = not keeps


def _with_first_interface(parameters: Document) -> Document:
    """Return the parameters with subnet and groups where ministack looks for them."""
    first = "NetworkInterface.1"
    moved = dict(parameters)
    if subnet := _text(parameters, f"{first}.SubnetId"):
        moved["SubnetId"] = [subnet]
    for index, item in enumerate(_items(parameters, f"{first}.SecurityGroupId"), start=1):
        moved[f"SecurityGroupId.{index}"] = [_text(parameters, item)]
    return moved


def _free_address(subnet_id: str, cidr: str) -> str:
    network = ipaddress.IPv4Network(cidr)
    taken = {
        other["PrivateIpAddress"]
        for other in ministack_instances.instances().values()
        if other["SubnetId"] == subnet_id
    }
    hosts = list(network)[_RESERVED_ADDRESSES:-1]
    return next((str(each) for each in hosts if str(each) not in taken), str(hosts[-1]))


def _as_configured(answer: HttpAnswer, describe: Callable[[Document], HttpAnswer]) -> HttpAnswer:
    """Return RunInstances's answer with the instances as they are now: it was written before."""
    status, headers, body = answer
    ids = _INSTANCE_ID.findall(body.decode())
    described = describe({f"InstanceId.{index}": [each] for index, each in enumerate(ids, start=1)})[
        2
    ].decode()
    items = "".join(_INSTANCES.findall(described))
    text = _INSTANCES.sub(lambda _: f"<instancesSet>{items}</instancesSet>", body.decode())
    return _described_fully((status, headers, text.encode()))


def _described_fully(answer: HttpAnswer) -> HttpAnswer:
    status, headers, body = answer
    text = _INSTANCE_ID.sub(lambda match: match[0] + "".join(_elements(match[1])), body.decode())
    return status, headers, text.encode()


def _elements(instance_id: str) -> Iterator[str]:
    record = ministack_instances.instances().get(instance_id, {})
    if "MetadataOptions" not in record:
        return
    if reason := record.get("StateTransitionReason"):
        yield _element("reason", reason)
    yield _element("ebsOptimized", record["EbsOptimized"])
    options = "".join(
        _element(name[0].lower() + name[1:], value) for name, value in record["MetadataOptions"].items()
    )
    yield f"<metadataOptions><state>applied</state>{options}</metadataOptions>"
    yield f"<networkInterfaceSet><item>{_interface(record)}</item></networkInterfaceSet>"
    if associations := record["ElasticInferenceAcceleratorAssociations"]:
        items = "".join(
            "<item>" + "".join(_element(name, value) for name, value in each.items()) + "</item>"
            for each in associations
        )
        name = "elasticInferenceAcceleratorAssociationSet"
        yield f"<{name}>{items}</{name}>"


def _interface(record: Mapping[str, Any]) -> str:
    groups = "".join(
        f"<item>{_element('groupId', group['GroupId'])}{_element('groupName', group['GroupName'])}</item>"
        for group in record["SecurityGroups"]
    )
    public = _element("publicIp", record["PublicIpAddress"]) if record["PublicIpAddress"] else ""
    return (
        _element("subnetId", record["SubnetId"])
        + _element("vpcId", record["VpcId"])
        + _element("privateIpAddress", record["PrivateIpAddress"])
        + _element("status", "in-use")
        + f"<groupSet>{groups}</groupSet>"
        + "<attachment><deviceIndex>0</deviceIndex><status>attached</status>"
        + "<deleteOnTermination>true</deleteOnTermination></attachment>"
        + (f"<association>{public}</association>" if public else "")
    )


def _items(parameters: Document, name: str, member: str | None = None) -> Iterator[str]:
    """Yield ``name.1``, ``name.2``, ... as long as they, or a member of theirs, are given."""
    index = 1
    while _text(parameters, f"{name}.{index}" + (f".{member}" if member else "")):
        yield f"{name}.{index}"
        index += 1


def _text(parameters: Document, name: str) -> str:
    value = parameters.get(name, "")
    return str(value[0] if isinstance(value, list) else value)


def _element(name: str, value: object) -> str:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return f"<{name}>{escape(text)}</{name}>"
