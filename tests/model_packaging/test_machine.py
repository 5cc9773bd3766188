import os
from pathlib import Path

import pytest

from model_packaging import machine
from model_packaging.machine import Machine


@pytest.fixture
def system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with 8 GiB free, without control groups."""
    (tmp_path / "meminfo").write_text("MemTotal: 16777216 kB\nMemAvailable:    8388608 kB\n")
    monkeypatch.setattr(machine, "_MEMINFO", tmp_path / "meminfo")
    monkeypatch.setattr(machine, "_CGROUP", tmp_path)
    return tmp_path


def test_cores_are_those_of_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """A container or `taskset` may leave it fewer than the machine has."""
    assert 1 <= Machine.here().cores <= (os.cpu_count() or 1)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 5}, raising=False)
    assert Machine.here().cores == 2
    monkeypatch.delattr(os, "sched_getaffinity")
    assert Machine.here().cores == os.cpu_count()


@pytest.mark.usefixtures("system")
def test_memory_is_what_is_available() -> None:
    """Not what is free: caches make room."""
    assert Machine.here().memory_bytes == 8 << 30


@pytest.mark.parametrize(("limit", "expected"), [("max", 8 << 30), (str(3 << 30), 2 << 30), ("5", 0)])
def test_a_container_has_less(system: Path, limit: str, expected: int) -> None:
    """What its control group leaves."""
    (system / "memory.max").write_text(f"{limit}\n")
    (system / "memory.current").write_text(f"{1 << 30}\n")
    (system / "memory.stat").write_text("anon 5\ninactive_file 0\n")
    assert Machine.here().memory_bytes == expected


def test_files_that_a_container_has_cached_make_room(system: Path) -> None:
    """Whoever has just read its weights has not used up its memory."""
    (system / "memory.max").write_text(f"{3 << 30}\n")
    (system / "memory.current").write_text(f"{3 << 30}\n")
    (system / "memory.stat").write_text(f"anon {1 << 30}\nfile {2 << 30}\ninactive_file {2 << 30}\n")
    assert Machine.here().memory_bytes == 2 << 30


def test_without_linux_it_is_the_whole_memory(system: Path) -> None:
    """All that POSIX tells."""
    (system / "meminfo").unlink()
    assert Machine.here().memory_bytes == os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
