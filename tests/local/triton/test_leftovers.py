"""Whatever of a running server is killed with SIGKILL, no process, shared memory or folder of it stays."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from local.triton import TritonRuntime, TritonServer
from local.triton._marked_processes import marked_processes
from local.triton._server_folders import sweep_server_folders
from local.triton._supervisor import MARK_VARIABLE, shared_memory_prefix

pytestmark = pytest.mark.integration

BOUND_SECONDS = 5.0
STUB_NAMES = {"bash", "triton_python_backend_stub"[:15]}  # Triton starts it by a shell; the kernel cuts names
STARTER = """
import json, sys, time
from pathlib import Path
from local.triton import TritonRuntime, TritonServer
root, repository, log = map(Path, sys.argv[1:])
server = TritonServer.start(
    TritonRuntime.locate(root), repository, models=["echo"], startup_timeout_seconds=30, log_path=log,
    extra_arguments=("--disable-auto-complete-config",),
)
print(json.dumps({"pid": server.pid, "port": server.http_port}), flush=True)
time.sleep(60)
"""


@pytest.fixture
def server(runtime: TritonRuntime, small_repository: Path, tmp_path: Path) -> Iterator[TritonServer]:
    server = TritonServer.start(
        runtime,
        small_repository,
        models=["echo"],
        startup_timeout_seconds=30,
        log_path=tmp_path / "triton.log",
        extra_arguments=("--disable-auto-complete-config",),
    )
    yield server
    server.stop(0)


def server_id_of(pid: int) -> str:
    variables = dict(
        entry.split("=", 1) for entry in Path(f"/proc/{pid}/environ").read_text().split("\0") if "=" in entry
    )
    return variables[MARK_VARIABLE]


def shared_memory_of(server_id: str) -> list[Path]:
    return list(Path("/dev/shm").glob(f"{shared_memory_prefix(server_id)}*"))  # noqa: S108 - no temporary file


def within_bound(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + BOUND_SECONDS
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    return condition()


def children(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for task in tasks for child in task.read_text().split()]


def new_stub(servers_folder: Path) -> tuple[str, int]:
    """Wait until the newest server has a stub, be it still the shell that becomes one; return both."""
    deadline = time.monotonic() + BOUND_SECONDS
    while time.monotonic() < deadline:
        for server_id in [path.name for path in servers_folder.glob("*")]:
            for pid in marked_processes(server_id):
                with contextlib.suppress(OSError):  # ended meanwhile
                    if Path(f"/proc/{pid}/comm").read_text().strip() in STUB_NAMES:
                        return server_id, pid
    raise TimeoutError("no stub appears")


def nothing_left(server_id: str, runtime: TritonRuntime) -> bool:
    return not (
        list(marked_processes(server_id))
        or shared_memory_of(server_id)
        or (runtime.servers_folder / server_id).exists()
    )


def test_the_server_killed(server: TritonServer, runtime: TritonRuntime) -> None:
    """The supervisor sees it, and clears up by itself."""
    server_id = server_id_of(server.pid)
    assert shared_memory_of(server_id)
    os.kill(server.pid, signal.SIGKILL)
    assert server.wait_dead(BOUND_SECONDS)
    assert within_bound(lambda: nothing_left(server_id, runtime))


def test_the_starter_killed(
    project_root: Path, runtime: TritonRuntime, small_repository: Path, tmp_path: Path
) -> None:
    """The pipe to the supervisor closes with its starter, and it clears up."""
    arguments = [str(project_root), str(small_repository), str(tmp_path / "triton.log")]
    with subprocess.Popen([sys.executable, "-c", STARTER, *arguments], stdout=subprocess.PIPE) as starter:
        assert starter.stdout is not None
        server_id = server_id_of(json.loads(starter.stdout.readline())["pid"])
        starter.kill()
    assert within_bound(lambda: nothing_left(server_id, runtime))


def test_the_supervisor_killed(server: TritonServer, runtime: TritonRuntime) -> None:
    """Its child, the runner, sees it, and clears up."""
    server_id = server_id_of(server.pid)
    server._process._supervisor.kill()
    assert server.wait_dead(BOUND_SECONDS)
    assert within_bound(lambda: nothing_left(server_id, runtime))


def test_the_runner_killed(server: TritonServer, runtime: TritonRuntime) -> None:
    """The supervisor sees it, and clears up."""
    server_id = server_id_of(server.pid)
    (runner,) = children(server._process._supervisor.pid)
    os.kill(runner, signal.SIGKILL)
    assert server.wait_dead(BOUND_SECONDS)
    assert within_bound(lambda: nothing_left(server_id, runtime))


def test_supervisor_and_runner_killed(server: TritonServer, runtime: TritonRuntime) -> None:
    """The kernel kills the server, its stubs end, and the next sweep, as of any start, removes the rest."""
    server_id = server_id_of(server.pid)
    supervisor = server._process._supervisor.pid
    (runner,) = children(supervisor)
    for pid in (supervisor, runner):
        os.kill(pid, signal.SIGSTOP)  # so that neither acts on the other's end
    for pid in (supervisor, runner):
        os.kill(pid, signal.SIGKILL)
    assert server.wait_dead(BOUND_SECONDS)
    assert within_bound(lambda: not list(marked_processes(server_id)))
    sweep_server_folders(runtime.servers_folder)
    assert nothing_left(server_id, runtime)


@pytest.mark.parametrize("delay_seconds", [None, 0, 0.005, 0.01, 0.015, 0.02, 0.025, 0.03, 0.04])
def test_supervisor_and_starter_killed_as_a_stub_starts(
    project_root: Path,
    runtime: TritonRuntime,
    small_repository: Path,
    tmp_path: Path,
    delay_seconds: float | None,
) -> None:
    """A stub that is too young to see its server's end goes, too; so does one that can't (None: stopped)."""
    sweep_server_folders(runtime.servers_folder)
    arguments = [str(project_root), str(small_repository), str(tmp_path / "triton.log")]
    with subprocess.Popen(
        [sys.executable, "-c", STARTER, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as starter:
        server_id, stub = new_stub(runtime.servers_folder)
        if delay_seconds is None:
            os.kill(stub, signal.SIGSTOP)
        else:
            time.sleep(delay_seconds)
        (supervisor,) = children(starter.pid)
        os.kill(supervisor, signal.SIGKILL)
        starter.kill()
    try:
        assert within_bound(lambda: nothing_left(server_id, runtime))
    finally:
        sweep_server_folders(runtime.servers_folder)


def test_the_supervisor_killed_then_stopped(server: TritonServer, runtime: TritonRuntime) -> None:
    """``stop`` clears up itself what its supervisor can't any more."""
    server_id = server_id_of(server.pid)
    server._process._supervisor.kill()
    server.stop(0)
    assert nothing_left(server_id, runtime)


def test_a_stub_killed(server: TritonServer, runtime: TritonRuntime, asking: Callable[..., Any]) -> None:
    """Triton goes on answering, if only with an error, and stopping leaves nothing."""
    server_id = server_id_of(server.pid)
    (stub,) = [pid for pid in marked_processes(server_id) if pid != server.pid]
    os.kill(stub, signal.SIGKILL)
    assert asking(server.http_port, "GET", "/v2/health/live").status == 200
    server.stop(0)
    assert nothing_left(server_id, runtime)


def test_a_running_server_is_not_swept(server: TritonServer, runtime: TritonRuntime) -> None:
    """Another start's sweep leaves alone what a supervisor holds."""
    sweep_server_folders(runtime.servers_folder)
    assert server.is_alive()
    assert (runtime.servers_folder / server_id_of(server.pid)).exists()
