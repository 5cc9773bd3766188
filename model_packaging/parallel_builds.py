"""Runs builds side by side, each in a thread that waits for its worker process, within what a machine has."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from model_packaging.errors import PackagingError
from model_packaging.machine import Machine

__all__ = ["Build", "run_builds"]

T = TypeVar("T")
"""What a build gives."""


@dataclass(frozen=True, slots=True)
class Build(Generic[T]):
    """One build that may run beside others.

    Attributes:
        name: names it among them.
        needed_bytes: of memory, at most.
        after: those that it is made of.
        run: builds; it ends early with any exception when the event is set.
    """

    name: str
    needed_bytes: int
    after: frozenset[str]
    run: Callable[[threading.Event], T]


@dataclass(frozen=True, slots=True)
class _State(Generic[T]):
    """Builds by where they are; ``waiting`` is in the order in which they are to begin."""

    waiting: dict[str, Build[T]]
    running: dict[Future[T], Build[T]] = field(default_factory=dict)
    done: dict[str, T] = field(default_factory=dict)
    failed: dict[str, PackagingError] = field(default_factory=dict)


def run_builds(
    builds: Sequence[Build[T]], machine: Machine
) -> tuple[Mapping[str, T], Mapping[str, PackagingError]]:
    """Run ``builds`` and return what they gave and why others failed, by name, both in their order.

    As many run at a time as the machine has cores, and memory for; one runs in any case. A build begins after
    those that it is made of, and never where one of those failed: what is wrong is said there.

    Args:
        builds: in any order.
        machine: what they share.

    Raises:
        BaseException: what interrupted this thread, or a build's exception that is no PackagingError; every
            build has ended then.
    """
    state = _State({build.name: build for build in builds})
    cancelled = threading.Event()
    with ThreadPoolExecutor(max_workers=machine.cores, thread_name_prefix="build") as pool:
        try:
            while state.waiting or state.running:
                for build in tuple(_startable(state, machine)):
                    del state.waiting[build.name]
                    state.running[pool.submit(build.run, cancelled)] = build
                if not state.running:
                    break  # what waits is made of what failed
                finished, _ = wait(state.running, return_when=FIRST_COMPLETED)
                for future in finished:
                    _settle(state, future)
        except BaseException:
            cancelled.set()  # leaving the pool waits for its threads
            raise
    names = [build.name for build in builds]
    return (
        {name: state.done[name] for name in names if name in state.done},
        {name: state.failed[name] for name in names if name in state.failed},
    )


def _startable(state: _State[T], machine: Machine) -> Iterator[Build[T]]:
    """Yield the builds that can begin beside those that run."""
    count = len(state.running)
    used_bytes = sum(build.needed_bytes for build in state.running.values())
    for build in state.waiting.values():
        fits = count < machine.cores and used_bytes + build.needed_bytes <= machine.memory_bytes
        if build.after <= state.done.keys() and (fits or count == 0):
            count += 1
            used_bytes += build.needed_bytes
            yield build


def _settle(state: _State[T], future: Future[T]) -> None:
    build = state.running.pop(future)
    try:
        state.done[build.name] = future.result()
    except PackagingError as error:
        state.failed[build.name] = error
