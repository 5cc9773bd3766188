"""A day of an endpoint with inference components, minute by minute: what it cost and what failed.

The decisions are those of this folder; only the passing of time is added. Requests are counts per minute, not
single ones: invocations per copy depend on how many arrive, not on how long they take.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from planning.control._fleet import Fleet
from planning.control.alarm import Alarm, AlarmState, Comparison
from planning.control.errors import InvalidPolicyError
from planning.control.instance_scaling import ManagedInstanceScaling
from planning.control.packing import Resources, Schedulings
from planning.control.scaling import ScalableCapacity, ScalingState, combine
from planning.control.step_scaling import scale_from_zero
from planning.control.target_tracking import TargetTracking

__all__ = ["MINUTES_PER_DAY", "Component", "ComponentDay", "DayReport", "Delays", "Endpoint", "run_days"]

MINUTES_PER_DAY = 24 * 60

_FROM_ZERO = scale_from_zero()
_NO_CAPACITY = Alarm(1, Comparison.GREATER_OR_EQUAL, evaluation_periods=1)
"""SageMaker Developer Guide, "Scale an endpoint to zero instances": 1 of 1 datapoints of at least 1."""


@dataclass(frozen=True, slots=True)
class Delays:
    """How long things take. AWS promises none of these.

    Attributes:
        provisioning_minutes: Assumed: from the decision to launch an instance until it can start copies.
        copy_start_minutes: Assumed: from then, or from the decision if the instance is there, until the copy
            answers.
        metric_minutes: Assumed: from the beginning of a datapoint's minute until the decision it leads to.
            1 is as soon as the minute is over, as on the laptop; AWS may take longer ("usually 1-2 minutes":
            AWS Machine Learning Blog, "Reduce model deployment costs by 50% on average ...", auto scaling).
    """

    provisioning_minutes: int = 5
    copy_start_minutes: int = 3
    metric_minutes: int = 1


@dataclass(frozen=True, slots=True)
class Component:
    """An inference component and its traffic.

    Attributes:
        name: unique on the endpoint.
        invocations_per_minute: what arrives in each minute of the day: 1440 counts.
        requirements: what each copy reserves.
        tracking: its policy on invocations per copy (a datapoint a minute).
        minimum: ``MinCapacity``; 0 lets it scale to zero, and back by the policy of ``scale_from_zero``.
        maximum: ``MaxCapacity``.
    """

    name: str
    invocations_per_minute: tuple[int, ...]
    requirements: Resources
    tracking: TargetTracking
    minimum: int = 0
    maximum: int = 1000

    def __post_init__(self) -> None:
        if len(self.invocations_per_minute) != MINUTES_PER_DAY or self.tracking.high_resolution:
            raise InvalidPolicyError(
                f"component {self.name}: {len(self.invocations_per_minute)} minutes, high_resolution "
                f"{self.tracking.high_resolution}: give {MINUTES_PER_DAY} counts and a 1-minute metric"
            )


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An endpoint whose instances SageMaker manages.

    Attributes:
        instance: what copies may reserve on each instance.
        scaling: how many instances there may be.
        components: who shares them.
        schedulings: how copies are placed, by component.
        zones: the zones of its subnets.
    """

    instance: Resources
    scaling: ManagedInstanceScaling
    components: tuple[Component, ...]
    schedulings: Schedulings = field(default_factory=dict)
    zones: tuple[str, ...] = ("a", "b")


@dataclass(frozen=True, slots=True)
class ComponentDay:
    """What one component's day was: counts of requests, and minutes in which one or more failed."""

    name: str
    requests: int
    failed_requests: int
    failed_minutes: int
    copy_hours: float


@dataclass(frozen=True, slots=True)
class DayReport:
    """What one day was.

    Attributes:
        instance_hours: hours of instances that were there or being provisioned, which is what is paid for.
        peak_instances: the most there were at once.
        components: each component's day.
    """

    instance_hours: float
    peak_instances: int
    components: tuple[ComponentDay, ...]

    @property
    def requests(self) -> int:
        """Requests of all components."""
        return sum(each.requests for each in self.components)

    @property
    def failed_requests(self) -> int:
        """Requests that met a component without a copy; nothing queues them."""
        return sum(each.failed_requests for each in self.components)

    @property
    def failed_fraction(self) -> float:
        """The part of all requests that failed."""
        return self.failed_requests / self.requests if self.requests else 0.0


def run_days(endpoint: Endpoint, delays: Delays | None = None, days: int = 2) -> DayReport:
    """Run the endpoint for ``days`` equal days and return the last one, which starts where the others ended.

    It begins with the minimum of copies and instances. A request to a component without a copy in service
    fails (SageMaker Developer Guide, "Scale an endpoint to zero instances"). Copies of a component are asked
    for as one number; those without room wait, in the order in which they were asked for.

    Raises:
        InvalidPolicyError: ``days`` is below 1.
    """
    if days < 1:
        raise InvalidPolicyError(f"days {days}: take 1 or more")
    timing = delays or Delays()
    fleet = Fleet(endpoint.instance, endpoint.scaling, endpoint.schedulings, endpoint.zones)
    components = [_Running(each) for each in endpoint.components]
    for each in components:
        fleet.ask(each.component.name, each.component.requirements, each.desired)
    fleet.settle(minute=0, provisioning_minutes=0, copy_start_minutes=0)
    instance_minutes: list[int] = []
    for minute in range(days * MINUTES_PER_DAY):
        for each in components:
            each.observe(minute, fleet)
            each.decide(minute, timing.metric_minutes, fleet)
        fleet.settle(
            minute=minute,
            provisioning_minutes=timing.provisioning_minutes,
            copy_start_minutes=timing.copy_start_minutes,
        )
        instance_minutes.append(len(fleet.instances))
    last = instance_minutes[-MINUTES_PER_DAY:]
    return DayReport(sum(last) / 60, max(last), tuple(each.last_day() for each in components))


class _Running:
    """One component while its days pass."""

    def __init__(self, component: Component) -> None:
        self.component = component
        self.desired = component.minimum
        self._state = ScalingState()
        self._in_service: list[int] = []
        self._arrived: list[int] = []

    def observe(self, minute: int, fleet: Fleet) -> None:
        """Take note of what arrives in this minute, and of the copies that are there to answer."""
        self._arrived.append(self.component.invocations_per_minute[minute % MINUTES_PER_DAY])
        self._in_service.append(fleet.in_service(self.component.name, minute))

    def decide(self, minute: int, metric_minutes: int, fleet: Fleet) -> None:
        """Scale by what was published until now."""
        published = len(self._arrived) - metric_minutes
        if published < 1:
            return
        running = self._in_service[published - 1]
        capacity = ScalableCapacity(self.desired, self.component.minimum, self.component.maximum, running)
        begin = max(0, published - self.component.tracking.window)
        pairs = list(zip(self._arrived[begin:published], self._in_service[begin:published], strict=True))
        metric = [arrived / copies if copies else None for arrived, copies in pairs]
        failures = [float(pairs[-1][0]) if not pairs[-1][1] and pairs[-1][0] else None]
        tracked = self.component.tracking.decide(self._state, metric, capacity, minute * 60)
        stepped = []
        if self.desired == 0 and _NO_CAPACITY.evaluate(failures) is AlarmState.ALARM:
            stepped.append(
                _FROM_ZERO.decide(self._state, failures, _NO_CAPACITY.threshold, capacity, minute * 60)
            )
        decision = combine([tracked], stepped, self._state, capacity)
        self._state = decision.state
        if decision.desired != self.desired:
            fleet.ask(self.component.name, self.component.requirements, decision.desired - self.desired)
        self.desired = decision.desired

    def last_day(self) -> ComponentDay:
        """Return the last day's counts."""
        arrived, copies = self._arrived[-MINUTES_PER_DAY:], self._in_service[-MINUTES_PER_DAY:]
        failed = _failed(arrived, copies)
        return ComponentDay(
            self.component.name,
            sum(arrived),
            sum(failed),
            sum(each > 0 for each in failed),
            sum(copies) / 60,
        )


def _failed(arrived: Sequence[int], copies: Sequence[int]) -> list[int]:
    return [0 if there else count for count, there in zip(arrived, copies, strict=True)]
