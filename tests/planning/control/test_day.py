"""A day of an endpoint, and the post's example."""

import pytest

from planning.control.day import MINUTES_PER_DAY, Component, Delays, Endpoint, run_days
from planning.control.errors import InvalidPolicyError
from planning.control.instance_scaling import ManagedInstanceScaling, ScaleInPolicy, ScaleInStrategy
from planning.control.packing import Resources
from planning.control.post_example import PostExample, run_post_example
from planning.control.target_tracking import TargetTracking

FOUR_GPUS = Resources(4, 48, 192 * 1024)
ONE_GPU = Resources(1, 4, 16 * 1024)


def _component(name: str, counts: tuple[int, ...], minimum: int = 0) -> Component:
    return Component(name, counts, ONE_GPU, TargetTracking(60), minimum)


def _flat(count: int) -> tuple[int, ...]:
    return (count,) * MINUTES_PER_DAY


@pytest.fixture(scope="module")
def example() -> PostExample:
    """Run the post's example once."""
    return run_post_example()


def test_instance_hours_of_the_post_example(example: PostExample) -> None:
    """48 always on, 24.0 shared on one, 24.45 shared without limit, and 24.45 apart with scale to zero."""
    assert example.dedicated_always_on.instance_hours == pytest.approx(48, rel=0.02)
    assert example.shared_one_instance.instance_hours == pytest.approx(24.0, rel=0.02)
    assert example.shared_unlimited.instance_hours == pytest.approx(24.45, rel=0.02)
    assert example.dedicated_to_zero.instance_hours == pytest.approx(24.45, rel=0.02)


def test_failed_requests_of_the_post_example(example: PostExample) -> None:
    """None always on; 2.5 % wait for the one instance; 1.3 % for a copy from zero, shared or not."""
    assert example.dedicated_always_on.failed_requests == 0
    assert example.shared_one_instance.failed_fraction == pytest.approx(0.025, abs=0.001)
    assert example.shared_unlimited.failed_fraction == pytest.approx(0.013, abs=0.001)
    assert example.dedicated_to_zero.failed_fraction == pytest.approx(0.013, abs=0.001)


def test_half_the_cost_comes_from_scaling_to_zero(example: PostExample) -> None:
    """Sharing an endpoint saves nothing over two that scale to zero, where a copy fills an instance."""
    assert example.shared_unlimited.instance_hours == pytest.approx(example.dedicated_to_zero.instance_hours)
    assert [arm.instance_hours for arm in example.arms] == sorted(
        (arm.instance_hours for arm in example.arms), reverse=True
    )


def test_sharing_pays_where_several_copies_fit_an_instance() -> None:
    """Four one-GPU models on one four-GPU instance cost a quarter of an instance each."""
    models = tuple(_component(f"m{n}", _flat(30), 1) for n in range(4))
    report = run_days(Endpoint(FOUR_GPUS, ManagedInstanceScaling(0, 9), models), days=1)
    assert (report.instance_hours, report.peak_instances, report.failed_requests) == (24, 1, 0)


def test_load_beyond_one_copy_scales_out() -> None:
    """150 a minute at 60 per copy: 3 copies all day but the first minutes, and no failure."""
    report = run_days(Endpoint(FOUR_GPUS, ManagedInstanceScaling(0, 9), (_component("m", _flat(150), 1),)))
    (day,) = report.components
    assert (day.copy_hours, day.failed_requests, day.requests) == (72, 0, 150 * 1440)


def test_an_idle_component_costs_nothing() -> None:
    """Without traffic there is neither copy nor instance."""
    report = run_days(Endpoint(FOUR_GPUS, ManagedInstanceScaling(0, 9), (_component("m", _flat(0)),)))
    assert (report.instance_hours, report.requests, report.failed_fraction) == (0, 0, 0)


def test_minimum_of_instances_is_paid_for() -> None:
    """With a minimum of one instance the day costs 24 hours, and coming back is quicker."""
    burst = tuple(30 if 600 <= minute < 660 else 0 for minute in range(MINUTES_PER_DAY))
    lean = run_days(Endpoint(FOUR_GPUS, ManagedInstanceScaling(0, 1), (_component("m", burst),)))
    kept = run_days(Endpoint(FOUR_GPUS, ManagedInstanceScaling(1, 1), (_component("m", burst),)))
    assert kept.instance_hours == 24
    assert lean.components[0].failed_minutes - kept.components[0].failed_minutes == 5


def test_delays_are_what_fails() -> None:
    """A component that comes back at once fails only in the minutes until it is seen."""
    burst = tuple(30 if 600 <= minute < 660 else 0 for minute in range(MINUTES_PER_DAY))
    endpoint = Endpoint(FOUR_GPUS, ManagedInstanceScaling(0, 1), (_component("m", burst),))
    (day,) = run_days(endpoint, Delays(0, 0, 1)).components
    assert (day.failed_minutes, day.failed_requests) == (2, 60)


def test_consolidation_saves_what_idle_release_keeps() -> None:
    """After a peak each model keeps one copy, on an instance of its own: only CONSOLIDATION joins them."""
    models = tuple(
        _component(
            name, tuple(420 if start <= each < start + 60 else 20 for each in range(MINUTES_PER_DAY)), 1
        )
        for name, start in (("one", 600), ("two", 610))
    )
    hours = {
        strategy: run_days(
            Endpoint(FOUR_GPUS, ManagedInstanceScaling(1, 9, ScaleInPolicy(strategy)), models)
        ).instance_hours
        for strategy in ScaleInStrategy
    }
    assert hours[ScaleInStrategy.CONSOLIDATION] < 30
    assert hours[ScaleInStrategy.IDLE_RELEASE] > 45


def test_equal_runs_are_equal() -> None:
    """There is no chance and no clock in a day."""
    assert run_post_example() == run_post_example()


def test_a_day_has_1440_minutes() -> None:
    """A component's traffic covers the whole day."""
    with pytest.raises(InvalidPolicyError, match="component m: 3 minutes, high_resolution False: give 1440"):
        _component("m", (1, 2, 3))


def test_days_are_counted_from_one() -> None:
    """There is no report of no day."""
    with pytest.raises(InvalidPolicyError, match="days 0: take 1 or more"):
        run_days(Endpoint(FOUR_GPUS, ManagedInstanceScaling(0, 1), ()), days=0)
