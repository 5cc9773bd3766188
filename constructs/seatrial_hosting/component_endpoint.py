"""An endpoint whose instances inference components share."""

from __future__ import annotations

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct

import catalogue
from seatrial_hosting import _execution_role as execution_role
from seatrial_hosting._endpoint_arguments import name_problems, routing_problems, shared_instance_problems
from seatrial_hosting._place import Place
from seatrial_hosting._validation import raise_problems
from seatrial_hosting._wildcards import acknowledge_wildcards
from seatrial_hosting.component import LOG_GROUP_PREFIX
from seatrial_hosting.endpoint import Endpoint
from seatrial_hosting.routing import PrefixAwareRouting, RoutingStrategy
from seatrial_hosting.scaling_settings import Scaling
from seatrial_hosting.serving_network import ServingNetwork
from seatrial_hosting.shared_instances import SharedInstances
from seatrial_hosting.variant_scaling import VariantScaling

__all__ = ["ComponentEndpoint"]

_Config = sagemaker.CfnEndpointConfig
_CUSTOM_ALARMS = (
    "Components come and go without a change to their endpoint; their alarms begin with the endpoint's name."
)


class ComponentEndpoint(Endpoint):
    """An endpoint without a model of its own, for inference components.

    Creates the endpoint under its explicit name, its config without one, the execution role that such a
    config needs, and a KMS key with yearly rotation for the instances' volumes and the components' logs. A
    changed variant replaces the config and updates the endpoint in place, and keeps the number of instances.

    Does not create components, nor their log groups.

    Grants the role: network interfaces in the network's subnets with its security group; publishing
    SageMaker's metrics; writing the endpoint's own log group; the use of the volume key where the instance
    type takes one; seeing alarms whose names begin with the endpoint's, which roll components back. Grants
    CloudWatch Logs the use of the key for log groups of inference components of this account and region.

    Args:
        endpoint_name: at most 63 letters, digits and hyphens.
        network: where the instances' network interfaces are.
        instances: their types, how many, and who scales them.
        variant_name: Default: ``AllTraffic``.
        routing_strategy: Default: ``LEAST_OUTSTANDING_REQUESTS``; AWS's own is ``RANDOM``.
        prefix_aware: settings of ``PREFIX_AWARE`` routing. Default: none, other strategies have none.
        inference_ami_version: the instances' image, one of the catalogue's. Default: SageMaker chooses.
        key: encrypts volumes and logs instead of a key of the endpoint's own; its policy must admit
            CloudWatch Logs as described above. Default: one is created.

    Raises:
        HostingError: the arguments don't fit; all problems at once.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        endpoint_name: str,
        network: ServingNetwork,
        instances: SharedInstances,
        variant_name: str = "AllTraffic",
        routing_strategy: RoutingStrategy = RoutingStrategy.LEAST_OUTSTANDING_REQUESTS,
        prefix_aware: PrefixAwareRouting | None = None,
        inference_ami_version: str | None = None,
        key: kms.IKey | None = None,
    ) -> None:
        super().__init__(scope, construct_id, endpoint_name=endpoint_name, variant_name=variant_name)
        raise_problems(
            self,
            [
                *name_problems(endpoint_name, variant_name),
                *shared_instance_problems(instances, inference_ami_version),
                *routing_problems(routing_strategy, prefix_aware),
            ],
        )
        self._key = key or self._create_key()
        execution = execution_role.create_execution_role(self, network)
        execution_role.write_logs(execution, endpoint_name)
        self._grant_alarms(execution)
        encrypted = all(
            catalogue.instance_type(each).takes_volume_kms_key for each in instances.instance_types
        )
        if encrypted:
            execution.allow(execution_role.encrypt_volumes(self._key.key_arn))
        types = instances.instance_types
        variant = _Config.ProductionVariantProperty(
            variant_name=variant_name,
            initial_instance_count=max(instances.minimum, 1),
            initial_variant_weight=1,
            inference_ami_version=inference_ami_version,
            managed_instance_scaling=_managed_scaling(instances),
            routing_config=_Config.RoutingConfigProperty(
                routing_strategy=routing_strategy.value,
                prefix_aware_routing_config=_prefix_aware(prefix_aware),
            ),
            instance_type=types[0] if len(types) == 1 else None,
            instance_pools=_pools(types) if len(types) > 1 else None,
        )
        config = _Config(
            self,
            "Config",
            execution_role_arn=execution.role.role_arn,
            enable_network_isolation=True,
            kms_key_id=self._key.key_arn if encrypted else None,
            production_variants=[variant],
            vpc_config=_Config.VpcConfigProperty(
                security_group_ids=[network.model_security_group_id], subnets=list(network.subnet_ids)
            ),
        )
        config.node.add_dependency(execution.policy, network.connectivity)
        self._resource = sagemaker.CfnEndpoint(
            self,
            "Resource",
            endpoint_name=endpoint_name,
            endpoint_config_name=config.attr_endpoint_config_name,
            # Whoever scales the instances, a new config must not set them back to where they began.
            retain_all_variant_properties=True,
        )
        self._endpoint_arn, self._role = self._resource.ref, execution.role

    @property
    def role(self) -> iam.IRole:
        """The execution role."""
        return self._role

    @property
    def key(self) -> kms.IKey:
        """What encrypts volumes, where the instance type takes a key, and the components' log groups."""
        return self._key

    def scale_instances(self, scaling: Scaling) -> VariantScaling:
        """Let the variant's instances follow the load, instead of SageMaker's managed instance scaling.

        Args:
            scaling: the range, of at least one instance, and what moves within it.
        """
        scaled = VariantScaling(self, "Scaling", endpoint=self, scaling=scaling)
        scaled.target.node.add_dependency(self._resource)
        return scaled

    def _grant_alarms(self, execution: execution_role.ExecutionRole) -> None:
        alarms = Place.of(self).arn("cloudwatch", f"alarm:{self.endpoint_name}-*")
        execution.allow(execution_role.describe_alarms([alarms]))
        acknowledge_wildcards(execution.role, {alarms: _CUSTOM_ALARMS})

    def _create_key(self) -> kms.Key:
        place = Place.of(self)
        key = kms.Key(
            self,
            "Key",
            description=f"Volumes and logs of the endpoint {self.endpoint_name}",
            enable_key_rotation=True,
            # Volumes and logs end with the endpoint, so nothing is left that the key could read.
            removal_policy=cdk.RemovalPolicy.DESTROY,
            pending_window=cdk.Duration.days(7),
        )
        # Source: CloudWatch Logs user guide, "Encrypt log data in CloudWatch Logs using AWS KMS".
        groups = place.arn("logs", f"log-group:{LOG_GROUP_PREFIX}*")
        logs = iam.PolicyStatement(
            sid="EncryptComponentLogs",
            principals=[iam.ServicePrincipal(f"logs.{place.region}.amazonaws.com")],
            actions=[
                "kms:Decrypt",
                "kms:DescribeKey",
                "kms:Encrypt",
                "kms:GenerateDataKey*",
                "kms:ReEncrypt*",
            ],
            resources=["*"],
            conditions={"ArnLike": {"kms:EncryptionContext:aws:logs:arn": groups}},
        )
        key.add_to_resource_policy(logs)
        return key


def _managed_scaling(instances: SharedInstances) -> _Config.ManagedInstanceScalingProperty | None:
    if not instances.managed:
        return None
    scale_in = instances.scale_in
    return _Config.ManagedInstanceScalingProperty(
        status="ENABLED",
        min_instance_count=instances.minimum,
        max_instance_count=instances.maximum,
        scale_in_policy=_Config.ScaleInPolicyProperty(
            strategy=scale_in.strategy.value,
            maximum_step_size=scale_in.maximum_step_size,
            cooldown_in_minutes=scale_in.cooldown_minutes,
        )
        if scale_in
        else None,
    )


def _pools(instance_types: Sequence[str]) -> list[_Config.InstancePoolProperty]:
    return [
        _Config.InstancePoolProperty(instance_type=each, priority=priority)
        for priority, each in enumerate(instance_types, start=1)
    ]


def _prefix_aware(given: PrefixAwareRouting | None) -> _Config.PrefixAwareRoutingConfigProperty | None:
    if given is None:
        return None
    return _Config.PrefixAwareRoutingConfigProperty(
        prefix_length=given.prefix_length, concurrency_threshold=given.concurrency_threshold
    )
