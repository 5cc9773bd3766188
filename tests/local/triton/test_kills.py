"""Hundreds of kills, at any moment of a server's life: never a process or shared memory left."""

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from local.triton import TritonRuntime
from local.triton._marked_processes import marked_processes
from local.triton._server_folders import sweep_server_folders
from local.triton._supervisor import shared_memory_prefix

pytestmark = [pytest.mark.integration, pytest.mark.soak]

ROUNDS = 200
BOUND_SECONDS = 10.0
STARTER = """
import sys, time
from pathlib import Path
from local.triton import TritonRuntime, TritonServer
root, repository, log = map(Path, sys.argv[1:])
with TritonServer.start(
    TritonRuntime.locate(root), repository, models=["echo"], startup_timeout_seconds=30, log_path=log,
    extra_arguments=("--disable-auto-complete-config",),
):
    time.sleep(60)
"""


def descendants(pid: int) -> list[int]:
    found = []
    for process in Path("/proc").iterdir():
        if process.name.isdecimal():
            try:
                parent = int((process / "stat").read_text().rpartition(")")[2].split()[1])
            except (OSError, IndexError):
                continue
            if parent == pid:
                found += [int(process.name), *descendants(int(process.name))]
    return found


def is_alive(pid: int) -> bool:
    try:
        return (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def alive(family: list[int], servers: set[str]) -> list[int]:
    """Return who of the family lives; once it is gone, who was born too late to be seen in it."""
    seen = [pid for pid in family if is_alive(pid)]
    return seen or [pid for server_id in servers for pid in marked_processes(server_id)]


def swept(servers_folder: Path) -> list[Path]:
    """Sweep up, as the next start does; return what is held by a supervisor."""
    sweep_server_folders(servers_folder)
    return list(servers_folder.iterdir())


def test_kills_at_any_moment(
    project_root: Path, runtime: TritonRuntime, small_repository: Path, tmp_path: Path
) -> None:
    """The starter, its supervisor, the runner, the server or a stub, within about a second of the start."""
    runtime.servers_folder.mkdir(exist_ok=True)
    chance = random.Random(7)  # noqa: S311 - which process is killed when, not a secret
    shared_memory = Path("/dev/shm")  # noqa: S108 - not a temporary file: where Linux has POSIX shared memory
    servers: set[str] = set()
    for number in range(ROUNDS):
        arguments = [str(project_root), str(small_repository), str(tmp_path / "triton.log")]
        with subprocess.Popen(
            [sys.executable, "-c", STARTER, *arguments], stderr=subprocess.DEVNULL
        ) as starter:
            time.sleep(chance.uniform(0, 1.2))
            family = [starter.pid, *descendants(starter.pid)]
            round_servers = {path.name for path in runtime.servers_folder.iterdir()}
            victim = chance.choice(family)
            with contextlib.suppress(ProcessLookupError):  # it has ended by itself
                os.kill(victim, signal.SIGKILL)
            time.sleep(chance.uniform(0, 0.1))
            family = sorted({*family, *descendants(starter.pid)})
            starter.kill()
        round_servers |= {path.name for path in runtime.servers_folder.iterdir()}
        servers |= round_servers
        deadline = time.monotonic() + BOUND_SECONDS
        while (left := alive(family, round_servers)) and time.monotonic() < deadline:
            time.sleep(0.02)
        assert not left, f"round {number}: {victim} of {family} killed, {left} left"
        # A supervisor that was born too late to be seen in the family still clears up, and holds its folder.
        while (folders := swept(runtime.servers_folder)) and time.monotonic() < deadline:
            time.sleep(0.02)
        assert folders == [], f"round {number}"
        assert alive([], round_servers) == [], f"round {number}"
        memory = [
            str(path) for name in servers for path in shared_memory.glob(f"{shared_memory_prefix(name)}*")
        ]
        assert memory == [], f"round {number}"
