"""What there is in an account, by the list calls of every service that holds something of a deployment.

Names are CloudFormation's resource types. A key that waits for its deletion doesn't count: that is all that
AWS lets anybody do to one (AWS KMS API reference, ScheduleKeyDeletion). Nor do metrics, which can't be
deleted, and the objects in the bucket of the CDK's bootstrap, which the CDK keeps.
"""

from collections.abc import Callable, Iterator, Mapping

from tests.end_to_end.description.description import Clients

__all__ = ["LISTERS", "Inventory", "new_in", "take_inventory"]

Inventory = Mapping[str, frozenset[str]]
"""Names or ids by resource type."""

_Lister = Callable[[Clients], Iterator[str]]


def _listed(service: str, operation: str, member: str, name: str, **request: object) -> _Lister:
    """Return what lists ``member`` of an operation's answers, each by its ``name``."""

    def lister(clients: Clients) -> Iterator[str]:
        client = clients(service)
        pages = (
            client.get_paginator(operation).paginate(**request)
            if client.can_paginate(operation)
            else [getattr(client, operation)(**request)]
        )
        for page in pages:
            yield from (each[name] for each in page[member])

    return lister


def _tables_associations(clients: Clients) -> Iterator[str]:
    for table in clients("ec2").describe_route_tables()["RouteTables"]:
        yield from (each["RouteTableAssociationId"] for each in table["Associations"])


def _rules(clients: Clients, *, egress: bool) -> Iterator[str]:
    for rule in clients("ec2").describe_security_group_rules()["SecurityGroupRules"]:
        if rule["IsEgress"] is egress:
            yield rule["SecurityGroupRuleId"]


def _inline_policies(clients: Clients) -> Iterator[str]:
    iam = clients("iam")
    for role in _listed("iam", "list_roles", "Roles", "RoleName")(clients):
        for policy in iam.list_role_policies(RoleName=role)["PolicyNames"]:
            yield f"{role}/{policy}"


def _usable_keys(clients: Clients) -> Iterator[str]:
    kms = clients("kms")
    for key_id in _listed("kms", "list_keys", "Keys", "KeyId")(clients):
        if kms.describe_key(KeyId=key_id)["KeyMetadata"]["KeyState"] != "PendingDeletion":
            yield key_id


def _stacks(clients: Clients) -> Iterator[str]:
    for stack in clients("cloudformation").describe_stacks()["Stacks"]:
        yield stack["StackName"]


_SCALED = {"ServiceNamespace": "sagemaker"}

LISTERS: Mapping[str, _Lister] = {
    "AWS::ApplicationAutoScaling::ScalableTarget": _listed(
        "application-autoscaling", "describe_scalable_targets", "ScalableTargets", "ResourceId", **_SCALED
    ),
    "AWS::ApplicationAutoScaling::ScalingPolicy": _listed(
        "application-autoscaling", "describe_scaling_policies", "ScalingPolicies", "PolicyARN", **_SCALED
    ),
    "AWS::CloudFormation::Stack": _stacks,
    "AWS::CloudWatch::Alarm": _listed("cloudwatch", "describe_alarms", "MetricAlarms", "AlarmName"),
    "AWS::CloudWatch::Dashboard": _listed(
        "cloudwatch", "list_dashboards", "DashboardEntries", "DashboardName"
    ),
    "AWS::EC2::FlowLog": _listed("ec2", "describe_flow_logs", "FlowLogs", "FlowLogId"),
    "AWS::EC2::InternetGateway": _listed(
        "ec2", "describe_internet_gateways", "InternetGateways", "InternetGatewayId"
    ),
    "AWS::EC2::NatGateway": _listed("ec2", "describe_nat_gateways", "NatGateways", "NatGatewayId"),
    "AWS::EC2::NetworkInterface": _listed(
        "ec2", "describe_network_interfaces", "NetworkInterfaces", "NetworkInterfaceId"
    ),
    "AWS::EC2::RouteTable": _listed("ec2", "describe_route_tables", "RouteTables", "RouteTableId"),
    "AWS::EC2::SecurityGroup": _listed("ec2", "describe_security_groups", "SecurityGroups", "GroupId"),
    "AWS::EC2::SecurityGroupEgress": lambda clients: _rules(clients, egress=True),
    "AWS::EC2::SecurityGroupIngress": lambda clients: _rules(clients, egress=False),
    "AWS::EC2::Subnet": _listed("ec2", "describe_subnets", "Subnets", "SubnetId"),
    "AWS::EC2::SubnetRouteTableAssociation": _tables_associations,
    "AWS::EC2::VPC": _listed("ec2", "describe_vpcs", "Vpcs", "VpcId"),
    "AWS::EC2::VPCEndpoint": _listed("ec2", "describe_vpc_endpoints", "VpcEndpoints", "VpcEndpointId"),
    "AWS::IAM::InstanceProfile": _listed(
        "iam", "list_instance_profiles", "InstanceProfiles", "InstanceProfileName"
    ),
    "AWS::IAM::ManagedPolicy": _listed("iam", "list_policies", "Policies", "Arn", Scope="Local"),
    "AWS::IAM::Policy": _inline_policies,
    "AWS::IAM::Role": _listed("iam", "list_roles", "Roles", "RoleName"),
    "AWS::KMS::Alias": _listed("kms", "list_aliases", "Aliases", "AliasName"),
    "AWS::KMS::Key": _usable_keys,
    "AWS::Lambda::Function": _listed("lambda", "list_functions", "Functions", "FunctionName"),
    "AWS::Logs::LogGroup": _listed("logs", "describe_log_groups", "logGroups", "logGroupName"),
    "AWS::S3::Bucket": _listed("s3", "list_buckets", "Buckets", "Name"),
    "AWS::SageMaker::Endpoint": _listed("sagemaker", "list_endpoints", "Endpoints", "EndpointName"),
    "AWS::SageMaker::EndpointConfig": _listed(
        "sagemaker", "list_endpoint_configs", "EndpointConfigs", "EndpointConfigName"
    ),
    "AWS::SageMaker::InferenceComponent": _listed(
        "sagemaker", "list_inference_components", "InferenceComponents", "InferenceComponentName"
    ),
    "AWS::SageMaker::Model": _listed("sagemaker", "list_models", "Models", "ModelName"),
}
"""What lists each type: those of our templates, and those that AWS or a custom resource might add to them."""


def take_inventory(clients: Clients) -> Inventory:
    """List everything."""
    return {kind: frozenset(lister(clients)) for kind, lister in LISTERS.items()}


def new_in(after: Inventory, before: Inventory) -> dict[str, frozenset[str]]:
    """Return what there is now and wasn't before, by type; no type that has nothing new."""
    return {kind: new for kind in after if (new := after[kind] - before[kind])}
