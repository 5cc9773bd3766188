"""What the kernel offers to a process without privileges, tried in a process of its own."""

import ctypes
import sys

from environments.doctor._programs import run_briefly

__all__ = ["has_network_namespaces", "landlock_abi"]

# CLONE_NEWNET, and with CLONE_NEWUSER: as model_packaging/untrusted/_confinement.py tries them (unshare(2)).
_LEAVE_THE_NETWORK = (
    "import ctypes, sys; libc = ctypes.CDLL(None); "
    "sys.exit(0 if any(libc.unshare(way) == 0 for way in (0x40000000, 0x50000000)) else 3)"
)
_SYS_LANDLOCK_CREATE_RULESET = 444  # the same number on every architecture (landlock(7), since Linux 5.13)
_CREATE_RULESET_VERSION = 1


def has_network_namespaces() -> bool:
    """Say whether a process of this user may move itself into a network without interfaces."""
    if sys.platform != "linux":
        return False
    # -I: nothing of the folder that one stands in is imported.
    finished = run_briefly([sys.executable, "-I", "-c", _LEAVE_THE_NETWORK])
    return finished is not None and finished.returncode == 0


def landlock_abi() -> int:
    """Return the ABI of the kernel's Landlock; 0 without one. Asking for it confines nothing."""
    if sys.platform != "linux":
        return 0
    libc = ctypes.CDLL(None, use_errno=True)
    return max(0, int(libc.syscall(_SYS_LANDLOCK_CREATE_RULESET, None, 0, _CREATE_RULESET_VERSION)))
