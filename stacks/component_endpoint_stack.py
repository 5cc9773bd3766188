"""The stack that holds an endpoint whose instances components share."""

import aws_cdk as cdk
from constructs import Construct

import spec
from seatrial_hosting import ComponentEndpoint, PrefixAwareRouting, RoutingStrategy, ServingNetwork
from stacks._deployment_stack import DeploymentStack
from stacks._settings import StackSettings
from stacks._translation import shared_instances, variant_scaling

__all__ = ["ComponentEndpointStack"]


class ComponentEndpointStack(DeploymentStack):
    """``<deployment>-<endpoint key>``: the endpoint, without the components, which have stacks of their own.

    Stacks of components follow this one and go before it. It exports its role's name, and its key where it
    has one of its own, whether one uses them or not, so that nothing here changes when components come and
    go.

    Everything in it comes back from the deployment file, but whoever deletes it takes an endpoint away from
    its callers: the deployment's termination protection covers it.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        settings: StackSettings,
        network: ServingNetwork,
        endpoint_name: str,
        endpoint: spec.ComponentEndpoint,
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            settings=settings,
            description=f"the endpoint {endpoint_name}",
            is_protected=True,
        )
        prefix_aware = endpoint.prefix_aware
        self.endpoint = ComponentEndpoint(
            self,
            "Endpoint",
            endpoint_name=endpoint_name,
            network=network,
            instances=shared_instances(endpoint.instances),
            variant_name=endpoint.variant_name,
            routing_strategy=RoutingStrategy(endpoint.routing),
            prefix_aware=PrefixAwareRouting(prefix_aware.prefix_length, prefix_aware.concurrency_threshold)
            if prefix_aware
            else None,
            inference_ami_version=endpoint.inference_ami_version,
            key=settings.key(self),
        )
        instances = endpoint.instances
        if instances.scaling is not None:
            self.endpoint.scale_instances(variant_scaling(instances.scaling, instances.min, instances.max))
        if settings.security.kms_key is None:
            self.export_value(self.endpoint.key.key_arn)
        self.export_value(self.endpoint.role.role_name)
        cdk.CfnOutput(
            self,
            "EndpointName",
            value=self.endpoint.endpoint_name,
            description="What invoke_endpoint takes as EndpointName, with an InferenceComponentName",
        )
        cdk.CfnOutput(
            self,
            "EndpointArn",
            value=self.endpoint.endpoint_arn,
            description="What a policy that allows sagemaker:InvokeEndpoint names",
        )
