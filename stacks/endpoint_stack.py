"""The stack that holds one endpoint and the model it serves."""

from collections.abc import Mapping

import aws_cdk as cdk
from constructs import Construct

import spec
from seatrial_hosting import (
    ModelArtifact,
    PrivateNetwork,
    RealtimeEndpoint,
    RoutingStrategy,
    TritonImage,
    TritonModel,
)
from seatrial_hosting.model import DEFAULT_MODEL_VARIABLE
from stacks._settings import StackSettings
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
            image=_image(container, settings.environment.region),
            artifact=ModelArtifact.from_file(
                self, artifact.archive, content_key=artifact.manifest.content_key
            ),
            default_model=container.environment.get(DEFAULT_MODEL_VARIABLE, artifact.manifest.model),
            environment=_other_variables(container.environment),
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
            container_startup_health_check_timeout=_duration(
                endpoint.container_startup_health_check_timeout_seconds
            ),
            model_data_download_timeout=_duration(endpoint.model_data_download_timeout_seconds),
        )
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


def _image(container: spec.Container, region: str) -> TritonImage:
    if container.image_uri is not None:
        return TritonImage.from_uri(container.image_uri)
    return TritonImage.from_catalogue(container.triton_release, region)


def _other_variables(environment: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if name != DEFAULT_MODEL_VARIABLE}


def _duration(seconds: int | None) -> cdk.Duration | None:
    return None if seconds is None else cdk.Duration.seconds(seconds)
