"""What a report says of what was counted."""

import dataclasses

import pytest

from local.replay.report import ArmDay, ComponentDay, EndpointDay, Replay


def component(label: str, *, to_zero: bool = True, other_failures: int = 0) -> ComponentDay:
    return ComponentDay(label, 100, 2, other_failures, "", 12.0, to_zero)


def endpoint(hours: float, *components: ComponentDay, usd: float | None = 1.0) -> EndpointDay:
    return EndpointDay("e", "ml.m5.xlarge", hours, 1, usd, hours, 3, components)


ALWAYS = ArmDay("always", tuple(endpoint(24, component("a", to_zero=False)) for _ in range(2)))
TO_ZERO = ArmDay("to zero", tuple(endpoint(12.25, component("a")) for _ in range(2)))
SHARED = ArmDay("shared", (endpoint(24.4, component("a"), component("b")),))


def test_an_arm_is_the_sum_of_its_endpoints() -> None:
    """Hours, peaks, requests, failures, cost, and what was simulated."""
    assert (TO_ZERO.instance_hours, TO_ZERO.peak_instances, TO_ZERO.copy_hours) == (24.5, 2, 24.0)
    assert (TO_ZERO.requests, TO_ZERO.failed_requests, TO_ZERO.failed_fraction) == (200, 4, 0.02)
    assert (TO_ZERO.usd, TO_ZERO.simulated_instance_hours, TO_ZERO.simulated_failed_requests) == (
        2.0,
        24.5,
        6,
    )


def test_a_price_that_is_not_known_makes_the_sum_unknown() -> None:
    """A sum without one of its parts would be a wrong one."""
    assert ArmDay("x", (*TO_ZERO.endpoints, endpoint(1, component("a"), usd=None))).usd is None


def test_a_day_that_can_not_be_simulated_makes_the_sum_unknown() -> None:
    """Likewise."""
    unknown = dataclasses.replace(
        TO_ZERO.endpoints[0], simulated_instance_hours=None, simulated_failed_requests=None
    )
    arm = ArmDay("x", (*TO_ZERO.endpoints, unknown))
    assert arm.simulated_instance_hours is None
    assert arm.simulated_failed_requests is None


def test_no_request_is_no_failed_part() -> None:
    """An arm without traffic divides by nothing."""
    assert ArmDay("x", ()).failed_fraction == 0.0


def test_savings_are_told_from_scaling_to_zero() -> None:
    """Where dedicated endpoints that scale to zero need as little as a shared one, sharing saved nothing."""
    first, second = Replay((), (ALWAYS, TO_ZERO, SHARED)).conclusions
    assert first == (
        "Scaling to zero alone saves 49.0% of the instance-hours: 'to zero' shares nothing and needs 24.50 "
        "hours in place of 48.00."
    )
    assert second == (
        "Sharing adds nothing to that here: 'shared' needs 24.40 hours. It pays where several copies fit one "
        "instance."
    )


def test_savings_by_sharing_are_told_too() -> None:
    """Where it does save, it says how much more."""
    halved = ArmDay("packed", (endpoint(12.25, component("a"), component("b")),))
    assert Replay((), (ALWAYS, TO_ZERO, halved)).conclusions[1] == (
        "Sharing as 'packed' changes that by +25.5% of the hours."
    )


@pytest.mark.parametrize("arms", [(ALWAYS, SHARED), (TO_ZERO, SHARED), ()])
def test_arms_that_tell_nothing_conclude_nothing(arms: tuple[ArmDay, ...]) -> None:
    """Without both dedicated arms the two causes can't be told apart."""
    assert Replay((), arms).conclusions == ()


def test_another_failure_than_a_missing_copy_is_unsound() -> None:
    """Requests that meet no copy are a result; a model that fails is not."""
    failing = ArmDay("x", (endpoint(1, component("a", other_failures=1)),))
    assert Replay((), (ALWAYS, SHARED)).sound
    assert not Replay((), (ALWAYS, failing)).sound
