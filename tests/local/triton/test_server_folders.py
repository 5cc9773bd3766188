import os
import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from local.triton import TritonError, _marked_processes, _server_folders
from local.triton._marked_processes import kill_marked_processes
from local.triton._ports import reserve_port
from local.triton._server_folders import make_server_folder, sweep_server_folders
from local.triton._supervisor import (
    MARK_VARIABLE,
    SupervisorSettings,
    remove_shared_memory,
    shared_memory_prefix,
)


@pytest.fixture
def marked() -> object:
    """``(server id) -> process`` that carries its mark and would sleep for a minute."""
    processes = []

    def start(server_id: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-c", "import time; time.sleep(60)"]
        processes.append(subprocess.Popen(command, env={**os.environ, MARK_VARIABLE: server_id}))
        return processes[-1]

    yield start
    for process in processes:
        process.kill()
        process.wait()


def shared_memory(server_id: str) -> Path:
    path = Path(f"/dev/shm/{shared_memory_prefix(server_id)}test")  # noqa: S108 - no temporary file
    path.touch()
    return path


def test_a_locked_folder_outlives_a_sweep_and_an_unlocked_one_does_not(
    tmp_path: Path, marked: Callable[[str], subprocess.Popen[bytes]]
) -> None:
    """With the lock, the leftover's processes, shared memory and folder go."""
    folder = make_server_folder(tmp_path / "servers")
    process, memory = marked(folder.server_id), shared_memory(folder.server_id)
    sweep_server_folders(tmp_path / "servers")
    assert process.poll() is None
    assert memory.exists()
    os.close(folder.lock_fd)
    sweep_server_folders(tmp_path / "servers")
    assert process.wait(10) == -9
    assert not memory.exists()
    assert list((tmp_path / "servers").iterdir()) == []


def test_a_folder_without_a_lock_file_is_a_leftover(tmp_path: Path) -> None:
    """As a supervisor leaves it that is killed while removing it."""
    (tmp_path / "servers" / "half").mkdir(parents=True)
    sweep_server_folders(tmp_path / "servers")
    assert list((tmp_path / "servers").iterdir()) == []


def test_making_a_folder_sweeps(tmp_path: Path) -> None:
    """So every start clears up after those before it."""
    os.close(make_server_folder(tmp_path / "servers").lock_fd)
    folder = make_server_folder(tmp_path / "servers")
    assert list((tmp_path / "servers").iterdir()) == [folder.path]
    os.close(folder.lock_fd)


def test_folders_made_at_once_do_not_sweep_each_other(tmp_path: Path) -> None:
    """However the makers interleave."""
    with ThreadPoolExecutor(8) as pool:
        folders = list(pool.map(lambda _: make_server_folder(tmp_path / "servers"), range(16)))
    assert all(folder.path.is_dir() for folder in folders)
    assert len({folder.server_id for folder in folders}) == 16
    for folder in folders:
        os.close(folder.lock_fd)


def test_a_lock_held_for_ever_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the file's name and what to do."""
    monkeypatch.setattr(_server_folders, "_LOCK_SECONDS", 0.05)
    monkeypatch.setattr(_server_folders, "_try_lock", lambda _fd: False)
    with pytest.raises(
        TritonError, match=r"servers\.lock stays locked by another process for 0\.05 s: end that one"
    ):
        sweep_server_folders(tmp_path / "servers")


def test_only_processes_with_the_mark_are_killed(marked: Callable[[str], subprocess.Popen[bytes]]) -> None:
    """Not even one whose mark only begins the same."""
    ours, other = marked("abc"), marked("abcd")
    kill_marked_processes("abc")
    assert ours.returncode is not None or ours.wait(10) is not None
    assert other.poll() is None


def test_a_process_that_shows_its_mark_late_is_killed(
    marked: Callable[[str], subprocess.Popen[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """While it becomes another program it shows no variables: one look at it is not enough."""
    ours = marked("abc")
    scans = iter([[], [ours.pid]])
    monkeypatch.setattr(_marked_processes, "marked_processes", lambda _server_id: next(scans, []))
    kill_marked_processes("abc")
    assert ours.wait(10) == -signal.SIGKILL


def test_a_process_that_can_not_be_killed_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    """Within the bound."""
    monkeypatch.setattr(_marked_processes, "marked_processes", lambda _server_id: [2**30])
    with pytest.raises(
        TimeoutError, match=r"processes \[1073741824\] of a stopped server don't end within 0.01 s"
    ):
        kill_marked_processes("abc", timeout_seconds=0.01)


def test_only_the_servers_shared_memory_is_removed() -> None:
    """The name's end bounds the id."""
    ours, other = shared_memory("abc"), shared_memory("abcd")
    try:
        remove_shared_memory("abc")
        assert not ours.exists()
        assert other.exists()
    finally:
        other.unlink()


def test_settings_reach_the_supervisor_as_they_are() -> None:
    """One argument of JSON."""
    settings = SupervisorSettings("id", ("a", "b c"), "/folder", 3, 1, 2)
    assert settings.to_json() == (
        '{"server_id": "id", "command": ["a", "b c"], "folder": "/folder", "lock_fd": 3, '
        '"starter_pid": 1, "report_fd": 2}'
    )


def test_a_reserved_port_is_nobody_elses() -> None:
    """Until it is closed, another reservation gets another port."""
    with reserve_port() as first, reserve_port() as second:
        assert first.getsockname()[0] == "127.0.0.1"
        assert first.getsockname()[1] != second.getsockname()[1]
