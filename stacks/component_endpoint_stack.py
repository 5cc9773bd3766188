"""The stack that holds an endpoint whose instances components share."""

import aws_cdk as cdk
from constructs import Construct

import spec
from seatrial_hosting import ComponentEndpoint, PrefixAwareRouting, PrivateNetwork, RoutingStrategy
from stacks._settings import StackSettings
from stacks._translation import shared_instances, variant_scaling

__all__ = ["ComponentEndpointStack"]


class ComponentEndpointStack(cdk.Stack):
    """``<deployment>-<endpoint key>``: the endpoint, without the components, which have stacks of their own.

    Stacks of components follow this one and go before it. It exports its key and its role's name whether one
    uses them or not, so that nothing here changes when components come and go.

    Termination protection is off: everything in it comes back from the deployment file.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        settings: StackSettings,
        network: PrivateNetwork,
        endpoint_name: str,
        endpoint: spec.ComponentEndpoint,
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            env=settings.cdk_environment,
            tags=settings.tags,
            description=f"Seatrial deployment {settings.deployment}: the endpoint {endpoint_name}",
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
        )
        instances = endpoint.instances
        if instances.scaling is not None:
            self.endpoint.scale_instances(variant_scaling(instances.scaling, instances.min, instances.max))
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
