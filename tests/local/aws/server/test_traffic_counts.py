from local.aws.server.traffic_counts import TrafficCounter, TrafficCounts


class _Time:
    """Seconds that a test moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_requests_are_counted_by_outcome() -> None:
    """4xx, 5xx and no answer are errors; a client that went away counts as a request alone."""
    counter = TrafficCounter()
    for status in (200, 400, 503, 0, None):
        counter.begin()
        counter.end(status, 0.01)
    counter.refuse()
    counts = counter.take()
    assert (counts.invocations, counts.errors_4xx, counts.errors_5xx, counts.no_capacity) == (5, 1, 2, 1)
    assert sum(counts.latencies_microseconds.values()) == 4


def test_taking_begins_anew() -> None:
    """What was taken is not counted again; what is in flight still is."""
    counter = TrafficCounter()
    counter.begin()
    assert counter.take().invocations == 1
    later = counter.take()
    assert (later.invocations, later.concurrency) == (0, 1.0)


def test_concurrency_is_an_average_over_time() -> None:
    """Two requests for half of ten seconds are one on average."""
    time = _Time()
    counter = TrafficCounter(time)
    counter.begin()
    counter.begin()
    time.now += 5
    counter.end(200, 5)
    counter.end(200, 5)
    time.now += 5
    assert counter.take().concurrency == 1.0


def test_without_real_time_in_between_concurrency_is_what_is_in_flight() -> None:
    """An advanced clock takes counts one right after the other."""
    counter = TrafficCounter(_Time())
    counter.begin()
    counter.begin()
    counter.take()
    assert counter.take().concurrency == 2.0


def test_latencies_are_rounded_to_two_digits() -> None:
    """12,345 microseconds and 12,399 are the same; nothing is lost at the small end."""
    counter = TrafficCounter()
    for seconds in (0.012345, 0.012399, 0.0, 0.0000078):
        counter.begin()
        counter.end(200, seconds)
    assert counter.take().latencies_microseconds == {12000.0: 2, 0.0: 1, 7.8: 1}


def test_counts_add_up() -> None:
    """Two whiles make one, with the later one's concurrency."""
    first = TrafficCounts(3, 1, 0, 2, 5.0, {1.0: 2})
    second = TrafficCounts(4, 0, 1, 0, 1.0, {1.0: 1, 2.0: 3})
    assert first + second == TrafficCounts(7, 1, 1, 2, 1.0, {1.0: 3, 2.0: 3})
