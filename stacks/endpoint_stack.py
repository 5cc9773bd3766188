"""The stack that holds one endpoint, the model it serves and its dashboard."""

import aws_cdk as cdk
from constructs import Construct

import spec
from seatrial_hosting import (
    EndpointDashboard,
    ModelArtifact,
    PrivateNetwork,
    RealtimeEndpoint,
    RoutingStrategy,
    TritonModel,
)
from stacks._settings import StackSettings
from stacks._translation import default_model_of, duration, image_of, variables_of, variant_scaling
from stacks.built_artifacts import BuiltArtifact

__all__ = ["EndpointStack"]


class EndpointStack(cdk.Stack):
    """``<deployment>-<endpoint key>``: one endpoint, deployed, updated and rolled back by itself.

    Termination protection is off: everything in it comes back from the deployment file and the artifact.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        settings: StackSettings,
        network: PrivateNetwork,
        endpoint_name: str,
        endpoint: spec.RealtimeEndpoint,
        container: spec.Container,
        artifact: BuiltArtifact,
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            env=settings.cdk_environment,
            tags={**settings.tags, "seatrial:model": artifact.manifest.model},
            description=f"Seatrial deployment {settings.deployment}: the endpoint {endpoint_name}",
        )
        self.model = TritonModel(
            self,
            "Model",
            network=network,
            image=image_of(container, settings.environment.region),
            artifact=ModelArtifact.from_file(
                self, artifact.archive, content_key=artifact.manifest.content_key
            ),
            default_model=default_model_of(container, artifact.manifest),
            environment=variables_of(container),
        )
        self.endpoint = RealtimeEndpoint(
            self,
            "Endpoint",
            endpoint_name=endpoint_name,
            model=self.model,
            instance_type=endpoint.instances.type,
            instance_count=endpoint.instances.count,
            variant_name=endpoint.variant_name,
            routing_strategy=RoutingStrategy(endpoint.routing),
            inference_ami_version=endpoint.inference_ami_version,
            container_startup_health_check_timeout=duration(
                endpoint.container_startup_health_check_timeout_seconds
            ),
            model_data_download_timeout=duration(endpoint.model_data_download_timeout_seconds),
        )
        scaling = endpoint.scaling
        if scaling is not None:
            self.endpoint.scale_instances(variant_scaling(scaling, scaling.min, scaling.max))
        EndpointDashboard(self, "Dashboard", dashboard_name=construct_id, endpoint=self.endpoint)
        cdk.CfnOutput(
            self,
            "EndpointName",
            value=self.endpoint.endpoint_name,
            description="What invoke_endpoint takes as EndpointName",
        )
        cdk.CfnOutput(
            self,
            "EndpointArn",
            value=self.endpoint.endpoint_arn,
            description="What a policy that allows sagemaker:InvokeEndpoint names",
        )
