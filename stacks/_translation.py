"""From the words of a deployment file to those of the constructs."""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

import seatrial_hosting as hosting
import spec
from model_packaging.artifact import Manifest
from stacks._container import further_variables, served

__all__ = [
    "component_scaling",
    "duration",
    "execution_role_of",
    "inline_container",
    "milliseconds",
    "rolling_update",
    "shared_instances",
    "specifications",
    "variant_scaling",
]


def duration(seconds: int | None) -> cdk.Duration | None:
    """Return so many seconds; None where nothing is said."""
    return None if seconds is None else cdk.Duration.seconds(seconds)


def milliseconds(count: int | None) -> cdk.Duration | None:
    """Return so many milliseconds; None where nothing is said."""
    return None if count is None else cdk.Duration.millis(count)


def execution_role_of(container: spec.Container, scope: Construct, construct_id: str) -> iam.IRole | None:
    """Return the user's own role, as a construct in ``scope``; None where one is created."""
    arn = container.execution_role
    return iam.Role.from_role_arn(scope, construct_id, arn, mutable=False) if arn else None


def inline_container(
    component: spec.Component,
    container: spec.Container,
    manifest: Manifest,
    *,
    image: hosting.ContainerImage,
    artifact: hosting.ModelArtifact,
) -> hosting.InlineContainer:
    """Return the container of a component that has no Model, which runs what its Model would."""
    endpoint = component.metrics_endpoint
    variable, value = served(container, manifest)
    return hosting.InlineContainer(
        image=image.uri,
        artifact_url=artifact.url,
        environment={variable: value, **further_variables(container, manifest)},
        metrics_endpoint=hosting.MetricsEndpoint(endpoint.path, endpoint.publish_frequency_seconds)
        if endpoint
        else None,
    )


def specifications(
    component: spec.Component, instances: spec.SharedInstances, served: str | hosting.InlineContainer
) -> tuple[hosting.ComponentSpecification, ...]:
    """Return what runs: one specification, or where instances are of several types one for each.

    Args:
        component: what each copy is given, and how it starts.
        instances: of the endpoint.
        served: a Model's name, or the container that is there instead.
    """
    types: tuple[str | None, ...] = instances.type_names if len(instances.type_names) > 1 else (None,)
    placement = component.placement
    return tuple(
        hosting.ComponentSpecification(
            model_name=served if isinstance(served, str) else None,
            container=None if isinstance(served, str) else served,
            compute=hosting.ComputeRequirements(
                memory_mib=component.compute.memory_mib,
                memory_maximum_mib=component.compute.memory_maximum_mib,
                cpus=component.compute.cpus,
                accelerators=component.compute.accelerators,
            ),
            container_startup_health_check_timeout_seconds=(
                component.container_startup_health_check_timeout_seconds
            ),
            model_data_download_timeout_seconds=component.model_data_download_timeout_seconds,
            data_cache=component.data_cache,
            placement=_placement(placement) if placement else None,
            instance_type=instance_type,
        )
        for instance_type in types
    )


def component_scaling(component: spec.Component) -> hosting.Scaling | None:
    """Return how copies follow the load; None where their number is fixed."""
    scaling = component.scaling
    if scaling is None:
        return None
    tracked = {
        hosting.ScalingMetric.INVOCATIONS_PER_COPY: scaling.invocations_per_copy,
        hosting.ScalingMetric.CONCURRENT_REQUESTS_PER_COPY: scaling.concurrent_requests_per_copy,
    }
    tracking = [_tracking(metric, value, scaling) for metric, value in tracked.items() if value is not None]
    return hosting.Scaling(
        minimum=component.copies.min,
        maximum=component.copies.max,
        target_tracking=tracking[0] if tracking else None,
        scheduled_actions=_scheduled(scaling),
    )


def variant_scaling(
    scaling: spec.VariantScaling | spec.InstanceScaling, minimum: int, maximum: int
) -> hosting.Scaling:
    """Return how instances follow the load."""
    metric = hosting.ScalingMetric.INVOCATIONS_PER_INSTANCE
    return hosting.Scaling(
        minimum=minimum,
        maximum=maximum,
        target_tracking=_tracking(metric, scaling.invocations_per_instance, scaling),
        scheduled_actions=_scheduled(scaling),
    )


def rolling_update(update: spec.RollingUpdate) -> hosting.RollingUpdate:
    """Return how a change replaces copies."""
    rollback = update.rollback_maximum_batch_size
    return hosting.RollingUpdate(
        maximum_batch_size=_size(update.maximum_batch_size),
        wait_interval_seconds=update.wait_interval_seconds,
        maximum_execution_timeout_seconds=update.maximum_execution_timeout_seconds,
        rollback_maximum_batch_size=_size(rollback) if rollback else None,
        rollback_alarm_names=update.rollback_alarms,
    )


def shared_instances(instances: spec.SharedInstances) -> hosting.SharedInstances:
    """Return the instances that components share."""
    scale_in = instances.scale_in
    return hosting.SharedInstances(
        instance_types=instances.type_names,
        minimum=instances.min,
        maximum=instances.max,
        managed=instances.scaling is None,
        scale_in=hosting.ScaleIn(
            hosting.ScaleInStrategy(scale_in.strategy), scale_in.maximum_step_size, scale_in.cooldown_minutes
        )
        if scale_in
        else None,
    )


def _placement(placement: spec.Placement) -> hosting.Placement:
    balance = placement.zone_balance
    strategy = hosting.PlacementStrategy(placement.strategy)
    return hosting.Placement(strategy, balance.maximum_imbalance if balance else None)


def _size(size: spec.CapacitySize) -> hosting.CapacitySize:
    return hosting.CapacitySize(size.type, size.value)


def _tracking(
    metric: hosting.ScalingMetric,
    value: float,
    scaling: spec.ComponentScaling | spec.VariantScaling | spec.InstanceScaling,
) -> hosting.TargetTracking:
    return hosting.TargetTracking(
        metric,
        value,
        scaling.scale_in_cooldown_seconds,
        scaling.scale_out_cooldown_seconds,
        scaling.disable_scale_in,
    )


def _scheduled(
    scaling: spec.ComponentScaling | spec.VariantScaling | spec.InstanceScaling,
) -> tuple[hosting.ScheduledAction, ...]:
    return tuple(
        hosting.ScheduledAction(name, each.schedule, each.time_zone, each.min, each.max, each.start, each.end)
        for name, each in scaling.scheduled.items()
    )
