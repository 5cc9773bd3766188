"""The stack that holds one endpoint, the model it serves and its dashboard."""

import aws_cdk as cdk
from constructs import Construct

import catalogue
import spec
from preflight.cdk import acknowledge
from seatrial_hosting import (
    EndpointAlarms,
    EndpointDashboard,
    RealtimeEndpoint,
    RoutingStrategy,
    ServingNetwork,
)
from stacks._acknowledged import RETIRED_BUT_ACKNOWLEDGED
from stacks._deployment_stack import DeploymentStack
from stacks._hosted_model import add_model
from stacks._settings import StackSettings
from stacks._translation import (
    duration,
    milliseconds,
    variant_scaling,
)
from stacks.built_artifacts import BuiltArtifact

__all__ = ["EndpointStack"]


class EndpointStack(DeploymentStack):
    """``<deployment>-<endpoint key>``: one endpoint, deployed, updated and rolled back by itself.

    Everything in it comes back from the deployment file and the artifact, but whoever deletes it takes an
    endpoint away from its callers: the deployment's termination protection covers it.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        settings: StackSettings,
        network: ServingNetwork,
        endpoint_name: str,
        endpoint: spec.RealtimeEndpoint,
        container: spec.Container,
        artifact: BuiltArtifact,
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            settings=settings,
            description=f"the endpoint {endpoint_name}",
            is_protected=True,
            tags={"seatrial:model": artifact.manifest.model},
        )
        self.model = add_model(
            self,
            "Model",
            settings=settings,
            network=network,
            container=container,
            artifact=artifact,
            instance_types=(endpoint.instances.type,),
            role_id="ExecutionRole",
        )
        takes_key = catalogue.instance_type(endpoint.instances.type).takes_volume_kms_key
        self.endpoint = RealtimeEndpoint(
            self,
            "Endpoint",
            endpoint_name=endpoint_name,
            model=self.model,
            instance_type=endpoint.instances.type,
            instance_count=endpoint.instances.count,
            accelerator_type=endpoint.instances.accelerator,
            variant_name=endpoint.variant_name,
            routing_strategy=RoutingStrategy(endpoint.routing),
            inference_ami_version=endpoint.inference_ami_version,
            container_startup_health_check_timeout=duration(
                endpoint.container_startup_health_check_timeout_seconds
            ),
            model_data_download_timeout=duration(endpoint.model_data_download_timeout_seconds),
            volume_key=settings.key(self) if takes_key else None,
        )
        EndpointAlarms(
            self,
            "Alarms",
            endpoint=self.endpoint,
            errors_per_minute=endpoint.alarms.errors_per_minute,
            model_latency_p99=milliseconds(endpoint.alarms.model_latency_p99_milliseconds),
            notify=endpoint.alarms.notify,
        )
        if endpoint.instances.accelerator and endpoint.acknowledge_retired:
            acknowledge(self.endpoint, "SEA801", RETIRED_BUT_ACKNOWLEDGED)
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
