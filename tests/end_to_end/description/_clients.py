"""The resource types of clients: instances, their profiles, the way out of a public network, SSM documents.

Sources: the Amazon EC2, IAM and Systems Manager API references for the calls, the CloudFormation template
reference for the names.
"""

import json
from collections.abc import Mapping
from typing import Any

from tests.end_to_end.description.comparison import Whole
from tests.end_to_end.description.description import Clients, Describer, Description, tags_of

__all__ = ["CLIENT_DESCRIBERS"]

_Properties = Mapping[str, Any]


def _instance(clients: Clients, instance_id: str, _: _Properties) -> Description:
    ec2 = clients("ec2")
    (reservation,) = ec2.describe_instances(InstanceIds=[instance_id])["Reservations"]
    (instance,) = reservation["Instances"]
    properties = {
        "BlockDeviceMappings": [_volume(clients, each) for each in instance["BlockDeviceMappings"]],
        "EbsOptimized": instance["EbsOptimized"],
        # An association has no size: one element for each accelerator that the instance has.
        "ElasticInferenceAccelerators": _accelerators(instance),
        "IamInstanceProfile": instance["IamInstanceProfile"]["Arn"].rsplit("/", 1)[-1],
        "ImageId": instance["ImageId"],
        "InstanceType": instance["InstanceType"],
        "MetadataOptions": {
            name: instance["MetadataOptions"][name]
            for name in ("HttpEndpoint", "HttpPutResponseHopLimit", "HttpTokens")
        },
        "Monitoring": instance["Monitoring"]["State"] == "enabled",
        "NetworkInterfaces": [_interface(each) for each in instance["NetworkInterfaces"]],
    }
    return Description(properties, {"InstanceId": instance_id}, tags_of(instance.get("Tags", [])))


def _accelerators(instance: Mapping[str, Any]) -> list[dict[str, object]]:
    associated = [
        each
        for each in instance.get("ElasticInferenceAcceleratorAssociations", [])
        if each["ElasticInferenceAcceleratorAssociationState"] == "associated"
    ]
    return [{"Count": len(associated)}] if associated else []


def _volume(clients: Clients, mapping: Mapping[str, Any]) -> dict[str, object]:
    volume_id = mapping["Ebs"]["VolumeId"]
    (volume,) = clients("ec2").describe_volumes(VolumeIds=[volume_id])["Volumes"]
    return {
        "DeviceName": mapping["DeviceName"],
        "Ebs": {
            "DeleteOnTermination": mapping["Ebs"]["DeleteOnTermination"],
            "Encrypted": volume["Encrypted"],
            "KmsKeyId": volume.get("KmsKeyId"),
            "VolumeSize": volume["Size"],
            "VolumeType": volume["VolumeType"],
        },
    }


def _interface(interface: Mapping[str, Any]) -> dict[str, object]:
    return {
        "AssociatePublicIpAddress": "PublicIp" in interface.get("Association", {}),
        "DeleteOnTermination": interface["Attachment"]["DeleteOnTermination"],
        "DeviceIndex": str(interface["Attachment"]["DeviceIndex"]),
        "GroupSet": [group["GroupId"] for group in interface["Groups"]],
        "SubnetId": interface["SubnetId"],
    }


def _instance_profile(clients: Clients, name: str, _: _Properties) -> Description:
    profile = clients("iam").get_instance_profile(InstanceProfileName=name)["InstanceProfile"]
    return Description(
        {
            "InstanceProfileName": profile["InstanceProfileName"],
            "Path": profile["Path"],
            "Roles": [role["RoleName"] for role in profile["Roles"]],
        },
        {"Arn": profile["Arn"]},
    )


def _internet_gateway(clients: Clients, gateway_id: str, _: _Properties) -> Description:
    (gateway,) = clients("ec2").describe_internet_gateways(InternetGatewayIds=[gateway_id])[
        "InternetGateways"
    ]
    return Description({}, {"InternetGatewayId": gateway_id}, tags_of(gateway.get("Tags", [])))


def _gateway_attachment(clients: Clients, _: str, properties: _Properties) -> Description:
    """Describe an attachment where it is: at its gateway; EC2 knows no id of it."""
    gateway_id = properties["InternetGatewayId"]
    (gateway,) = clients("ec2").describe_internet_gateways(InternetGatewayIds=[gateway_id])[
        "InternetGateways"
    ]
    (attachment,) = gateway["Attachments"]
    return Description({"InternetGatewayId": gateway["InternetGatewayId"], "VpcId": attachment["VpcId"]})


def _route(clients: Clients, _: str, properties: _Properties) -> Description:
    """Describe a route where it is: in its table, by its destination; EC2 knows no id of it."""
    table_id, destination = properties["RouteTableId"], properties["DestinationCidrBlock"]
    (table,) = clients("ec2").describe_route_tables(RouteTableIds=[table_id])["RouteTables"]
    (route,) = (each for each in table["Routes"] if each.get("DestinationCidrBlock") == destination)
    return Description(
        {
            "DestinationCidrBlock": route["DestinationCidrBlock"],
            "GatewayId": route["GatewayId"],
            "RouteTableId": table["RouteTableId"],
        }
    )


def _document(clients: Clients, name: str, _: _Properties) -> Description:
    ssm = clients("ssm")
    described = ssm.describe_document(Name=name)["Document"]
    content = ssm.get_document(Name=name)["Content"]
    return Description(
        {
            "Content": Whole(json.loads(content)),
            "DocumentFormat": described["DocumentFormat"],
            "DocumentType": described["DocumentType"],
            "Name": described["Name"],
            "TargetType": described["TargetType"],
        },
        {},
        tags_of(described.get("Tags", [])),
    )


CLIENT_DESCRIBERS: Mapping[str, Describer] = {
    "AWS::EC2::Instance": _instance,
    "AWS::EC2::InternetGateway": _internet_gateway,
    "AWS::EC2::Route": _route,
    "AWS::EC2::VPCGatewayAttachment": _gateway_attachment,
    "AWS::IAM::InstanceProfile": _instance_profile,
    "AWS::SSM::Document": _document,
}
