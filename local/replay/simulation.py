"""The same day by ``planning.control`` alone: counts per minute in place of requests, clocks and Tritons."""

import catalogue
from local.replay.traffic import Arm, AssumedDelays, Traffic
from planning.control.day import Component, DayReport, Delays, Endpoint, run_days
from planning.control.instance_scaling import ManagedInstanceScaling, ScaleInPolicy, ScaleInStrategy
from planning.control.packing import Resources
from planning.control.target_tracking import TargetTracking
from spec import Component as DeclaredComponent
from spec import ComponentEndpoint

__all__ = ["simulate"]

_ANY_TARGET = 1.0
"""Of a component whose number of copies is fixed: its limits leave the policy no choice."""


def simulate(endpoint: ComponentEndpoint, key: str, arm: Arm, traffic: Traffic) -> DayReport | None:
    """Return the last of the days of the endpoint under ``key``; None where it can't be counted.

    It can't where instances are of several types or not scaled by SageMaker, where copies follow requests in
    flight, which depend on latency, and where something is scheduled.
    """
    instances, policies = endpoint.instances, [each.scaling for each in endpoint.components.values()]
    if instances.type is None or instances.scaling is not None:
        return None
    if any(each and (each.invocations_per_copy is None or each.scheduled) for each in policies):
        return None
    offered = catalogue.instance_type(instances.type)
    capacity = Resources(offered.accelerators, float(offered.vcpus), offered.usable_memory_mib)
    scaling = ManagedInstanceScaling(
        instances.min, arm.most_instances or instances.max, _scale_in(endpoint, traffic.delays)
    )
    components = tuple(
        _component(name, declared, traffic.per_minute(arm.endpoints[key][name]))
        for name, declared in endpoint.components.items()
    )
    delays = Delays(traffic.delays.provisioning_minutes, traffic.delays.copy_start_minutes)
    return run_days(Endpoint(capacity, scaling, components), delays, traffic.days)


def _scale_in(endpoint: ComponentEndpoint, delays: AssumedDelays) -> ScaleInPolicy:
    declared, standard = endpoint.instances.scale_in, ScaleInPolicy()
    idle_seconds = 60.0 * delays.idle_release_minutes
    if declared is None:
        return ScaleInPolicy(idle_release_delay_seconds=idle_seconds)
    minutes = declared.cooldown_minutes
    return ScaleInPolicy(
        ScaleInStrategy(declared.strategy),
        declared.maximum_step_size or standard.maximum_step_size,
        standard.cooldown_seconds if minutes is None else 60.0 * minutes,
        idle_seconds,
    )


def _component(name: str, declared: DeclaredComponent, per_minute: tuple[int, ...]) -> Component:
    compute, scaling = declared.compute, declared.scaling
    tracking = TargetTracking(_ANY_TARGET)
    if scaling is not None and scaling.invocations_per_copy is not None:
        tracking = TargetTracking(
            scaling.invocations_per_copy,
            scaling.scale_out_cooldown_seconds,
            scaling.scale_in_cooldown_seconds,
        )
    return Component(
        name,
        per_minute,
        Resources(compute.accelerators or 0, compute.cpus or 0.0, compute.memory_mib),
        tracking,
        declared.copies.min,
        declared.copies.max,
    )
