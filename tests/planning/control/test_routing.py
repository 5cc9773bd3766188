"""Which copy gets a request, and what that does to latency."""

import heapq
import math
from collections import Counter, deque
from collections.abc import Callable
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.control.errors import InvalidPolicyError, NoCopyError, UnknownStrategyError
from planning.control.routing import LEAST_OUTSTANDING_REQUESTS, RANDOM, choose_copy

COPIES, LOAD = 8, 0.7
counts = st.lists(st.integers(0, 9), min_size=1, max_size=12)


def _seeded(seed: int) -> Random:
    return Random(seed)  # noqa: S311 - the chance of a simulation, not of a secret


@given(counts, st.sampled_from([RANDOM, LEAST_OUTSTANDING_REQUESTS]), st.randoms(use_true_random=False))
def test_chooses_a_copy_that_exists(outstanding: list[int], strategy: str, random: Random) -> None:
    """The index is one of the copies', under either strategy."""
    assert 0 <= choose_copy(strategy, outstanding, random) < len(outstanding)


@given(counts, st.randoms(use_true_random=False))
def test_least_outstanding_requests_takes_an_idlest_copy(outstanding: list[int], random: Random) -> None:
    """No copy has fewer requests in flight than the chosen one."""
    chosen = choose_copy(LEAST_OUTSTANDING_REQUESTS, outstanding, random)
    assert outstanding[chosen] == min(outstanding)


def test_ties_are_drawn_by_chance() -> None:
    """Copies that are equally idle get requests equally often."""
    random = _seeded(5)
    chosen = Counter(choose_copy(LEAST_OUTSTANDING_REQUESTS, [1, 0, 0, 3], random) for _ in range(4000))
    assert set(chosen) == {1, 2}
    assert chosen[1] == pytest.approx(2000, rel=0.1)


def test_random_ignores_what_is_in_flight() -> None:
    """Every copy gets its share, however busy it is."""
    random = _seeded(5)
    chosen = Counter(choose_copy(RANDOM, [100, 0, 0, 0], random) for _ in range(8000))
    assert all(chosen[each] == pytest.approx(2000, rel=0.1) for each in range(4))


def test_power_of_two_choices_never_takes_the_busier() -> None:
    """Of two copies drawn, the idler one gets the request; the busiest of all gets none."""
    random = _seeded(5)
    chosen = Counter(
        choose_copy(LEAST_OUTSTANDING_REQUESTS, [0, 1, 2, 3], random, compared=2) for _ in range(6000)
    )
    assert [chosen[each] / 6000 for each in range(4)] == pytest.approx([1 / 2, 1 / 3, 1 / 6, 0], abs=0.03)


def test_equal_seeds_choose_equally() -> None:
    """The injected source of chance is the only one."""
    first, second = (
        [choose_copy(RANDOM, [0] * 9, random) for _ in range(50)] for random in (_seeded(3), _seeded(3))
    )
    assert first == second


def test_no_copy() -> None:
    """Without a copy a request can't be routed."""
    with pytest.raises(NoCopyError, match="there is no copy in service to route the request to"):
        choose_copy(RANDOM, [], _seeded(0))


def test_unknown_strategy() -> None:
    """A strategy that is not modelled is named, with those that are."""
    with pytest.raises(UnknownStrategyError) as caught:
        choose_copy("PREFIX_AWARE", [0], _seeded(0))
    assert str(caught.value) == (
        "routing strategy 'PREFIX_AWARE' is not modelled; take RANDOM or LEAST_OUTSTANDING_REQUESTS"
    )


def test_comparing_no_copy_is_refused() -> None:
    """A number of copies to compare is at least one."""
    with pytest.raises(InvalidPolicyError, match="compared 0: take at least 1, or None for all copies"):
        choose_copy(LEAST_OUTSTANDING_REQUESTS, [0], _seeded(0), compared=0)


def _sojourns(
    requests: int, service: Callable[[], float], random: Random, strategy: str | None, concurrency: int = 1
) -> list[float]:
    """Return the time each request takes, in mean service times, at 70 % load; the first tenth left out.

    Requests come by chance (Poisson) to 8 copies, each of which serves ``concurrency`` at a time and lets the
    others wait in their order. Without a strategy all wait in one line before the copies.
    """
    queues = 1 if strategy is None else COPIES
    servers = COPIES * concurrency // queues
    waiting: list[deque[float]] = [deque() for _ in range(queues)]
    outstanding = [0] * queues
    leaving: list[tuple[float, float, int]] = []
    taken: list[float] = []
    now = 0.0
    for _ in range(requests):
        now += random.expovariate(LOAD * COPIES * concurrency)
        while leaving and leaving[0][0] <= now:
            left, came, queue = heapq.heappop(leaving)
            taken.append(left - came)
            outstanding[queue] -= 1
            if waiting[queue]:
                heapq.heappush(leaving, (left + service(), waiting[queue].popleft(), queue))
        queue = 0 if strategy is None else choose_copy(strategy, outstanding, random)
        outstanding[queue] += 1
        if outstanding[queue] <= servers:
            heapq.heappush(leaving, (now + service(), now, queue))
        else:
            waiting[queue].append(now)
    return taken[len(taken) // 10 :]


def _p99(sojourns: list[float]) -> float:
    return sorted(sojourns)[math.ceil(0.99 * len(sojourns)) - 1]


def _lognormal(random: Random) -> Callable[[], float]:
    """Service times with mean 1 and a coefficient of variation of 0.5."""
    variance = math.log(1 + 0.5**2)
    return lambda: random.lognormvariate(-variance / 2, math.sqrt(variance))


def _erlang_c(servers: int, offered: float) -> float:
    """Return the probability that a request waits in M/M/c (Erlang, 1917)."""
    blocked = 1.0
    for each in range(1, servers + 1):
        blocked = offered * blocked / (each + offered * blocked)
    return blocked / (1 - offered / servers * (1 - blocked))


def test_the_simulation_agrees_with_erlang() -> None:
    """8 copies behind one line: as many requests wait, and as long at the 99th percentile, as theory says."""
    assert _erlang_c(8, LOAD * 8) == pytest.approx(0.27060, abs=5e-6)
    random = _seeded(1)
    sojourns = _sojourns(200_000, lambda: random.expovariate(1), random, None)
    # Mean sojourn of M/M/8: 1 + C / (8 - 5.6).
    assert sum(sojourns) / len(sojourns) == pytest.approx(1 + 0.27060 / 2.4, rel=0.02)
    assert _p99(sojourns) == pytest.approx(4.782, rel=0.03)


def test_random_is_independent_queues() -> None:
    """RANDOM over 8 copies is 8 times M/M/1, whose mean sojourn is 1 / (1 - load)."""
    random = _seeded(2)
    sojourns = _sojourns(200_000, lambda: random.expovariate(1), random, RANDOM)
    assert sum(sojourns) / len(sojourns) == pytest.approx(1 / (1 - LOAD), rel=0.05)


def test_what_least_outstanding_requests_gains() -> None:
    """8 copies, one request at a time, lognormal with cv 0.5 at 70 % load: the p99 ratio is 2.98."""
    tails = {}
    for strategy in (RANDOM, LEAST_OUTSTANDING_REQUESTS):
        random = _seeded(7)
        tails[strategy] = _p99(_sojourns(200_000, _lognormal(random), random, strategy))
    assert tails[RANDOM] == pytest.approx(9.58, rel=0.06)
    assert tails[LEAST_OUTSTANDING_REQUESTS] == pytest.approx(3.22, rel=0.03)
    assert tails[RANDOM] / tails[LEAST_OUTSTANDING_REQUESTS] == pytest.approx(2.98, rel=0.06)


def test_concurrent_requests_make_the_gain_small() -> None:
    """With 4 requests at a time per copy the ratio is 1.27: the gain is a matter of the load."""
    tails = {}
    for strategy in (RANDOM, LEAST_OUTSTANDING_REQUESTS):
        random = _seeded(7)
        tails[strategy] = _p99(_sojourns(100_000, _lognormal(random), random, strategy, concurrency=4))
    assert tails[RANDOM] / tails[LEAST_OUTSTANDING_REQUESTS] == pytest.approx(1.27, rel=0.06)
