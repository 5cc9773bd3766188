"""Runs TorchScript and ONNX made elsewhere, in a process of its own that can do little else.

The process has an empty environment and folder, a bounded address space, time and answer; it writes into no
file, dumps no core, and ends with its parent. Where the kernel offers it (Linux 5.13 and later, unless a
container forbids it) it also has no network and reads nothing but Python, torch and the model: the answer
says which of these held. What it answers is checked as any foreign data is. It is no virtual machine: a hole
in the kernel, or in torch where the kernel offers less, leads out of it.
"""

import os
import selectors
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from model_packaging.errors import SandboxError
from model_packaging.lifeline import lifeline
from model_packaging.untrusted._sandbox_answer import (
    Array,
    SandboxAnswer,
    SandboxedRun,
    SandboxLimits,
    died,
    parsed,
    too_long,
    too_slow,
)
from model_packaging.untrusted.torchscript_scan import scan_torchscript

__all__ = ["SandboxAnswer", "SandboxLimits", "SandboxedRun", "run_onnx", "run_torchscript"]

_SEATRIAL_ROOT = Path(__file__).parents[2]
_READ_BYTES = 1 << 20
_POLL_SECONDS = 0.1
_MAX_HEADER_BYTES = 16 << 20
_ENDING_SECONDS = 30.0
"""Between the end of the answer and that of the process."""


def run_torchscript(
    path: Path,
    shown: str,
    inputs: Sequence[Sequence[Array]] = (),
    limits: SandboxLimits | None = None,
    cancelled: threading.Event | None = None,
) -> SandboxAnswer:
    """Scan ``path``, load it in a process of its own, and call it once with each of ``inputs``.

    Args:
        path: the TorchScript file.
        shown: how errors name it.
        inputs: for each call the arrays in ``forward``'s order.
        limits: what the process may use; by the file's size where not given.
        cancelled: set by another thread to end it.

    Raises:
        TorchScriptError: the scan refused it; it was not loaded.
        SandboxError: it can't be loaded, or its process died or passed a limit.
    """
    scan_torchscript(path, shown)
    return _run(path, shown, inputs, limits, cancelled)


def run_onnx(
    path: Path,
    shown: str,
    inputs: Sequence[Sequence[Array]] = (),
    limits: SandboxLimits | None = None,
    cancelled: threading.Event | None = None,
) -> SandboxAnswer:
    """Load the ONNX file ``path`` in a process of its own, and call it once with each of ``inputs``.

    Args:
        path: its name ends in ``.onnx``; files beside it can't be read.
        shown: how errors name it.
        inputs: for each call the arrays in the order of the graph's inputs.
        limits: what the process may use; by the file's size where not given.
        cancelled: set by another thread to end it.

    Raises:
        SandboxError: it can't be loaded, or its process died or passed a limit.
    """
    return _run(path, shown, inputs, limits, cancelled)


def _run(
    path: Path,
    shown: str,
    inputs: Sequence[Sequence[Array]],
    limits: SandboxLimits | None,
    cancelled: threading.Event | None,
) -> SandboxAnswer:
    limits = limits or SandboxLimits.for_file(path)
    with tempfile.TemporaryDirectory(prefix="seatrial-sandbox-") as folder, lifeline() as line:
        file = Path(folder) / "inputs.npz"
        rows = enumerate(inputs)
        arrays = {f"{run}/{position}": each for run, row in rows for position, each in enumerate(row)}
        np.savez(file, allow_pickle=False, **arrays)
        command = [
            "-m",
            "model_packaging.untrusted._sandbox_child",
            str(path.resolve()),
            str(file),
            str(line),
        ]
        process = subprocess.Popen(
            [sys.executable, *command, str(limits.memory_bytes), str(limits.cpu_seconds)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            pass_fds=(line,),
            cwd=folder,
            env=_ENVIRONMENT,
        )
        with process:
            try:
                content = _read(process, shown, limits, cancelled or threading.Event())
                code = process.wait(_ENDING_SECONDS)
            except subprocess.TimeoutExpired as error:
                raise SandboxError(
                    f"{shown}: its process answered and did not end.", "look for what hangs in it."
                ) from error
            finally:
                process.kill()
    if code:
        raise died(shown, code, limits)
    return parsed(content, shown, limits, len(inputs))


_ENVIRONMENT = {
    "PYTHONPATH": str(_SEATRIAL_ROOT),
    "PYTHONSAFEPATH": "1",
    "PYTHONNOUSERSITE": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}
"""Nothing of the user's: no credentials, no proxy. One thread: Landlock confines none that were there
before."""


def _read(
    process: "subprocess.Popen[bytes]", shown: str, limits: SandboxLimits, cancelled: threading.Event
) -> bytes:
    """Return everything that the process answers."""
    assert process.stdout is not None  # noqa: S101 - for the type checker: it is a pipe
    deadline = time.monotonic() + limits.wall_seconds
    content = bytearray()
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while True:
            if cancelled.is_set():
                raise SandboxError(f"{shown}: its process was cancelled.", "run the command again.")
            if time.monotonic() > deadline:
                raise too_slow(shown, limits.wall_seconds)
            if not selector.select(_POLL_SECONDS):
                continue
            piece = os.read(process.stdout.fileno(), _READ_BYTES)
            if not piece:
                return bytes(content)
            content += piece
            if len(content) > limits.answer_bytes + _MAX_HEADER_BYTES:
                raise too_long(shown, limits)
