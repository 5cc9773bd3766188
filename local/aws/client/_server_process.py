"""The server's process: started in the background, ended with everything that it runs."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from local.aws.client._state_files import writing
from local.aws.client.errors import LocalAwsError, LocalAwsStartError
from local.aws.server_state import ServerState

__all__ = ["end_server", "end_started_server", "last_words", "start_server"]

_STOP_SECONDS = 30.0
_KILL_SECONDS = 5.0
_POLL_SECONDS = 0.05
_FULL_BELOW_BYTES = 1 << 20
"""A disk with less room counts as full: the log that would say so may not have fitted either."""


def start_server(
    python: Path,
    project_root: Path,
    state_dir: Path,
    log_path: Path,
    *,
    port: int,
    runtime_port: int,
    as_of: int | None = None,
) -> subprocess.Popen[bytes]:
    """Start the server, detached from this process's terminal; what it says goes to ``log_path``.

    Raises:
        LocalAwsStartError: the log can't be written, or ``python`` can't be run.
    """
    command = [
        *(str(python), "-m", "local.aws.server"),
        *("--state", str(state_dir), "--project-root", str(project_root)),
        *("--port", str(port), "--runtime-port", str(runtime_port)),
        *(("--as-of", str(as_of)) if as_of is not None else ()),
    ]
    with writing(log_path):
        log = log_path.open("wb")
    try:
        with log:
            return subprocess.Popen(
                command,
                cwd=project_root,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
    except OSError as error:
        raise LocalAwsStartError(
            f"{python} can't be run ({error.strerror or error}): run `make setup` again"
        ) from error


def last_words(log_path: Path) -> str:
    """Return the last line of a server that has ended, or what is known of its silence."""
    lines = log_path.read_text(encoding="utf-8", errors="replace").split("\n")
    for line in reversed(lines):
        if line.strip():
            return line
    free_bytes = shutil.disk_usage(log_path.parent).free
    if free_bytes < _FULL_BELOW_BYTES:
        return (
            f"it said nothing, and the disk of {log_path.parent} is full ({free_bytes} bytes are free): make "
            "room there"
        )
    return "it said nothing"


def end_started_server(process: subprocess.Popen[bytes]) -> None:
    """End a server that this process has started, by force where it doesn't end by itself."""
    process.terminate()
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def end_server(state: ServerState) -> None:
    """End a server that another process has started, by force where it doesn't end by itself.

    Raises:
        LocalAwsError: it can't be ended.
    """
    for number, seconds in ((signal.SIGTERM, _STOP_SECONDS), (signal.SIGKILL, _KILL_SECONDS)):
        try:
            os.kill(state.pid, number)
        except ProcessLookupError:
            return
        except PermissionError:
            break
        if _wait_for(lambda: not state.is_alive(), seconds):
            return
    raise LocalAwsError(f"process {state.pid}, the laptop's AWS, can't be stopped")


def _wait_for(condition: Callable[[], bool], timeout_seconds: float) -> bool:
    deadline = time.monotonic() + timeout_seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(_POLL_SECONDS)
    return condition()
