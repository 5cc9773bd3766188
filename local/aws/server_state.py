"""What a running server says about itself in its state folder, for the client side to find and stop it."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

__all__ = ["STATE_FILE_NAME", "ServerState", "process_start_ticks", "read_server_state", "write_server_state"]

STATE_FILE_NAME = "server.json"
_START_TICKS_FIELD = 19
"""Field 22 of /proc/PID/stat, counted behind the command's closing parenthesis (proc_pid_stat(5))."""


@dataclass(frozen=True, slots=True)
class ServerState:
    """A server process.

    Attributes:
        pid: its process id.
        start_ticks: when it started, in clock ticks since boot: a recycled process id has another value.
        port: of the gateway.
        runtime_port: of the data plane.
    """

    pid: int
    start_ticks: int
    port: int
    runtime_port: int

    def is_alive(self) -> bool:
        """Whether this very process, not a later one of the same id, still runs."""
        return process_start_ticks(self.pid) == self.start_ticks


def process_start_ticks(pid: int) -> int | None:
    """Return when a process started, in clock ticks since boot; None if it is gone, or a zombie."""
    process = Path(f"/proc/{pid}")
    try:
        stat = (process / "stat").read_text(encoding="ascii", errors="replace")
        state, *fields = stat.rpartition(")")[2].split()
        # It is called one from its first thread's end on, and holds its ports until its last one's.
        ended = state == "Z" and len(list((process / "task").iterdir())) <= 1
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if ended else int(fields[_START_TICKS_FIELD - 1])


def write_server_state(folder: Path, state: ServerState) -> None:
    """Write ``state`` into ``folder``, atomically."""
    beside = folder / f".{STATE_FILE_NAME}.{os.getpid()}"
    beside.write_text(json.dumps(asdict(state)), encoding="utf-8")
    beside.replace(folder / STATE_FILE_NAME)


def read_server_state(folder: Path) -> ServerState | None:
    """Return what the server of ``folder`` said last; None if it said nothing that makes sense."""
    try:
        return ServerState(**json.loads((folder / STATE_FILE_NAME).read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError, TypeError):
        return None
