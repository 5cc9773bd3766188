import errno
import fcntl
import os
import threading
import time
from pathlib import Path
from typing import NoReturn

import pytest

from local.aws.client import LocalAws, LocalAwsError, LocalAwsStartError
from local.aws.client._state_files import one_start_at_a_time
from tests.local.aws.ports import free_port_pair

_PROJECT_ROOT = Path(__file__).resolve().parents[4]


def test_a_second_start_waits_for_the_first(tmp_path: Path) -> None:
    """It goes on as soon as the first has ended, not earlier."""
    order: list[str] = []

    def second() -> None:
        with one_start_at_a_time(tmp_path, 30):
            order.append("second")

    waiting = threading.Thread(target=second)
    with one_start_at_a_time(tmp_path, 0):
        waiting.start()
        time.sleep(0.2)
        order.append("first")
    waiting.join(30)
    assert order == ["first", "second"]


def test_a_start_that_does_not_end_is_told(tmp_path: Path) -> None:
    """With the process that holds the lock, and the lock's file; no wait is without an end."""
    with (
        one_start_at_a_time(tmp_path, 0),
        pytest.raises(LocalAwsStartError) as caught,
        one_start_at_a_time(tmp_path, 0.1),
    ):
        pass
    assert str(caught.value) == (
        f"process {os.getpid()} has been starting the laptop's AWS for 0 s (it holds "
        f"{tmp_path / 'start.lock'}): wait until it ends, or end it"
    )


def test_a_start_that_fails_gives_the_lock_back(tmp_path: Path) -> None:
    """Also Ctrl-C."""
    with pytest.raises(KeyboardInterrupt), one_start_at_a_time(tmp_path, 0):
        raise KeyboardInterrupt
    with one_start_at_a_time(tmp_path, 0):
        pass


def test_the_lock_is_of_no_child(tmp_path: Path) -> None:
    """A server that outlives its start must not keep the next one from starting."""
    with one_start_at_a_time(tmp_path, 0):
        flags = [
            fcntl.fcntl(int(link.name), fcntl.F_GETFD)
            for link in Path("/proc/self/fd").iterdir()
            if link.exists() and link.resolve() == tmp_path / "start.lock"
        ]
    assert flags == [fcntl.FD_CLOEXEC]


def test_a_state_folder_that_can_not_be_made_is_told(tmp_path: Path) -> None:
    """A file is in its place: path and reason."""
    (tmp_path / "file").touch()
    path = tmp_path / "file" / "state"
    with (
        pytest.raises(LocalAwsStartError, match=rf"^{path}/start\.lock can't be written \(Not a directory\)"),
        one_start_at_a_time(path, 0),
    ):
        pass
    with pytest.raises(LocalAwsError, match=rf"^{path}/server\.json can't be read \(Not a directory\)"):
        LocalAws(_PROJECT_ROOT, path).status()


def test_a_full_disk_is_told_before_anything_is_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Path, the system's reason, and what to do."""

    def full(*_: object) -> NoReturn:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "pwrite", full)
    with pytest.raises(LocalAwsStartError) as caught:
        LocalAws(_PROJECT_ROOT, tmp_path, port=free_port_pair()).up()
    assert str(caught.value) == (
        f"{tmp_path / 'start.lock'} can't be written (No space left on device): make room there and make it "
        "writable"
    )


def test_a_log_that_can_not_be_written_is_told(tmp_path: Path) -> None:
    """A folder is in its place: path and reason."""
    (tmp_path / "server.log").mkdir()
    with pytest.raises(
        LocalAwsStartError, match=r"server\.log can't be written \(Is a directory\): make room"
    ):
        LocalAws(_PROJECT_ROOT, tmp_path, port=free_port_pair()).up()
