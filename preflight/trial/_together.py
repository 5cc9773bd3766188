"""Several trials at the same time, and none of them left over, whatever ends the run."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path

from model_packaging.machine import Machine
from preflight.trial._subject import Subject
from preflight.trial._trial import Trial
from preflight.trial.errors import TrialCancelledError
from preflight.trial.outcome import TrialOutcome

__all__ = ["run_trials", "trials_at_once"]

_LOOK_SECONDS = 0.1
"""How often the caller's own wish to give up is looked at."""

_SERVER_BYTES = 1 << 30
"""Triton, PyTorch in two instances of a model, and answers: 0.1 to 0.6 GB before any weights."""

_COPIES = 4
"""Of a model, as large as its artifact: unpacked in the page cache, and in memory for two instances."""


def run_trials(
    subjects: Sequence[Subject],
    project_root: Path,
    progress: Callable[[str, str], None],
    cancelled: threading.Event | None,
    load_timeout_seconds: float,
) -> tuple[TrialOutcome, ...]:
    """Try every subject, as many at a time as the machine has room for; return outcomes in their order.

    Args:
        subjects: what is tried.
        project_root: the folder with the servers' environments.
        progress: called with a model and what its trial does now, from any thread.
        cancelled: set by another thread to give up.
        load_timeout_seconds: how long each may take to load.

    Raises:
        TrialCancelledError: ``cancelled`` was set; nothing of the trials is left.
        TrialError: this machine can't run the servers; the other trials are given up.
    """
    stopped = threading.Event()
    trials = [
        Trial(each, project_root, load_timeout_seconds, _said_of(each, progress), stopped)
        for each in subjects
    ]
    workers = trials_at_once([each.size_bytes for each in subjects], Machine.here())
    pool = ThreadPoolExecutor(workers, thread_name_prefix="trial")
    try:
        futures = [pool.submit(trial.run) for trial in trials]
        _wait_for(futures, cancelled)
        return tuple(future.result() for future in futures)
    finally:
        # Ctrl-C, a wish to give up, or a trial that can't run: the others end now.
        stopped.set()
        pool.shutdown(wait=False, cancel_futures=True)
        for trial in trials:
            trial.interrupt()
        pool.shutdown(wait=True)


def _wait_for(futures: Sequence[Future[TrialOutcome]], cancelled: threading.Event | None) -> None:
    """Wait until all are done or one has failed.

    Raises:
        TrialCancelledError: ``cancelled`` was set.
        TrialError: a trial raised it.
    """
    waiting = set(futures)
    while waiting:
        done, waiting = wait(waiting, _LOOK_SECONDS, FIRST_COMPLETED)
        for future in done:
            future.result()
        if cancelled is not None and cancelled.is_set():
            raise TrialCancelledError("the trials were given up")


def _said_of(subject: Subject, progress: Callable[[str, str], None]) -> Callable[[str], None]:
    return lambda what: progress(subject.model, what)


def trials_at_once(sizes_bytes: Sequence[int], machine: Machine) -> int:
    """Return how many trials a machine has room for, one at least.

    Args:
        sizes_bytes: of the artifacts; the largest of them may come together.
        machine: its free memory and its cores.
    """
    needed_bytes = _SERVER_BYTES + _COPIES * max(sizes_bytes, default=0)
    return max(1, min(len(sizes_bytes), machine.cores, machine.memory_bytes // needed_bytes))
