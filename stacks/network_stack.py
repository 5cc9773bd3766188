"""The stack that holds a deployment's network."""

from collections.abc import Mapping

import aws_cdk as cdk
from constructs import Construct

import spec
from seatrial_hosting import ExistingNetwork, PrivateNetwork, Served, ServingNetwork, ServingSubnet
from stacks._deployment_stack import DeploymentStack
from stacks._served import served_by
from stacks._settings import StackSettings
from stacks.built_artifacts import BuiltArtifact

__all__ = ["NetworkStack"]


class NetworkStack(DeploymentStack):
    """``<deployment>-network``: the network that all endpoints of a deployment share, or what it lacks.

    Where it lacks nothing, the stack holds a resource that does nothing: what comes to be missing is then an
    update, as anywhere else.

    Other stacks import what is created here by CloudFormation exports, so CloudFormation itself refuses to
    delete or replace it under them. It is exported whether another stack uses it or not: what comes or goes
    changes no export, and no stack waits for another. The policies of the VPC endpoints do follow the names
    of what is served, so this stack is deployed before an endpoint that is new.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        settings: StackSettings,
        deployment: spec.Deployment,
        artifacts: Mapping[str, BuiltArtifact],
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            settings=settings,
            description="its private network",
            is_protected=True,
        )
        served = served_by(self, deployment, settings, artifacts)
        self.network: ServingNetwork = _network(self, settings, deployment.network, served)
        if deployment.network.existing is not None and not _has_resources(self):
            # CloudFormation refuses an empty template, and the CDK CLI deletes the stack of one. A handle
            # that nothing waits for is nothing but an address.
            cdk.CfnWaitConditionHandle(self, "NothingIsMissing")
        network = self.network
        for identifier in (
            *network.subnet_ids,
            network.model_security_group_id,
            network.endpoint_security_group_id,
            network.vpc_id,
        ):
            if cdk.Token.is_unresolved(identifier):
                self.export_value(identifier)


def _has_resources(stack: cdk.Stack) -> bool:
    return any(isinstance(each, cdk.CfnResource) for each in stack.node.find_all())


def _network(
    stack: NetworkStack, settings: StackSettings, network: spec.Network, served: Served
) -> ServingNetwork:
    zones = settings.environment.availability_zones
    existing = network.existing
    if existing is None:
        return PrivateNetwork(
            stack,
            "Network",
            availability_zones=zones,
            cidr=network.cidr,
            private_link=network.private_link,
            private_link_zones=network.private_link_zones,
            served=served,
            flow_log_retention_days=network.flow_log_retention_days,
            keep_flow_logs=network.keep_flow_logs,
        )
    named = existing.subnets
    return ExistingNetwork(
        stack,
        "Network",
        vpc_id=existing.vpc.id,
        vpc_cidr=existing.vpc.cidr,
        availability_zones=() if named else zones,
        cidr=None if named else network.cidr,
        subnets=[ServingSubnet(zone, named[zone].id, named[zone].route_table) for zone in zones]
        if named
        else (),
        model_security_group_id=existing.model_security_group,
        endpoint_security_group_id=existing.endpoint_security_group,
        s3_gateway_endpoint_id=existing.s3_gateway_endpoint,
        private_link=network.created_services,
        private_link_zones=network.private_link_zones,
        served=served,
    )
