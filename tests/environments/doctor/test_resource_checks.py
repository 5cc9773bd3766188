"""Disk, memory, shared memory, open files."""

from environments.doctor import Status
from environments.doctor.machine import GIB, MIB, EnvironmentFacts
from tests.environments.doctor.machines import result

_NOT_MADE = (EnvironmentFacts(".venv", "x", exists=False, is_current=False),)


def test_no_room_for_the_environments() -> None:
    """They take about 5 GB."""
    told = result("disk", disk_free_bytes=5 * GIB - 1, environments=_NOT_MADE)
    assert (told.status, told.found) == (Status.MISSING, "5.0 GiB free")
    assert told.meaning == "`make setup` runs out of room."
    assert told.remedy == "Free 5.0 GiB on the disk of the checkout."
    assert result("disk", disk_free_bytes=5 * GIB, environments=_NOT_MADE).status is Status.OK


def test_little_room_once_they_are_made() -> None:
    """Work takes less."""
    told = result("disk", disk_free_bytes=GIB - 1)
    assert (told.status, told.found) == (Status.DEGRADED, "1023 MiB free")
    assert result("disk", disk_free_bytes=GIB).status is Status.OK


def test_little_memory() -> None:
    """Several workers at once may be killed."""
    told = result("memory", memory_bytes=2 * GIB)
    assert (told.status, told.found) == (Status.DEGRADED, "2.0 GiB available")
    assert "may be killed" in told.meaning


def test_memory_that_nobody_tells() -> None:
    """Other systems have no /proc/meminfo: that is no finding."""
    assert result("memory", memory_bytes=None).status is Status.OK


def test_no_shared_memory() -> None:
    """No model starts then."""
    told = result("shared memory", shared_memory_bytes=None)
    assert (told.status, told.found) == (Status.MISSING, "no /dev/shm")


def test_little_shared_memory() -> None:
    """A container has 64 MiB unless it is told otherwise."""
    told = result("shared memory", shared_memory_bytes=64 * MIB)
    assert (told.status, told.found) == (Status.DEGRADED, "64 MiB free in /dev/shm")
    assert "`--shm-size 1g`" in told.remedy


def test_shared_memory_elsewhere() -> None:
    """There is none on macOS, and no server that would need it."""
    assert result("shared memory", shared_memory_bytes=None, system="Darwin", libc="").status is Status.OK


def test_few_open_files() -> None:
    """The shell's limit is the remedy."""
    told = result("open files", open_files=256)
    assert (told.status, told.found, told.remedy) == (
        Status.DEGRADED,
        "256 at once",
        "Run `ulimit -n 1024` in the shell before.",
    )
    assert result("open files", open_files=None).found == "no limit"
