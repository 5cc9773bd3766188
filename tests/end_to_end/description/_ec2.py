"""EC2's resource types.

Sources: the Amazon EC2 API reference for the calls, the CloudFormation template reference for the names.
"""

import json
from collections.abc import Mapping
from typing import Any

from tests.end_to_end.description.comparison import Whole
from tests.end_to_end.description.description import Clients, Describer, Description, tags_of

__all__ = ["EC2_DESCRIBERS"]

_Properties = Mapping[str, Any]


def _vpc(clients: Clients, vpc_id: str, _: _Properties) -> Description:
    ec2 = clients("ec2")
    (vpc,) = ec2.describe_vpcs(VpcIds=[vpc_id])["Vpcs"]

    def flag(attribute: str) -> object:
        answer = ec2.describe_vpc_attribute(VpcId=vpc_id, Attribute=attribute)
        return answer[attribute[0].upper() + attribute[1:]]["Value"]

    return Description(
        {
            "CidrBlock": vpc["CidrBlock"],
            "InstanceTenancy": vpc.get("InstanceTenancy"),
            "EnableDnsHostnames": flag("enableDnsHostnames"),
            "EnableDnsSupport": flag("enableDnsSupport"),
        },
        {"VpcId": vpc["VpcId"], "CidrBlock": vpc["CidrBlock"]},
        tags_of(vpc.get("Tags", [])),
    )


def _subnet(clients: Clients, subnet_id: str, _: _Properties) -> Description:
    (subnet,) = clients("ec2").describe_subnets(SubnetIds=[subnet_id])["Subnets"]
    names = ("AvailabilityZone", "CidrBlock", "MapPublicIpOnLaunch", "VpcId")
    return Description(
        {name: subnet.get(name) for name in names},
        {"SubnetId": subnet["SubnetId"], "AvailabilityZone": subnet["AvailabilityZone"]},
        tags_of(subnet.get("Tags", [])),
    )


def _route_table(clients: Clients, table_id: str, _: _Properties) -> Description:
    (table,) = clients("ec2").describe_route_tables(RouteTableIds=[table_id])["RouteTables"]
    return Description(
        {"VpcId": table["VpcId"]}, {"RouteTableId": table["RouteTableId"]}, tags_of(table.get("Tags", []))
    )


def _association(clients: Clients, association_id: str, _: _Properties) -> Description:
    by_id = [{"Name": "association.route-table-association-id", "Values": [association_id]}]
    (table,) = clients("ec2").describe_route_tables(Filters=by_id)["RouteTables"]
    (association,) = (
        each for each in table["Associations"] if each["RouteTableAssociationId"] == association_id
    )
    return Description({name: association.get(name) for name in ("RouteTableId", "SubnetId")})


def _security_group(clients: Clients, group_id: str, _: _Properties) -> Description:
    ec2 = clients("ec2")
    (group,) = ec2.describe_security_groups(GroupIds=[group_id])["SecurityGroups"]
    of_group = [{"Name": "group-id", "Values": [group_id]}]
    rules = ec2.describe_security_group_rules(Filters=of_group)["SecurityGroupRules"]
    return Description(
        {
            "GroupDescription": group["Description"],
            "GroupName": group["GroupName"],
            "SecurityGroupIngress": [_rule(rule) for rule in rules if not rule["IsEgress"]],
            "SecurityGroupEgress": [_rule(rule) for rule in rules if rule["IsEgress"]],
            "VpcId": group["VpcId"],
        },
        {"GroupId": group["GroupId"], "VpcId": group["VpcId"]},
        tags_of(group.get("Tags", [])),
    )


def _security_group_rule(clients: Clients, rule_id: str, _: _Properties) -> Description:
    (rule,) = clients("ec2").describe_security_group_rules(SecurityGroupRuleIds=[rule_id])[
        "SecurityGroupRules"
    ]
    return Description({"GroupId": rule["GroupId"], **_rule(rule)}, {"Id": rule["SecurityGroupRuleId"]})


def _rule(rule: Mapping[str, Any]) -> dict[str, object]:
    peer = "Destination" if rule["IsEgress"] else "Source"
    return {
        "CidrIp": rule.get("CidrIpv4"),
        "CidrIpv6": rule.get("CidrIpv6"),
        "Description": rule.get("Description"),
        "FromPort": rule.get("FromPort"),
        "IpProtocol": rule.get("IpProtocol"),
        "ToPort": rule.get("ToPort"),
        f"{peer}PrefixListId": rule.get("PrefixListId"),
        f"{peer}SecurityGroupId": rule.get("ReferencedGroupInfo", {}).get("GroupId"),
    }


def _vpc_endpoint(clients: Clients, endpoint_id: str, _: _Properties) -> Description:
    (endpoint,) = clients("ec2").describe_vpc_endpoints(VpcEndpointIds=[endpoint_id])["VpcEndpoints"]
    names = ("PrivateDnsEnabled", "RouteTableIds", "ServiceName", "SubnetIds", "VpcEndpointType", "VpcId")
    properties = {
        **{name: endpoint.get(name) for name in names},
        "PolicyDocument": Whole(json.loads(endpoint["PolicyDocument"])),
        "SecurityGroupIds": [group["GroupId"] for group in endpoint.get("Groups", [])],
    }
    return Description(properties, {"Id": endpoint["VpcEndpointId"]}, tags_of(endpoint.get("Tags", [])))


def _flow_log(clients: Clients, flow_log_id: str, _: _Properties) -> Description:
    (flow_log,) = clients("ec2").describe_flow_logs(FlowLogIds=[flow_log_id])["FlowLogs"]
    names = (
        "DeliverLogsPermissionArn",
        "LogDestination",
        "LogDestinationType",
        "LogFormat",
        "LogGroupName",
        "MaxAggregationInterval",
        "ResourceId",
        "TrafficType",
    )
    return Description(
        {name: flow_log.get(name) for name in names},
        {"Id": flow_log["FlowLogId"]},
        tags_of(flow_log.get("Tags", [])),
    )


EC2_DESCRIBERS: Mapping[str, Describer] = {
    "AWS::EC2::FlowLog": _flow_log,
    "AWS::EC2::RouteTable": _route_table,
    "AWS::EC2::SecurityGroup": _security_group,
    "AWS::EC2::SecurityGroupEgress": _security_group_rule,
    "AWS::EC2::SecurityGroupIngress": _security_group_rule,
    "AWS::EC2::Subnet": _subnet,
    "AWS::EC2::SubnetRouteTableAssociation": _association,
    "AWS::EC2::VPC": _vpc,
    "AWS::EC2::VPCEndpoint": _vpc_endpoint,
}
