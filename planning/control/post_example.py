"""The post's example: two models, one for Europe's half of the day, one for America's.

AWS Machine Learning Blog, "Reduce model deployment costs by 50% on average using the latest features of
Amazon SageMaker", introduction: traffic for the one from 00:01 to 11:59 and for the other from 12:00 to 23:59
UTC.
"""

from dataclasses import dataclass

from planning.control.day import MINUTES_PER_DAY, Component, DayReport, Delays, Endpoint, run_days
from planning.control.instance_scaling import ManagedInstanceScaling
from planning.control.packing import Resources
from planning.control.target_tracking import TargetTracking

__all__ = ["Arm", "PostExample", "run_post_example"]

_WHOLE = Resources(accelerators=4, cpus=4, memory_mib=16 * 1024)
"""The example speaks of large language models: a copy takes every accelerator of an instance."""

_EUROPE_MINUTES = range(1, 720)
_AMERICA_MINUTES = range(720, MINUTES_PER_DAY)


@dataclass(frozen=True, slots=True)
class Arm:
    """One way to serve both models.

    Attributes:
        name: what it is called in a report.
        instance_hours: hours of instances over the day, of all its endpoints.
        requests: how many arrived.
        failed_requests: how many met no copy.
    """

    name: str
    instance_hours: float
    requests: int
    failed_requests: int

    @property
    def failed_fraction(self) -> float:
        """The part of all requests that failed."""
        return self.failed_requests / self.requests


@dataclass(frozen=True, slots=True)
class PostExample:
    """The four ways side by side.

    Half the cost comes from scaling to zero, not from sharing: two endpoints that scale to zero need the same
    instance-hours as a shared one. Sharing pays where several copies fit one instance.

    Attributes:
        dedicated_always_on: an endpoint each, never without its copy.
        shared_one_instance: one endpoint of at most one instance: the next model waits until the one before
            has scaled in.
        shared_unlimited: one endpoint that may have an instance for each.
        dedicated_to_zero: an endpoint each, which scales to zero.
    """

    dedicated_always_on: Arm
    shared_one_instance: Arm
    shared_unlimited: Arm
    dedicated_to_zero: Arm

    @property
    def arms(self) -> tuple[Arm, ...]:
        """All of them, the dearest first."""
        return (
            self.dedicated_always_on,
            self.dedicated_to_zero,
            self.shared_unlimited,
            self.shared_one_instance,
        )


def run_post_example(
    *, invocations_per_minute: int = 50, target_value: float = 60, delays: Delays | None = None
) -> PostExample:
    """Run the example on the accelerated clock, two days long, and report the second.

    Args:
        invocations_per_minute: what arrives in each minute of a model's half of the day; one copy answers it.
        target_value: target of the policy on invocations per copy.
        delays: how long instances, copies and metrics take.
    """

    def model(name: str, minutes: range, minimum: int = 0) -> Component:
        counts = tuple(invocations_per_minute if each in minutes else 0 for each in range(MINUTES_PER_DAY))
        return Component(name, counts, _WHOLE, TargetTracking(target_value), minimum)

    def endpoint(*models: Component, most: int) -> DayReport:
        least = max(each.minimum for each in models)
        return run_days(Endpoint(_WHOLE, ManagedInstanceScaling(least, most), models), delays)

    europe, america = model("europe", _EUROPE_MINUTES), model("america", _AMERICA_MINUTES)
    always = (model("europe", _EUROPE_MINUTES, 1), model("america", _AMERICA_MINUTES, 1))
    return PostExample(
        _arm("dedicated, always on", *(endpoint(each, most=1) for each in always)),
        _arm("shared, one instance", endpoint(europe, america, most=1)),
        _arm("shared, unlimited", endpoint(europe, america, most=100)),
        _arm("dedicated, scale to zero", *(endpoint(each, most=1) for each in (europe, america))),
    )


def _arm(name: str, *days: DayReport) -> Arm:
    return Arm(
        name,
        sum(each.instance_hours for each in days),
        sum(each.requests for each in days),
        sum(each.failed_requests for each in days),
    )
