"""Takes from this process what no model needs: the network, writing, programs, more than its share.

Only kernels of Linux offer this to a process without privileges: a network namespace of its own (unshare(2)),
Landlock (landlock(7)), and limits (getrlimit(2)). What isn't offered isn't there: the names of what is are
returned, so that nobody believes in more.
"""

import ctypes
import os
import platform
import resource
import struct
import sys
from collections.abc import Iterable
from pathlib import Path

__all__ = ["FILES", "NETWORK", "confine_files", "isolate_network", "limit_resources"]

NETWORK = "network"
"""No connection can be made, not even to this machine."""
FILES = "files"
"""No file can be written, made, removed or executed, and only the given ones can be read."""

_CLONE_NEWUSER = 0x10000000
_CLONE_NEWNET = 0x40000000
_PR_SET_NO_NEW_PRIVS = 38

# include/uapi/linux/landlock.h; the numbers are the same on every architecture (since Linux 5.13).
_SYS_CREATE_RULESET, _SYS_ADD_RULE, _SYS_RESTRICT_SELF = 444, 445, 446
_CREATE_RULESET_VERSION = 1
_RULE_PATH_BENEATH = 1
_EXECUTE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 2, 1 << 3
_FILE_RIGHTS_BY_ABI = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1}
_NETWORK_ABI, _TCP_RIGHTS = 4, 0b11
_SCOPE_ABI, _SCOPES = 6, 0b11
"""No signal to a process outside, no abstract socket of one."""

_OPEN_FILES = 64
_GRACE_SECONDS = 5


def isolate_network() -> bool:
    """Move this process into a network without interfaces; call it while there is one thread.

    Returns:
        False where the kernel doesn't offer it to this user.
    """
    if sys.platform != "linux":
        return False
    libc = ctypes.CDLL(None)
    ways = (_CLONE_NEWNET, _CLONE_NEWUSER | _CLONE_NEWNET)  # as root, and as anybody
    return any(libc.unshare(way) == 0 for way in ways)


def confine_files(readable: Iterable[Path]) -> bool:
    """Let this thread, and those it starts, read below ``readable`` and change nothing anywhere.

    Files that are open stay so.

    Returns:
        False where the kernel has no Landlock; nothing is confined then.
    """
    if sys.platform != "linux":
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    abi = libc.syscall(_SYS_CREATE_RULESET, None, 0, _CREATE_RULESET_VERSION)
    if abi < 1:
        return False
    rights = _FILE_RIGHTS_BY_ABI[min(abi, max(_FILE_RIGHTS_BY_ABI))]
    fields = [rights]
    fields += [_TCP_RIGHTS] if abi >= _NETWORK_ABI else []
    fields += [_SCOPES] if abi >= _SCOPE_ABI else []
    attributes = struct.pack(f"={len(fields)}Q", *fields)
    ruleset = libc.syscall(_SYS_CREATE_RULESET, attributes, len(attributes), 0)
    if ruleset < 0:
        return False
    try:
        for path in readable:
            _allow_reading(libc, ruleset, path)
        libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        return bool(libc.syscall(_SYS_RESTRICT_SELF, ruleset, 0) == 0)
    finally:
        os.close(ruleset)


def _allow_reading(libc: ctypes.CDLL, ruleset: int, path: Path) -> None:
    """Allow it below a folder, or of one file; nothing where ``path`` is missing."""
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        rights = _READ_FILE | (_READ_DIR if path.is_dir() else 0)
        rule = struct.pack("=Qi", rights, descriptor)  # struct landlock_path_beneath_attr is packed
        libc.syscall(_SYS_ADD_RULE, ruleset, _RULE_PATH_BENEATH, rule, 0)
    finally:
        os.close(descriptor)


def limit_resources(memory_bytes: int, cpu_seconds: int) -> None:
    """Hold this process to ``memory_bytes`` beyond what it maps now, to a time, and to a few files.

    It writes nothing into files, dumps no core, and starts no process (a limit that the kernel spares root).
    """
    limits = {
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_NOFILE: _OPEN_FILES,
        resource.RLIMIT_NPROC: 0,
    }
    if platform.system() == "Linux":
        limits[resource.RLIMIT_AS] = _mapped_bytes() + memory_bytes
    for kind, value in limits.items():
        _, hard = resource.getrlimit(kind)
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)  # noqa: PLW2901 - clipped
        resource.setrlimit(kind, (value, value))
    # At the soft limit comes a signal of its own, which tells it from a kill for memory.
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + _GRACE_SECONDS))


def _mapped_bytes() -> int:
    """Return the size of this process's address space (proc(5), ``/proc/self/statm``, first field)."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    return pages * resource.getpagesize()
