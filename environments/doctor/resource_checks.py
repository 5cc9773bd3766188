"""Checks of what a machine has: disk, memory, shared memory, open files."""

from environments.doctor.machine import GIB, MIB, Machine
from environments.doctor.result import Result, Status

__all__ = ["check_disk", "check_memory", "check_open_files", "check_shared_memory"]

SET_UP_BYTES = 5 * GIB
"""What the environments take (README, "Try it")."""
WORK_BYTES = GIB
"""What packaging and rehearsing the examples may take beside them; chosen."""
MEMORY_BYTES = 4 * GIB
"""Two workers with torch, the laptop's AWS and a Triton; chosen."""
SHARED_MEMORY_BYTES = 256 * MIB
"""Sixteen instances: the image's `serve` lets each instance of Triton's Python backend have 16 MiB
(SAGEMAKER_TRITON_SHM_DEFAULT_BYTE_SIZE, triton-inference-server/server, docker/sagemaker/serve)."""
OPEN_FILES = 1024
"""The usual limit; each connection and each server takes a few."""


def check_disk(machine: Machine) -> Result:
    """Want room for the environments, or for work where they are made."""
    is_made = all(each.is_current or each.is_on_request for each in machine.environments)
    needed = WORK_BYTES if is_made else SET_UP_BYTES
    found = f"{_shown(machine.disk_free_bytes)} free"
    if machine.disk_free_bytes >= needed:
        return Result("disk", Status.OK, found)
    return Result(
        "disk",
        Status.DEGRADED if is_made else Status.MISSING,
        found,
        "Packaging and rehearsals may run out of room." if is_made else "`make setup` runs out of room.",
        f"Free {_shown(needed)} on the disk of the checkout.",
    )


def check_memory(machine: Machine) -> Result:
    """Want memory for two workers and the servers."""
    if machine.memory_bytes is None:
        return Result("memory", Status.OK, "the system doesn't say")
    found = f"{_shown(machine.memory_bytes)} available"
    if machine.memory_bytes >= MEMORY_BYTES:
        return Result("memory", Status.OK, found)
    return Result(
        "memory",
        Status.DEGRADED,
        found,
        "Packaging several models at once and `make local` may be killed by the system; `seatrial check` and "
        "`cdk synth` work.",
        f"Close programs until {_shown(MEMORY_BYTES)} are available.",
    )


def check_shared_memory(machine: Machine) -> Result:
    """Want room in /dev/shm: Triton's Python backend passes tensors through it."""
    if not machine.runs_servers:
        return Result("shared memory", Status.OK, "not needed on this platform")
    if machine.shared_memory_bytes is None:
        return Result(
            "shared memory",
            Status.MISSING,
            "no /dev/shm",
            "No model starts in the laptop's Triton. `seatrial check`, `cdk synth` and deploys work.",
            "Mount a tmpfs at /dev/shm.",
        )
    found = f"{_shown(machine.shared_memory_bytes)} free in /dev/shm"
    if machine.shared_memory_bytes >= SHARED_MEMORY_BYTES:
        return Result("shared memory", Status.OK, found)
    return Result(
        "shared memory",
        Status.DEGRADED,
        found,
        "Models of several instances fail to load in the laptop's Triton: it speaks of no space left.",
        "Enlarge it: `mount -o remount,size=1g /dev/shm`, or `--shm-size 1g` for a container.",
    )


def check_open_files(machine: Machine) -> Result:
    """Want as many open files as is usual."""
    if machine.open_files is None:
        return Result("open files", Status.OK, "no limit")
    found = f"{machine.open_files} at once"
    if machine.open_files >= OPEN_FILES:
        return Result("open files", Status.OK, found)
    return Result(
        "open files",
        Status.DEGRADED,
        found,
        "Replays and endpoints with many components may fail with `Too many open files`.",
        f"Run `ulimit -n {OPEN_FILES}` in the shell before.",
    )


def _shown(size_bytes: int) -> str:
    return f"{size_bytes / GIB:.1f} GiB" if size_bytes >= GIB else f"{size_bytes // MIB} MiB"
