"""From what a day showed to the report on it."""

import catalogue
from local.replay.observed import COPIES_PERIOD_MINUTES, Observed
from local.replay.report import ArmDay, ComponentDay, EndpointDay
from local.replay.simulation import simulate
from local.replay.traffic import Arm, Traffic
from spec import Deployment

__all__ = ["arm_days"]

_MINUTES_PER_HOUR = 60


def arm_days(deployment: Deployment, traffic: Traffic, observed: Observed) -> tuple[ArmDay, ...]:
    """Return the reported day of each arm, in the order of the traffic file."""
    return tuple(
        ArmDay(
            arm.name, tuple(_endpoint_day(deployment, traffic, arm, key, observed) for key in arm.endpoints)
        )
        for arm in traffic.arms
    )


def _endpoint_day(
    deployment: Deployment, traffic: Traffic, arm: Arm, key: str, observed: Observed
) -> EndpointDay:
    endpoint = deployment.component_endpoints[key]
    types = endpoint.instances.type_names
    instance_hours = sum(observed.instances[key]) / _MINUTES_PER_HOUR
    price = catalogue.instance_price(types[0], deployment.environment.region) if len(types) == 1 else None
    simulated = simulate(endpoint, key, arm, traffic)
    return EndpointDay(
        endpoint=key,
        instance_type=types[0],
        instance_hours=instance_hours,
        peak_instances=max(observed.instances[key]),
        usd=price.usd_per_hour * instance_hours if price is not None else None,
        simulated_instance_hours=simulated.instance_hours if simulated is not None else None,
        simulated_failed_requests=simulated.failed_requests if simulated is not None else None,
        components=tuple(_component_day(deployment, key, name, observed) for name in arm.endpoints[key]),
    )


def _component_day(deployment: Deployment, endpoint: str, name: str, observed: Observed) -> ComponentDay:
    label = f"{endpoint}.{name}"
    counts = observed.counts[label]
    return ComponentDay(
        label=label,
        requests=counts.requests,
        without_capacity=counts.without_capacity,
        other_failures=counts.other_failures,
        first_failure=counts.first_failure,
        copy_hours=sum(observed.copies[label]) * COPIES_PERIOD_MINUTES / _MINUTES_PER_HOUR,
        scales_to_zero=deployment.component_endpoints[endpoint].components[name].copies.min == 0,
    )
