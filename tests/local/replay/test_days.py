"""The days of a replay, on a clock and endpoints that are none."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from local.replay.days import play_days
from local.replay.errors import ReplayError
from local.replay.players import players_of
from local.replay.sender import Counts
from local.replay.summary import arm_days
from local.replay.virtual_time import VirtualTime
from tests.local.replay.deployments import half_days


@dataclass
class _Laptop:
    """Always one instance and one copy; requests of the last ten minutes before midnight fail."""

    moments: list[float] = field(default_factory=list)
    looks: int = 0

    def to(self, moment: float) -> None:
        self.moments.append(moment)

    def instances(self, endpoint_name: str) -> int:
        assert endpoint_name.startswith("half-days-")
        self.looks += 1
        return 1

    def copies(self, component_name: str) -> int:
        assert component_name.startswith("half-days-")
        return 1

    def send(self, counts: Mapping[str, int]) -> Mapping[str, Counts]:
        late = len(self.moments) % 1440 >= 1430
        return {each: Counts(number, number if late else 0) for each, number in counts.items() if number}


def test_the_last_day_is_reported() -> None:
    """Two days pass, minute by minute; instances are looked at, and requests counted, in the second."""
    deployment, traffic = half_days()
    laptop, told = _Laptop(), []
    observed = play_days(
        players_of(deployment, traffic),
        days=2,
        begin=86_400.0,
        time=laptop,
        sender=laptop,
        hosted=laptop,
        minutes=lambda passed, total: told.append((passed, total)),
    )
    assert laptop.moments == [86_401.0 + 60 * minute for minute in range(1, 2881)]
    assert laptop.looks == 6 * 1440
    assert told[-1] == (2880, 2880)
    arms = {arm.name: arm for arm in arm_days(deployment, traffic, observed)}
    always = arms["dedicated, always on"]
    assert (always.instance_hours, always.copy_hours, always.peak_instances) == (48.0, 48.0, 2)
    assert (always.requests, always.failed_requests) == (7195, 50)
    assert always.usd == pytest.approx(48 * 0.7364)
    assert arms["shared, one instance"].instance_hours == 24.0


class _Clock:
    def __init__(self) -> None:
        self.asked: list[float] = []
        self.ahead = 0.0

    def advance_clock(self, seconds: float) -> float:
        self.asked.append(seconds)
        self.ahead += seconds
        return 1_000_000_000.0 + self.ahead


def test_midnight_is_the_next_one() -> None:
    """01:46:40 UTC on the clock: 22 hours, 13 minutes and 20 seconds to go."""
    clock = _Clock()
    assert VirtualTime(clock).to_midnight() == 1_000_080_000.0
    assert clock.asked[-1] == pytest.approx(22 * 3600 + 13 * 60 + 20, abs=1)


def test_a_minute_that_takes_longer_is_refused() -> None:
    """Its requests would count for the next one: no numbers rather than wrong ones."""
    clock = _Clock()
    time = VirtualTime(clock)
    time.to(1_000_000_060.0)
    with pytest.raises(ReplayError, match=r"a minute's requests took more than a minute: .* Lower"):
        time.to(1_000_000_060.0 - 61)
