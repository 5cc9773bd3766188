"""The machine that this runs on, as it is: no network is asked, and every wait is bounded.

Nothing is changed, but that Triton's backends are put together in .seatrial, as its first start would do.
"""

import fcntl
import importlib.util
import os
import platform
import re
import resource
import shutil
from collections.abc import Mapping
from pathlib import Path

from environments._definitions import ENVIRONMENTS
from environments._install import is_current
from environments._python import SUPPORTED
from environments.doctor._kernel import has_network_namespaces, landlock_abi
from environments.doctor._programs import first_line
from environments.doctor._servers import probe_laptop, probe_triton
from environments.doctor.machine import EnvironmentFacts, Machine

__all__ = ["probe_machine"]

_SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - not a temporary file: where Linux has POSIX shared memory
_CREDENTIAL_VARIABLES = ("AWS_ACCESS_KEY_ID", "AWS_PROFILE", "AWS_WEB_IDENTITY_TOKEN_FILE")


def probe_machine(root: Path, variables: Mapping[str, str]) -> Machine:
    """Return what is found.

    Args:
        root: the checkout's.
        variables: of the environment.
    """
    app = root / ".venv"
    torch, torch_cuda = _torch(app)
    return Machine(
        system=platform.system(),
        architecture=platform.machine(),
        libc=" ".join(platform.libc_ver()).strip() if platform.system() == "Linux" else "",
        python=platform.python_version(),
        has_venv=all(importlib.util.find_spec(name) for name in ("venv", "ensurepip")),
        other_pythons=tuple(
            found for version in SUPPORTED if (found := shutil.which("python{}.{}".format(*version)))
        ),
        programs={name: path for name in ("make", "git") if (path := shutil.which(name))},
        environments=tuple(
            EnvironmentFacts(
                folder=environment.folder,
                purpose=environment.purpose,
                exists=environment.python.exists(),
                is_current=is_current(environment),
                is_on_request=environment.is_on_request,
            )
            for environment in ENVIRONMENTS
        ),
        node=first_line([str(app / "bin" / "node"), "--version"]).removeprefix("v"),
        cdk=first_line([str(app / "bin" / "cdk"), "--version"]).split(" ")[0],
        torch=torch,
        torch_cuda=torch_cuda,
        triton=probe_triton(root),
        disk_free_bytes=shutil.disk_usage(root).free,
        memory_bytes=_available_memory_bytes(),
        shared_memory_bytes=shutil.disk_usage(_SHARED_MEMORY).free if _SHARED_MEMORY.is_dir() else None,
        open_files=_open_files(),
        has_network_namespaces=has_network_namespaces(),
        landlock_abi=landlock_abi(),
        laptop=probe_laptop(root),
        held_locks=_held_locks(root),
        credentials=_credentials(variables),
    )


def _torch(environment: Path) -> tuple[str, str]:
    """Return torch's version and its CUDA version, read from its files: importing it takes seconds."""
    for path in sorted(environment.glob("lib/python3*/site-packages/torch/version.py")):
        text = path.read_text(encoding="utf-8", errors="replace")
        version = re.search(r"^__version__ = '([^']+)'", text, re.MULTILINE)
        cuda = re.search(r"^cuda\b.*= '([^']+)'", text, re.MULTILINE)
        return (version[1] if version else "of unknown version"), (cuda[1] if cuda else "")
    return "", ""


def _available_memory_bytes() -> int | None:
    """Return MemAvailable of proc_meminfo(5); None where there is no such file."""
    try:
        text = Path("/proc/meminfo").read_text(encoding="ascii")
    except OSError:
        return None
    found = re.search(r"^MemAvailable:\s+(\d+) kB$", text, re.MULTILINE)
    return int(found[1]) * 1024 if found else None


def _open_files() -> int | None:
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return None if soft == resource.RLIM_INFINITY else soft


def _held_locks(root: Path) -> tuple[str, ...]:
    """Return the names of lock files below the state folder that a process holds right now."""
    folder = root / ".seatrial"
    return tuple(str(path.relative_to(folder)) for path in sorted(folder.glob("**/*.lock")) if _is_held(path))


def _is_held(path: Path) -> bool:
    try:
        with path.open("rb") as lock:
            # Let go at once, by closing: whoever starts in between waits no longer than that.
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False  # another user's, or gone meanwhile
    return False


def _credentials(variables: Mapping[str, str]) -> str:
    """Return where the AWS SDKs would look first and find something; nothing of it is read."""
    for name in _CREDENTIAL_VARIABLES:
        if variables.get(name):
            return f"${name}"
    for name, default in (
        ("AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials"),
        ("AWS_CONFIG_FILE", "~/.aws/config"),
    ):
        path = Path(os.path.expanduser(variables.get(name, default)))  # noqa: PTH111 - no error without a home
        if path.is_file():
            return str(path)
    return ""
