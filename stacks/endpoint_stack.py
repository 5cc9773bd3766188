"""The stack that holds one endpoint, what it serves and its dashboard."""

from collections.abc import Mapping

import aws_cdk as cdk
from constructs import Construct

import catalogue
import spec
from preflight.cdk import acknowledge
from seatrial_hosting import (
    EndpointAlarms,
    EndpointDashboard,
    HostedModel,
    RealtimeEndpoint,
    RoutingStrategy,
    ServingNetwork,
)
from stacks._acknowledged import RETIRED_BUT_ACKNOWLEDGED
from stacks._deployment_stack import DeploymentStack
from stacks._hosted_model import add_model
from stacks._placed import PlacedModel
from stacks._settings import StackSettings
from stacks._several_models import add_multi_model, add_pipeline
from stacks._translation import (
    duration,
    milliseconds,
    variant_scaling,
)

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
        endpoint: spec.HostedEndpoint,
        models: Mapping[str, PlacedModel],
        asset_prefix: str,
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            settings=settings,
            description=f"the endpoint {endpoint_name}",
            is_protected=True,
            tags=_model_tag(endpoint),
            asset_prefix=asset_prefix,
        )
        self.model = self._add_model(endpoint, models, settings, network)
        takes_key = catalogue.instance_type(endpoint.instances.type).takes_volume_kms_key
        self.endpoint = RealtimeEndpoint(
            self,
            "Endpoint",
            endpoint_name=endpoint_name,
            model=self.model,
            instance_type=endpoint.instances.type,
            instance_count=endpoint.instances.count,
            accelerator_type=endpoint.accelerator,
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
        if isinstance(endpoint, spec.RealtimeEndpoint) and endpoint.acknowledges_retirement:
            acknowledge(self.endpoint, "SEA801", RETIRED_BUT_ACKNOWLEDGED)
        scaling = endpoint.scaling
        if scaling is not None:
            self.endpoint.scale_instances(variant_scaling(scaling, scaling.min, scaling.max))
        EndpointDashboard(
            self,
            "Dashboard",
            dashboard_name=construct_id,
            endpoint=self.endpoint,
            loads_models=isinstance(endpoint, spec.MultiModelEndpoint),
            container_names=tuple(endpoint.containers) if isinstance(endpoint, spec.PipelineEndpoint) else (),
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

    def _add_model(
        self,
        endpoint: spec.HostedEndpoint,
        models: Mapping[str, PlacedModel],
        settings: StackSettings,
        network: ServingNetwork,
    ) -> HostedModel:
        if isinstance(endpoint, spec.MultiModelEndpoint):
            return add_multi_model(self, endpoint, models, settings=settings, network=network)
        if isinstance(endpoint, spec.PipelineEndpoint):
            return add_pipeline(self, endpoint, models, settings=settings, network=network)
        (only,) = models.values()
        return add_model(
            self,
            "Model",
            settings=settings,
            network=network,
            container=only.container,
            artifact=only.artifact,
            instance_types=(endpoint.instances.type,),
            role_id="ExecutionRole",
        )


def _model_tag(endpoint: spec.HostedEndpoint) -> Mapping[str, str]:
    """Return the tag that names the model, where there is one: another model of several changes no tag."""
    return {"seatrial:model": endpoint.model} if isinstance(endpoint, spec.RealtimeEndpoint) else {}
