"""Builds run side by side within cores and memory, after what they are made of, and end together."""

import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model_packaging.errors import PackagingError
from model_packaging.machine import Machine
from model_packaging.parallel_builds import Build, run_builds


class Watched:
    """Counts how many builds run at a time, and notes what began after what."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.running: dict[str, int] = {}
        self.most = 0
        self.most_bytes = 0
        self.ended: list[str] = []

    def build(
        self, name: str, needed_bytes: int = 1, after: tuple[str, ...] = (), error: Exception | None = None
    ) -> Build[str]:
        def run(_cancelled: threading.Event) -> str:
            with self.lock:
                assert set(after) <= set(self.ended)
                self.running[name] = needed_bytes
                self.most = max(self.most, len(self.running))
                self.most_bytes = max(self.most_bytes, sum(self.running.values()))
            time.sleep(0.01)
            with self.lock:
                del self.running[name]
                self.ended.append(name)
            if error is not None:
                raise error
            return f"built {name}"

        return Build(name, needed_bytes, frozenset(after), run)


def test_as_many_run_as_there_are_cores() -> None:
    """No more, and not one after the other."""
    watched = Watched()
    done, failed = run_builds([watched.build(str(index)) for index in range(6)], Machine(3, 100))
    assert watched.most == 3
    assert list(done.items()) == [(str(index), f"built {index}") for index in range(6)]
    assert failed == {}


def test_no_more_run_than_memory_is_there_for() -> None:
    """Whatever the cores; a small one goes ahead of a large one that does not fit yet."""
    watched = Watched()
    builds = [watched.build("a", 6), watched.build("b", 6), watched.build("c", 4)]
    run_builds(builds, Machine(8, 10))
    assert watched.most_bytes == 10
    assert watched.ended.index("c") < watched.ended.index("b")


def test_one_runs_in_any_case() -> None:
    """The need is an estimate; the machine says itself when it is too small."""
    watched = Watched()
    done, _ = run_builds([watched.build("a", 1000), watched.build("b", 1000)], Machine(8, 10))
    assert (watched.most, len(done)) == (1, 2)


def test_members_are_built_before_what_is_made_of_them() -> None:
    """Whatever the order they are given in; results keep it."""
    watched = Watched()
    builds = [
        watched.build("top", after=("middle", "leaf")),
        watched.build("middle", after=("leaf",)),
        watched.build("leaf"),
        watched.build("other"),
    ]
    done, _ = run_builds(builds, Machine(4, 100))
    assert list(done) == ["top", "middle", "leaf", "other"]
    assert [name for name in watched.ended if name != "other"] == ["leaf", "middle", "top"]


def test_what_is_made_of_a_failed_one_is_left_out() -> None:
    """Its error is told once; the others are built, and every error is kept."""
    watched = Watched()
    builds = [
        watched.build("top", after=("middle",)),
        watched.build("middle", after=("leaf",)),
        watched.build("leaf", error=PackagingError("no leaf", "plant one")),
        watched.build("alone", error=PackagingError("alone", "find a friend")),
        watched.build("fine"),
    ]
    done, failed = run_builds(builds, Machine(2, 100))
    assert list(done) == ["fine"]
    assert {name: error.cause for name, error in failed.items()} == {"leaf": "no leaf", "alone": "alone"}
    assert list(failed) == ["leaf", "alone"]


def waits_until_cancelled(ended: list[str], name: str) -> Callable[[threading.Event], str]:
    def run(cancelled: threading.Event) -> str:
        assert cancelled.wait(30)
        ended.append(name)
        raise PackagingError("cancelled", "again")

    return run


def test_a_bug_in_one_ends_all() -> None:
    """And comes out as it is."""
    ended: list[str] = []

    def broken(_: threading.Event) -> str:
        raise ZeroDivisionError

    builds = [
        Build("a", 1, frozenset(), waits_until_cancelled(ended, "a")),
        Build("b", 1, frozenset(), broken),
        Build("c", 1, frozenset(), waits_until_cancelled(ended, "c")),
    ]
    with pytest.raises(ZeroDivisionError):
        run_builds(builds, Machine(2, 100))
    assert ended == ["a"]


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Python's own handler of Ctrl-C, which it lacks where a shell started it in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
def test_an_interrupt_ends_all() -> None:
    """Ctrl-C reaches the thread that waits; when it comes out, every build has ended."""
    ended: list[str] = []
    builds = [Build(name, 1, frozenset(), waits_until_cancelled(ended, name)) for name in ("a", "b", "never")]
    main = threading.main_thread().ident or 0
    threading.Timer(0.2, signal.pthread_kill, (main, signal.SIGINT)).start()
    with pytest.raises(KeyboardInterrupt):
        run_builds(builds, Machine(2, 100))
    assert sorted(ended) == ["a", "b"]


def test_no_builds_are_no_trouble() -> None:
    """A deployment file may have no model."""
    assert run_builds([], Machine(1, 0)) == ({}, {})


@settings(max_examples=40, deadline=None)  # builds sleep, and a busy machine wakes them late
@given(
    needs=st.lists(st.tuples(st.integers(0, 12), st.sets(st.integers(0, 5))), max_size=6),
    failing=st.sets(st.integers(0, 5)),
    cores=st.integers(1, 4),
)
def test_any_graph_ends(needs: list[tuple[int, set[int]]], failing: set[int], cores: int) -> None:
    """Every build is done, failed or made of one that failed; cores and memory hold throughout."""
    watched = Watched()
    after = {index: {each for each in those if each < index} for index, (_, those) in enumerate(needs)}
    builds = [
        watched.build(
            str(index),
            size,
            tuple(map(str, after[index])),
            PackagingError("cause", "fix") if index in failing else None,
        )
        for index, (size, _) in enumerate(needs)
    ]
    done, failed = run_builds(builds, Machine(cores, 10))
    assert watched.most <= cores
    assert watched.most_bytes <= max([10, *(size for size, _ in needs)])
    assert left_out(after, failing) == {int(b.name) for b in builds} - set(map(int, [*done, *failed]))
    assert set(map(int, failed)) == (failing & after.keys()) - left_out(after, failing)


def left_out(after: Mapping[int, set[int]], failing: set[int]) -> set[int]:
    found: set[int] = set()
    for index in sorted(after):
        if after[index] & (failing | found):
            found.add(index)
    return found
