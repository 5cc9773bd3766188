import threading
import time
from collections.abc import Callable

import pytest

from local.aws.server.clock import Clock
from local.aws.server.clock_request import advance_clock

_REAL_SECONDS = 10.0


def test_it_runs_with_the_wall_clock() -> None:
    """Nobody advances it: it shows the time."""
    assert Clock().now() == pytest.approx(time.time(), abs=1)


def test_an_hour_passes_at_once() -> None:
    """What it shows afterwards is an hour later, and so is the answer."""
    clock = Clock()
    before = clock.now()
    after = clock.advance(3600, _REAL_SECONDS)
    assert after - before == pytest.approx(3600, abs=5)
    assert clock.now() == pytest.approx(after, abs=5)


def test_a_sleeper_wakes_at_its_moments_in_order() -> None:
    """Each sleeper sees the moment that it waits for, however far the clock is moved at once."""
    clock, seen = Clock(), []
    began = clock.now()

    def sleeper(period: int) -> Callable[[], None]:
        def run() -> None:
            for step in range(1, 4):
                clock.sleep_until(began + step * period)
                seen.append((round(clock.now() - began), period))

        return run

    for period in (600, 900):
        clock.start(f"every {period} s", sleeper(period))
    clock.advance(3600, _REAL_SECONDS)
    assert [at for at, _ in seen] == sorted(at for at, _ in seen)
    assert {(at, period) for at, period in seen if period == 600} == {(600, 600), (1200, 600), (1800, 600)}
    assert {at for at, period in seen if period == 900} == {900, 1800, 2700}


def test_it_stands_still_while_somebody_works() -> None:
    """Work that was begun before the jump, and work that falls due in it, are both over afterwards."""
    clock, done = Clock(), []
    moment = clock.now() + 60

    def work() -> None:
        time.sleep(0.1)
        done.append("before")
        clock.sleep_until(moment)
        time.sleep(0.1)
        done.append("due")

    clock.start("work", work)
    clock.advance(120, _REAL_SECONDS)
    assert done == ["before", "due"]


def test_work_that_doesnt_end_is_waited_for_no_longer_than_allowed() -> None:
    """The time-out names itself, and the clock works afterwards."""
    clock, release = Clock(), threading.Event()

    def stuck() -> None:
        release.wait(_REAL_SECONDS)

    clock.start("stuck", stuck)
    with pytest.raises(TimeoutError, match=r"did not end within 0 s"):
        clock.advance(60, 0.1)
    release.set()
    clock.advance(60, _REAL_SECONDS)


def test_work_that_fails_lets_the_clock_go_on(caplog: pytest.LogCaptureFixture) -> None:
    """The log has the error, and nobody waits for ever."""
    clock = Clock()

    def work() -> None:
        raise ValueError("broken")

    clock.start("work", work)
    clock.advance(10, _REAL_SECONDS)
    assert "work failed" in caplog.text
    assert "broken" in caplog.text


def test_a_sleeper_wakes_in_real_time_too() -> None:
    """Without anybody who advances the clock, the wall clock is enough."""
    clock, woken = Clock(), threading.Event()

    def nap() -> None:
        clock.sleep_until(clock.now() + 0.05)
        woken.set()

    with clock.working():
        clock.start("nap", nap)
        assert woken.wait(_REAL_SECONDS)


def test_the_request_moves_the_clock() -> None:
    """The answer is what the clock shows."""
    clock = Clock()
    answer = advance_clock(clock, b'{"advance_seconds": 7200}')
    assert answer.status == 200
    assert float(answer.body.removeprefix(b'{"now": ').removesuffix(b"}")) > time.time() + 7000


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "The body must be"),
        (b"[]", "The body must be"),
        (b'{"advance_seconds": "soon"}', "The body must be"),
        (b'{"advance_seconds": -1}', "must be from 0 to 604800, not -1"),
        (b'{"advance_seconds": 1e9}', "must be from 0 to 604800, not 1e+09"),
        (b'{"advance_seconds": NaN}', "must be from 0 to 604800, not nan"),
    ],
)
def test_a_wrong_request_is_refused(body: bytes, words: str) -> None:
    """The answer says what is allowed."""
    answer = advance_clock(Clock(), body)
    assert answer.status == 400
    assert words in answer.body.decode()
