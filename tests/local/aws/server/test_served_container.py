import logging
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from local.aws.server.served_container import RestartPolicy, ServedContainer
from local.triton.errors import TritonError, TritonStartError

_QUICK = RestartPolicy(most_restarts=3, first_pause_seconds=0.01, steady_seconds=60)
_WAIT_SECONDS = 10.0


@dataclass
class _Triton:
    """A process that dies when ``died`` is set."""

    pid: int
    died: threading.Event = field(default_factory=threading.Event)
    stopped_after_seconds: list[float] = field(default_factory=list)
    stop_error: TritonError | None = None

    @property
    def http_port(self) -> int:
        return 1000 + self.pid

    def wait_dead(self, timeout_seconds: float) -> bool:
        return self.died.wait(min(timeout_seconds, _WAIT_SECONDS))

    def stop(self, timeout_seconds: float) -> None:
        self.stopped_after_seconds.append(timeout_seconds)
        self.died.set()
        if self.stop_error is not None:
            raise self.stop_error


@dataclass
class _Starts:
    """Starts processes 2, 3, ...: each start waits for the gate, and fails with the error that is set."""

    started: list[_Triton] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)
    gate: threading.Event = field(default_factory=threading.Event)
    error: Exception | None = None

    def __post_init__(self) -> None:
        self.gate.set()

    def __call__(self, restarts: int) -> _Triton:
        self.counts.append(restarts)
        assert self.gate.wait(_WAIT_SECONDS)
        if self.error is not None:
            raise self.error
        self.started.append(_Triton(pid=restarts + 1))
        return self.started[-1]


@pytest.fixture
def starts() -> _Starts:
    return _Starts()


@pytest.fixture
def triton() -> _Triton:
    return _Triton(pid=1)


@pytest.fixture
def container(triton: _Triton, starts: _Starts) -> Iterator[ServedContainer]:
    made = ServedContainer("endpoint e, variant v", triton, starts, _QUICK)
    yield made
    made.stop(0)


def _wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _WAIT_SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.002)


def test_a_container_is_its_process(container: ServedContainer, triton: _Triton) -> None:
    """Port and process are those of the Triton that was given; nothing is started."""
    assert (container.pid, container.http_port) == (triton.pid, triton.http_port)


def test_a_server_that_dies_is_replaced(
    container: ServedContainer, triton: _Triton, starts: _Starts, caplog: pytest.LogCaptureFixture
) -> None:
    """Another process answers on its own port, the dead one is cleared up, and the log tells both."""
    with caplog.at_level(logging.WARNING):
        triton.died.set()
        _wait_for(lambda: container.pid == 2)
        _wait_for(lambda: len(caplog.messages) == 2)
    assert container.http_port == 1002
    assert starts.counts == [1]
    assert triton.stopped_after_seconds == [0]
    assert caplog.messages == [
        "endpoint e, variant v: Triton (process 1) died",
        "endpoint e, variant v: Triton was started again (process 2)",
    ]


def test_a_container_that_is_down_has_no_port(
    container: ServedContainer, triton: _Triton, starts: _Starts
) -> None:
    """Between a death and the next process there is neither port nor process: others may take the port."""
    starts.gate.clear()
    triton.died.set()
    _wait_for(lambda: starts.counts == [1])
    assert (container.pid, container.http_port) == (None, None)
    starts.gate.set()


def test_a_server_that_dies_time_after_time_stays_down(
    container: ServedContainer, triton: _Triton, starts: _Starts, caplog: pytest.LogCaptureFixture
) -> None:
    """After three restarts in a row the fourth death is the last, and the log says so."""
    triton.died.set()
    for number in (1, 2, 3):
        _wait_for(lambda number=number: len(starts.started) == number)  # type: ignore[misc]  # the loop's value
        starts.started[-1].died.set()
    _wait_for(lambda: "endpoint e, variant v: Triton died too often: it stays down" in caplog.messages)
    assert starts.counts == [1, 2, 3]
    assert container.pid is None


@pytest.mark.parametrize("error", [TritonStartError("no luck", Path("log")), OSError("no luck")])
def test_a_start_that_fails_counts_as_a_restart(
    container: ServedContainer,
    triton: _Triton,
    starts: _Starts,
    caplog: pytest.LogCaptureFixture,
    error: Exception,
) -> None:
    """Starts that fail have the same end, and each tells why."""
    starts.error = error
    triton.died.set()
    _wait_for(lambda: "endpoint e, variant v: Triton died too often: it stays down" in caplog.messages)
    assert starts.counts == [1, 2, 3]
    assert (
        sum("can't be started again" in message and "no luck" in message for message in caplog.messages) == 3
    )
    assert container.http_port is None


def test_a_steady_triton_begins_a_new_row(triton: _Triton, starts: _Starts) -> None:
    """A Triton that served long enough has all its restarts before it."""
    policy = RestartPolicy(most_restarts=1, first_pause_seconds=0.01, steady_seconds=0)
    container = ServedContainer("e", triton, starts, policy)
    triton.died.set()
    for number in (1, 2, 3):
        _wait_for(lambda number=number: len(starts.started) == number)  # type: ignore[misc]  # the loop's value
        starts.started[-1].died.set()
    _wait_for(lambda: container.pid == 5)
    container.stop(0)


def test_pauses_grow(triton: _Triton, starts: _Starts) -> None:
    """Each pause is twice the last."""
    starts.error = OSError("no luck")
    policy = RestartPolicy(most_restarts=3, first_pause_seconds=0.05, steady_seconds=60)
    container = ServedContainer("e", triton, starts, policy)
    begin = time.monotonic()
    triton.died.set()
    _wait_for(lambda: starts.counts == [1, 2, 3])
    assert 0.35 <= time.monotonic() - begin < 2
    container.stop(0)
    # It logs to its end, which another test must not see.
    _wait_for(lambda: "watch e" not in {thread.name for thread in threading.enumerate()})


def test_a_stopped_container_is_not_started_again(
    container: ServedContainer, triton: _Triton, starts: _Starts, caplog: pytest.LogCaptureFixture
) -> None:
    """Stopping passes its time-out on, and the death that follows is nobody's surprise."""
    container.stop(5)
    assert triton.stopped_after_seconds == [5]
    assert container.http_port is None
    time.sleep(0.1)
    assert starts.counts == []
    assert caplog.messages == []


def test_a_container_that_is_stopped_while_it_starts_again_leaves_nothing(
    container: ServedContainer, triton: _Triton, starts: _Starts
) -> None:
    """The process that comes up too late is stopped, too."""
    starts.gate.clear()
    triton.died.set()
    _wait_for(lambda: starts.counts == [1])
    container.stop(0)
    starts.gate.set()
    _wait_for(lambda: len(starts.started) == 1 and starts.started[0].stopped_after_seconds == [0])
    assert container.pid is None


def test_a_dead_triton_that_cant_be_cleared_up_is_told_and_replaced(
    container: ServedContainer, triton: _Triton, caplog: pytest.LogCaptureFixture
) -> None:
    """What can't be cleared up doesn't keep the variant down."""
    triton.stop_error = TritonError("processes [7] don't end")
    triton.died.set()
    _wait_for(lambda: container.pid == 2)
    assert (
        "endpoint e, variant v: what it left can't be cleared up: processes [7] don't end" in caplog.messages
    )
