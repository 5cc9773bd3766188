"""A real-time endpoint with one variant."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct

import catalogue
from seatrial_hosting._endpoint_arguments import (
    accelerator_problems,
    instance_problems,
    name_problems,
    rollback_problems,
    routing_problems,
    timeout_problems,
)
from seatrial_hosting._retired_properties import acknowledge_lost_property
from seatrial_hosting._validation import raise_problems
from seatrial_hosting.endpoint import Endpoint
from seatrial_hosting.hosted_model import HostedModel
from seatrial_hosting.routing import RoutingStrategy
from seatrial_hosting.scaling_settings import Scaling
from seatrial_hosting.variant_scaling import VariantScaling

if TYPE_CHECKING:
    from aws_cdk import aws_cloudwatch as cloudwatch

__all__ = ["RealtimeEndpoint"]


class RealtimeEndpoint(Endpoint):
    """An endpoint that serves one model on instances of its own.

    The model may be one of several containers (``PipelineModel``), or one container that serves many
    artifacts (``MultiModel``).

    Creates the endpoint under its explicit name, its config without one, and, where the instance type takes
    a volume key and none is given, a KMS key with yearly rotation. A changed model or variant replaces the
    config and updates the endpoint in place: SageMaker starts new instances beside the old, moves all traffic
    when they are healthy, and keeps the old ones when they are not.

    Does not create scaling policies, which ``scale_instances`` does, nor alarms, which ``EndpointAlarms``
    does, nor the log group ``/aws/sagemaker/Endpoints/<name>``: SageMaker creates that at the first line, and
    a stack that owned it would delete, with a failed deployment, the log that says why.

    Grants the model's role writing to that log group, the use of the volume key, and watching the rollback
    alarms.

    Args:
        endpoint_name: at most 63 letters, digits and hyphens.
        model: what is served.
        instance_type: such as ``ml.g5.xlarge``, one of the catalogue's.
        instance_count: how many instances. Default: 1.
        accelerator_type: the Elastic Inference accelerator of each instance, such as ``ml.eia2.medium``. AWS
            has retired it and refuses it; CloudFormation's schema has lost it, which is acknowledged here.
            Default: none.
        variant_name: Default: ``AllTraffic``.
        routing_strategy: Default: ``LEAST_OUTSTANDING_REQUESTS``, which doesn't queue requests behind a slow
            one as AWS's own default, ``RANDOM``, does.
        inference_ami_version: the instances' image, which decides the GPU driver, one of the catalogue's.
            Default: SageMaker chooses by the instance type.
        container_startup_health_check_timeout: 60 to 3600 s. Default: SageMaker's own.
        model_data_download_timeout: 60 to 3600 s. Default: SageMaker's own.
        volume_key: encrypts the instances' volumes. Default: a key of the endpoint's own, where the instance
            type takes one; local NVMe disks are encrypted by the hardware, so a type with them takes none,
            and giving one is refused.
        rollback_alarms: at most ten; one of them in alarm during an update, or within ``baking_time`` after
            traffic has moved, rolls the update back. Default: none; only instances that fail their health
            check do.
        baking_time: how long the old instances stay for ``rollback_alarms``, at most an hour; refused without
            them. Default: 5 minutes.

    Raises:
        HostingError: the arguments don't fit; all problems at once.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        endpoint_name: str,
        model: HostedModel,
        instance_type: str,
        instance_count: int = 1,
        accelerator_type: str | None = None,
        variant_name: str = "AllTraffic",
        routing_strategy: RoutingStrategy = RoutingStrategy.LEAST_OUTSTANDING_REQUESTS,
        inference_ami_version: str | None = None,
        container_startup_health_check_timeout: cdk.Duration | None = None,
        model_data_download_timeout: cdk.Duration | None = None,
        volume_key: kms.IKey | None = None,
        rollback_alarms: Sequence[cloudwatch.IAlarm] = (),
        baking_time: cdk.Duration | None = None,
    ) -> None:
        super().__init__(scope, construct_id, endpoint_name=endpoint_name, variant_name=variant_name)
        timeouts = {
            "container_startup_health_check_timeout": container_startup_health_check_timeout,
            "model_data_download_timeout": model_data_download_timeout,
        }
        raise_problems(
            self,
            [
                *name_problems(endpoint_name, variant_name),
                *instance_problems(instance_type, instance_count, volume_key, inference_ami_version),
                *accelerator_problems(accelerator_type),
                *timeout_problems(timeouts),
                *rollback_problems(rollback_alarms, baking_time),
                *routing_problems(routing_strategy, None),
            ],
        )
        self._volume_key = volume_key or self._create_volume_key(instance_type)
        if self._volume_key:
            model.grant_volume_key(self._volume_key)
        model.grant_logs(endpoint_name)
        if rollback_alarms:
            model.grant_rollback_alarms([alarm.alarm_arn for alarm in rollback_alarms])
        config = sagemaker.CfnEndpointConfig(
            self,
            "Config",
            kms_key_id=self._volume_key.key_arn if self._volume_key else None,
            production_variants=[
                sagemaker.CfnEndpointConfig.ProductionVariantProperty(
                    variant_name=variant_name,
                    model_name=model.model_name,
                    instance_type=instance_type,
                    initial_instance_count=instance_count,
                    accelerator_type=accelerator_type,
                    initial_variant_weight=1,
                    inference_ami_version=inference_ami_version,
                    routing_config=sagemaker.CfnEndpointConfig.RoutingConfigProperty(
                        routing_strategy=routing_strategy.value
                    ),
                    container_startup_health_check_timeout_in_seconds=_seconds(
                        container_startup_health_check_timeout
                    ),
                    model_data_download_timeout_in_seconds=_seconds(model_data_download_timeout),
                )
            ],
        )
        if accelerator_type is not None:
            acknowledge_lost_property(config)
        resource = sagemaker.CfnEndpoint(
            self,
            "Resource",
            endpoint_name=endpoint_name,
            endpoint_config_name=config.attr_endpoint_config_name,
            deployment_config=_deployment_config(rollback_alarms, baking_time or cdk.Duration.minutes(5)),
        )
        self._resource, self._endpoint_arn = resource, resource.ref

    @staticmethod
    def from_endpoint_name(
        scope: Construct, construct_id: str, endpoint_name: str, *, variant_name: str = "AllTraffic"
    ) -> Endpoint:
        """Return an endpoint that is there already, in the stack's region and account."""
        return Endpoint(scope, construct_id, endpoint_name=endpoint_name, variant_name=variant_name)

    @property
    def volume_key(self) -> kms.IKey | None:
        """What encrypts the instances' volumes; None where the instance type takes no key."""
        return self._volume_key

    def scale_instances(self, scaling: Scaling) -> VariantScaling:
        """Let the variant's instances follow the load; a deploy keeps the number that scaling has set.

        Args:
            scaling: the range, which holds ``instance_count``, and what moves within it.
        """
        self._resource.retain_all_variant_properties = True
        scaled = VariantScaling(self, "Scaling", endpoint=self, scaling=scaling)
        scaled.target.node.add_dependency(self._resource)
        return scaled

    def _create_volume_key(self, instance_type: str) -> kms.Key | None:
        if not catalogue.instance_type(instance_type).takes_volume_kms_key:
            return None
        return kms.Key(
            self,
            "VolumeKey",
            description=f"Volumes of the endpoint {self.endpoint_name}",
            enable_key_rotation=True,
            # The volumes end with the endpoint, so nothing is left that the key could read.
            removal_policy=cdk.RemovalPolicy.DESTROY,
            pending_window=cdk.Duration.days(7),
        )


def _deployment_config(
    alarms: Sequence[cloudwatch.IAlarm], baking_time: cdk.Duration
) -> sagemaker.CfnEndpoint.DeploymentConfigProperty | None:
    if not alarms:
        return None
    endpoint = sagemaker.CfnEndpoint
    return endpoint.DeploymentConfigProperty(
        blue_green_update_policy=endpoint.BlueGreenUpdatePolicyProperty(
            traffic_routing_configuration=endpoint.TrafficRoutingConfigProperty(
                type="ALL_AT_ONCE", wait_interval_in_seconds=baking_time.to_seconds()
            )
        ),
        auto_rollback_configuration=endpoint.AutoRollbackConfigProperty(
            alarms=[endpoint.AlarmProperty(alarm_name=alarm.alarm_name) for alarm in alarms]
        ),
    )


def _seconds(duration: cdk.Duration | None) -> float | None:
    return duration.to_seconds() if duration else None
