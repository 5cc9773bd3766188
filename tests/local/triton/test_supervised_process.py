"""A process under supervision, whoever of its family is killed: what it has started goes with it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from local.triton import supervised_process
from local.triton._server_folders import sweep_server_folders
from local.triton._supervisor import MARK_VARIABLE
from local.triton.errors import SupervisorError
from local.triton.supervised_process import SupervisedProcess

pytestmark = pytest.mark.integration

BOUND_SECONDS = 5.0
SERVER = """
import pathlib, subprocess, sys, time
child = subprocess.Popen(["sleep", "600"], env={}, start_new_session=True)
pathlib.Path(sys.argv[1]).write_text(f"{child.pid}\\n")
time.sleep(600)
"""
"""A server whose child shows in no way whose it is: a session of its own, and no variables."""


@pytest.fixture
def servers_folder(tmp_path: Path) -> Path:
    return tmp_path / "servers"


@pytest.fixture
def process(servers_folder: Path, tmp_path: Path) -> Iterator[SupervisedProcess]:
    command = (sys.executable, "-c", SERVER, str(tmp_path / "child"))
    process = SupervisedProcess.start(
        servers_folder, lambda _: command, dict(os.environ), tmp_path / "server.log"
    )
    yield process
    process.stop(0)


@pytest.fixture
def family(process: SupervisedProcess, tmp_path: Path) -> list[int]:
    """The supervisor, what is between it and the server, the server and the server's child."""
    child = tmp_path / "child"
    assert within_bound(lambda: child.exists() and child.read_text().endswith("\n"))
    family = [int(child.read_text())]
    while family[0] != process._supervisor.pid:
        family.insert(0, parent_of(family[0]))
    assert process.pid in family
    return family


def parent_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def within_bound(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + BOUND_SECONDS
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.01)
    return condition()


def all_gone(family: list[int], servers_folder: Path) -> bool:
    return not any(map(is_alive, family)) and list(servers_folder.iterdir()) == []


@pytest.mark.parametrize("victim", ["supervisor", "runner", "server", "child"])
@pytest.mark.parametrize("kill", [os.kill, os.killpg])
def test_one_killed(
    family: list[int], servers_folder: Path, victim: str, kill: Callable[[int, int], None]
) -> None:
    """By itself or with its process group: nothing of the others stays, and nobody needs to ask for it."""
    pid = dict(zip(["supervisor", "runner", "server", "child"], family, strict=True))[victim]
    kill(pid if kill is os.kill else os.getpgid(pid), signal.SIGKILL)
    if victim == "child":
        assert all(map(is_alive, family[:-1])), "the server goes on without what it has started"
    else:
        assert within_bound(lambda: all_gone(family, servers_folder))


def test_the_supervisor_asked_to_end(family: list[int], servers_folder: Path) -> None:
    """SIGTERM, as of a machine that shuts down, ends all of it."""
    os.kill(family[0], signal.SIGTERM)
    assert within_bound(lambda: all_gone(family, servers_folder))


@pytest.mark.parametrize("with_supervisor", [True, False])
def test_the_starter_killed(servers_folder: Path, tmp_path: Path, *, with_supervisor: bool) -> None:
    """With its supervisor or not, and though a child that it forked keeps its pipe open: all of it ends."""
    starter_source = f"""
import os, sys, time
from pathlib import Path
from local.triton.supervised_process import SupervisedProcess
command = (sys.executable, "-c", {SERVER!r}, {str(tmp_path / "child")!r})
process = SupervisedProcess.start(
    Path({str(servers_folder)!r}), lambda _: command, dict(os.environ), Path({str(tmp_path / "log")!r})
)
forked = os.fork()
if forked:
    print(process._supervisor.pid, process.pid, forked, flush=True)
time.sleep(60)
"""
    child = tmp_path / "child"
    with subprocess.Popen([sys.executable, "-c", starter_source], stdout=subprocess.PIPE) as starter:
        assert starter.stdout is not None
        supervisor, server, forked = map(int, starter.stdout.readline().split())
        assert within_bound(lambda: child.exists() and child.read_text().endswith("\n"))
        family = [supervisor, parent_of(server), server, int(child.read_text())]
        if with_supervisor:
            os.kill(supervisor, signal.SIGKILL)
        starter.kill()
    try:
        assert within_bound(lambda: all_gone(family, servers_folder))
    finally:
        os.kill(forked, signal.SIGKILL)


@pytest.mark.parametrize("seconds", [0, 5])
def test_stopping_ends_all(
    process: SupervisedProcess, family: list[int], servers_folder: Path, seconds: int
) -> None:
    """Once ``stop`` has returned there is nothing to wait for; whoever stands between is gone, too."""
    process.stop(seconds)
    assert all_gone(family, servers_folder)


def test_stopping_ends_a_runner_that_hangs(
    process: SupervisedProcess, family: list[int], servers_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is waited for, within a bound; then the supervisor kills it with all that is below it."""
    monkeypatch.setattr(supervised_process, "_CLEAR_UP_SECONDS", 0.5)
    os.kill(family[1], signal.SIGSTOP)
    process.stop(0)
    assert all_gone(family, servers_folder)


def test_a_program_that_is_missing(servers_folder: Path, tmp_path: Path) -> None:
    """The start fails, and even its folder is gone."""
    with pytest.raises(SupervisorError, match="can't be started"):
        SupervisedProcess.start(
            servers_folder, lambda _: (str(tmp_path / "missing"),), dict(os.environ), tmp_path / "server.log"
        )
    assert list(servers_folder.iterdir()) == []


def test_a_sweep_takes_no_exit_status_of_ours(servers_folder: Path) -> None:
    """A caller's own processes are its own: sweeping up after a killed supervisor reaps none of them."""
    (servers_folder / "leftover").mkdir(parents=True)
    marked = {**os.environ, MARK_VARIABLE: "leftover"}
    with subprocess.Popen(["sleep", "600"], env=marked) as left, subprocess.Popen(["false"]) as own:
        os.waitid(os.P_PID, own.pid, os.WEXITED | os.WNOWAIT)
        sweep_server_folders(servers_folder)
        assert own.wait(BOUND_SECONDS) == 1
        assert left.wait(BOUND_SECONDS) == -signal.SIGKILL
    assert list(servers_folder.iterdir()) == []
