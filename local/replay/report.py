"""What a replay found, arm by arm."""

from dataclasses import dataclass

from local.rehearsal import Step

__all__ = ["ArmDay", "ComponentDay", "EndpointDay", "Replay"]

_NOTHING_MORE = 0.02
"""Savings that differ by no more of the instance-hours are called equal: hand-overs take minutes."""


@dataclass(frozen=True, slots=True)
class ComponentDay:
    """One component's reported day.

    Attributes:
        label: ``endpoint.component``, as in the deployment file.
        requests: sent to it.
        without_capacity: those that met no copy.
        other_failures: those that failed otherwise; on a sound laptop there are none.
        first_failure: what the first of these said.
        copy_hours: hours of copies in service.
        scales_to_zero: whether it may have no copy.
    """

    label: str
    requests: int
    without_capacity: int
    other_failures: int
    first_failure: str
    copy_hours: float
    scales_to_zero: bool

    @property
    def failed_requests(self) -> int:
        """Requests without a model's answer."""
        return self.without_capacity + self.other_failures


@dataclass(frozen=True, slots=True)
class EndpointDay:
    """One endpoint's reported day.

    Attributes:
        endpoint: its key in the deployment file.
        instance_type: what it runs on; the first of several.
        instance_hours: of instances that were there or being provisioned, which is what is paid for.
        peak_instances: the most there were at once.
        usd: what they cost; None where the catalogue has no price for the region.
        simulated_instance_hours: what ``planning.control`` counts for the same day; None where it can't.
        simulated_failed_requests: likewise.
        components: of this endpoint.
    """

    endpoint: str
    instance_type: str
    instance_hours: float
    peak_instances: int
    usd: float | None
    simulated_instance_hours: float | None
    simulated_failed_requests: int | None
    components: tuple[ComponentDay, ...]


@dataclass(frozen=True, slots=True)
class ArmDay:
    """One arm's reported day: the sum of its endpoints'."""

    name: str
    endpoints: tuple[EndpointDay, ...]

    @property
    def components(self) -> tuple[ComponentDay, ...]:
        """Of all its endpoints."""
        return tuple(component for each in self.endpoints for component in each.components)

    @property
    def instance_hours(self) -> float:
        """Of all its endpoints."""
        return sum(each.instance_hours for each in self.endpoints)

    @property
    def copy_hours(self) -> float:
        """Of all its components."""
        return sum(each.copy_hours for each in self.components)

    @property
    def peak_instances(self) -> int:
        """The sum of the endpoints' peaks, which need not have been at the same time."""
        return sum(each.peak_instances for each in self.endpoints)

    @property
    def requests(self) -> int:
        """Sent to it."""
        return sum(each.requests for each in self.components)

    @property
    def failed_requests(self) -> int:
        """Without a model's answer."""
        return sum(each.failed_requests for each in self.components)

    @property
    def failed_fraction(self) -> float:
        """The part of all requests that failed."""
        return self.failed_requests / self.requests if self.requests else 0.0

    @property
    def usd(self) -> float | None:
        """What its instances cost; None where a price isn't known."""
        known = [each.usd for each in self.endpoints if each.usd is not None]
        return sum(known) if len(known) == len(self.endpoints) else None

    @property
    def simulated_instance_hours(self) -> float | None:
        """What ``planning.control`` counts; None where it can't for one endpoint."""
        known = [each.simulated_instance_hours for each in self.endpoints]
        return None if None in known else sum(each or 0.0 for each in known)

    @property
    def simulated_failed_requests(self) -> int | None:
        """Likewise."""
        known = [each.simulated_failed_requests for each in self.endpoints]
        return None if None in known else sum(each or 0 for each in known)

    @property
    def shares(self) -> bool:
        """Whether several components are on one endpoint."""
        return any(len(each.components) > 1 for each in self.endpoints)

    @property
    def scales_to_zero(self) -> bool:
        """Whether every component may have no copy."""
        return all(each.scales_to_zero for each in self.components)


@dataclass(frozen=True, slots=True)
class Replay:
    """What a replay found.

    Attributes:
        steps: what was done, with times.
        arms: the reported day of each, in the order of the traffic file.
    """

    steps: tuple[Step, ...]
    arms: tuple[ArmDay, ...]

    @property
    def sound(self) -> bool:
        """True where requests failed for want of a copy only."""
        return not any(each.other_failures for arm in self.arms for each in arm.components)

    @property
    def conclusions(self) -> tuple[str, ...]:
        """Sentences on where savings come from; none where the arms don't tell."""
        always = next((each for each in self.arms if not (each.shares or each.scales_to_zero)), None)
        to_zero = next((each for each in self.arms if each.scales_to_zero and not each.shares), None)
        shared = [each for each in self.arms if each.scales_to_zero and each.shares]
        if always is None or to_zero is None:
            return ()
        saved = 1 - to_zero.instance_hours / always.instance_hours
        first = (
            f"Scaling to zero alone saves {saved:.1%} of the instance-hours: {to_zero.name!r} shares nothing "
            f"and needs {to_zero.instance_hours:.2f} hours in place of {always.instance_hours:.2f}."
        )
        said = [first]
        for arm in shared:
            more = 1 - arm.instance_hours / always.instance_hours - saved
            if abs(more) <= _NOTHING_MORE:
                said.append(
                    f"Sharing adds nothing to that here: {arm.name!r} needs {arm.instance_hours:.2f} hours. "
                    "It pays where several copies fit one instance."
                )
            else:
                said.append(f"Sharing as {arm.name!r} changes that by {more:+.1%} of the hours.")
        return tuple(said)
