"""What this machine, or the container around this process, has for builds: cores and memory."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Machine"]

_CGROUP = Path("/sys/fs/cgroup")
_MEMINFO = Path("/proc/meminfo")


@dataclass(frozen=True, slots=True)
class Machine:
    """Room for builds.

    Attributes:
        cores: that this process may use.
        memory_bytes: that is free for new processes.
    """

    cores: int
    memory_bytes: int

    @classmethod
    def here(cls) -> "Machine":
        """Return what there is now."""
        affinity = getattr(os, "sched_getaffinity", None)  # missing on macOS
        cores = len(affinity(0)) if affinity is not None else os.cpu_count() or 1
        return cls(cores, min(_free_bytes()))


def _free_bytes() -> Iterator[int]:
    """Yield what each that counts memory has left: the system, and the container's control group."""
    yield _available_bytes()
    try:  # control groups, version 2 (Linux kernel documentation, "Control Group v2")
        limit = (_CGROUP / "memory.max").read_text(encoding="ascii").strip()
        used_bytes = int((_CGROUP / "memory.current").read_text(encoding="ascii"))
        cached_bytes = _cached_bytes((_CGROUP / "memory.stat").read_text(encoding="ascii"))
    except OSError:
        return  # not within one, or of another kind
    if limit != "max":
        yield max(int(limit) - used_bytes + cached_bytes, 0)


def _cached_bytes(stat: str) -> int:
    """Return how much of what is used are files' pages that the kernel drops when it needs room."""
    lines = (line.split() for line in stat.splitlines())
    return next((int(value) for name, value in lines if name == "inactive_file"), 0)


def _available_bytes() -> int:
    """Return what new processes can have without swapping (proc(5), ``MemAvailable``)."""
    try:
        for line in _MEMINFO.read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) << 10
    except OSError:
        pass  # no Linux: the whole memory is all that is known
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
