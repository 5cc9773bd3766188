"""The simulated day of a deployment is that of planning.control."""

import pytest

from local.replay.simulation import simulate
from planning.control.day import DayReport
from planning.control.post_example import Arm, run_post_example
from tests.local.replay.deployments import half_days


def simulated(arm_name: str) -> list[DayReport]:
    deployment, traffic = half_days()
    (arm,) = (each for each in traffic.arms if each.name == arm_name)
    days = [simulate(deployment.component_endpoints[key], key, arm, traffic) for key in arm.endpoints]
    return [day for day in days if day is not None]


@pytest.mark.parametrize("arm", run_post_example().arms, ids=lambda arm: arm.name)
def test_the_example_file_is_the_posts_example(arm: Arm) -> None:
    """Each arm has the instance-hours and the failing part of planning.control.post_example.

    A tenth of its requests, and instances that are idle stay two looks of a minute each.
    """
    days = simulated(arm.name)
    assert sum(day.instance_hours for day in days) == pytest.approx(arm.instance_hours, abs=0.1)
    assert sum(day.requests for day in days) == arm.requests / 10
    assert sum(day.failed_requests for day in days) == arm.failed_requests / 10


def test_what_latency_decides_is_not_simulated() -> None:
    """Requests in flight depend on how long they take: there is no number rather than a wrong one."""
    deployment, traffic = half_days()
    endpoint = deployment.component_endpoints["shared"]
    component = endpoint.components["europe"]
    assert component.scaling is not None
    scaling = component.scaling.model_copy(
        update={"invocations_per_copy": None, "concurrent_requests_per_copy": 4.0}
    )
    concurrent = endpoint.model_copy(
        update={"components": {"europe": component.model_copy(update={"scaling": scaling})}}
    )
    assert simulate(concurrent, "shared", traffic.arms[2], traffic) is None


def test_instances_of_several_types_are_not_simulated() -> None:
    """Which of them there is, nobody knows before."""
    deployment, traffic = half_days()
    endpoint = deployment.component_endpoints["shared"]
    pooled = endpoint.model_copy(update={"instances": endpoint.instances.model_copy(update={"type": None})})
    assert simulate(pooled, "shared", traffic.arms[2], traffic) is None
