"""Starts a worker process, waits for its answer, and never leaves it behind."""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

from model_packaging.errors import PackError, WorkerError
from model_packaging.lifeline import lifeline
from model_packaging.worker.protocol import CANT_WRITE, WorkerFolder, WorkerRequest

__all__ = ["TORCH_THREADS", "WORKER_TIMEOUT_SECONDS", "run_worker"]

WORKER_TIMEOUT_SECONDS = 3600.0
"""The longest an export may take: minutes for large models, so an hour means that it hangs."""

TORCH_THREADS = 2
"""Of every worker on every machine: how many parts torch sums a large tensor in decides the last bits of the
result, and so of recorded answers, and of weights that a factory normalises."""

_TORCH_WRITER = "inline_container.cc"
"""The source of torch's file writer, which its abort names."""

_FULL_BELOW_BYTES = 16 << 20
"""A disk with less room counts as full: the log that would say so may not have fitted either."""

_POLL_SECONDS = 0.1

_SEATRIAL_ROOT = Path(__file__).parents[2]


def run_worker(
    request: WorkerRequest,
    folder: WorkerFolder,
    timeout_seconds: float = WORKER_TIMEOUT_SECONDS,
    cancelled: threading.Event | None = None,
) -> None:
    """Let a worker do ``request`` in ``folder``.

    Args:
        request: what to do.
        folder: where the worker finds and leaves its files.
        timeout_seconds: the longest it may take.
        cancelled: set by another thread to end the worker.

    Raises:
        PackagingError: what the worker found wrong.
        PackError: it can't write its files.
        WorkerError: it died, ended without an answer, was cancelled, or took longer than ``timeout_seconds``.
    """
    folder.write_request(request)
    with folder.log.open("wb") as log, lifeline() as line:
        process = subprocess.Popen(
            [sys.executable, "-m", "model_packaging.worker", str(folder.path), str(line)],
            stdin=subprocess.DEVNULL,
            pass_fds=(line,),
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=request.project_root,
            env=_environment(request.project_root),
        )
        with process:
            try:
                code = _wait(process, timeout_seconds, cancelled or threading.Event())
            finally:
                process.kill()
    if code == CANT_WRITE or (code == -signal.SIGABRT and _torch_could_not_write(folder)):
        free_bytes = shutil.disk_usage(folder.path).free
        raise PackError(
            f"the model can't be written to {folder.path.parent} ({free_bytes / 1e6:.0f} MB are free there).",
            "free space there.",
        )
    if code:
        raise WorkerError(f"the process that ran its factory {_ending(code, folder)}.", _what_to_do(code))
    folder.check_answer()


def _wait(process: "subprocess.Popen[bytes]", timeout_seconds: float, cancelled: threading.Event) -> int:
    deadline = time.monotonic() + timeout_seconds
    while not cancelled.is_set():
        try:
            return process.wait(_POLL_SECONDS)
        except subprocess.TimeoutExpired:
            if time.monotonic() > deadline:
                raise WorkerError(
                    f"its factory or export took longer than {timeout_seconds:.0f} s.",
                    "look for what hangs in the factory, its samples or its module.",
                ) from None
    raise WorkerError("its worker was cancelled.", "run the command again.")


def _environment(project_root: Path) -> dict[str, str]:
    """Return the worker's environment: the project's modules first, and nothing that varies by run."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONSAFEPATH"}
    environment["PYTHONPATH"] = os.pathsep.join((str(project_root), str(_SEATRIAL_ROOT)))
    environment["PYTHONHASHSEED"] = "0"
    # torch's threads spin while they wait, which halves the speed of two builds on two busy cores.
    environment.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    environment["OMP_NUM_THREADS"] = environment["MKL_NUM_THREADS"] = str(TORCH_THREADS)
    return environment


def _ending(code: int, folder: WorkerFolder) -> str:
    lines = folder.log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    last = f"; its last line was {lines[-1]!r}" if lines else ""
    ending = f"was killed by {signal.Signals(-code).name}" if code < 0 else f"exited with {code}"
    return ending + last


def _torch_could_not_write(folder: WorkerFolder) -> bool:
    """Whether an abort was torch's writer at a full disk: it aborts where it can't finish its file."""
    log = folder.log.read_text(encoding="utf-8", errors="replace")
    return _TORCH_WRITER in log or shutil.disk_usage(folder.path).free < _FULL_BELOW_BYTES


def _what_to_do(code: int) -> str:
    if -code == signal.SIGKILL:
        return "free memory: the system kills a process when there is none left."
    return "run the factory by itself to see where it ends."
