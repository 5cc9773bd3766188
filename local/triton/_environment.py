"""The virtual environment that carries Triton: what must be in it, and on the machine around it."""

import os
import platform
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from local.triton.errors import TritonUnavailableError

__all__ = ["TritonEnvironment", "check_platform", "read_environment"]

_OLDEST_GLIBC = (2, 35)  # the wheel's platform tag, manylinux_2_35_x86_64
_SET_UP = "run `make setup`"
_ELSEWHERE = "synth, static checks and deploys to AWS work without it"
_LIBRARY_FOLDERS = ("lib/x86_64-linux-gnu", "usr/lib/x86_64-linux-gnu", "usr/lib64", "lib64", "usr/local/lib")
_LDCONFIG_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class TritonEnvironment:
    """What was found.

    Attributes:
        folder: the virtual environment.
        python_version: such as ``3.11``.
        wheel_version: of nvidia-pytriton.
        triton_folder: holds ``bin/tritonserver``, ``backends`` and ``caches``.
        stub_path: the Python backend's stub for this Python.
        library_folders: of the wheel's libraries, and of libpython where the loader would not look.
    """

    folder: Path
    python_version: str
    wheel_version: str
    triton_folder: Path
    stub_path: Path
    library_folders: tuple[Path, ...]


def check_platform() -> None:
    """Raise TritonUnavailableError unless Triton's wheel can run on this machine."""
    if sys.platform != "linux" or platform.machine() != "x86_64":
        raise TritonUnavailableError(
            f"a real Triton runs on x86_64 Linux only, this machine is {platform.machine()} {sys.platform}; "
            f"{_ELSEWHERE}"
        )
    name, version = platform.libc_ver()
    found = tuple(int(part) for part in re.findall(r"\d+", version)[:2])
    if name != "glibc" or found < _OLDEST_GLIBC:
        raise TritonUnavailableError(
            f"a real Triton needs glibc 2.35 or newer (Debian 12, Ubuntu 22.04), this machine has "
            f"{name or 'no glibc'} {version}".rstrip()
            + f"; {_ELSEWHERE}"
        )


def read_environment(folder: Path) -> TritonEnvironment:
    """Return what the virtual environment ``folder`` has.

    Raises:
        TritonUnavailableError: something is missing; says what, and what to do.
    """
    settings = _read_settings(folder)
    python_version = ".".join(settings.get("version", settings.get("version_info", "")).split(".")[:2])
    packages = folder / "lib" / f"python{python_version}" / "site-packages"
    wheel_version = _package_version(packages, "nvidia_pytriton", folder)
    _package_version(packages, "torch", folder)
    numpy_version = _package_version(packages, "numpy", folder)
    if int(numpy_version.split(".")[0]) > 1:
        raise TritonUnavailableError(
            f"{folder} has numpy {numpy_version}, with which Triton's Python backend answers empty tensors; "
            f"it takes numpy below 2: {_SET_UP}"
        )
    triton_folder = packages / "pytriton" / "tritonserver"
    stub = triton_folder / "python_backend_stubs" / python_version / "triton_python_backend_stub"
    if not stub.is_file():
        known = sorted(path.name for path in stub.parent.parent.glob("*"))
        raise TritonUnavailableError(
            f"{folder} has Python {python_version}, for which nvidia-pytriton {wheel_version} brings no "
            f"stub; it has {', '.join(known) or 'none'}: make the environment with one of these"
        )
    libraries = packages / "nvidia_pytriton.libs"
    library_folders = (libraries, *_libpython_folders(python_version, Path(settings["home"]), libraries))
    return TritonEnvironment(folder, python_version, wheel_version, triton_folder, stub, library_folders)


def _read_settings(folder: Path) -> dict[str, str]:
    path = folder / "pyvenv.cfg"
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        raise TritonUnavailableError(f"there is no Triton environment at {folder}: {_SET_UP}") from None
    settings = dict(line.replace(" = ", "=", 1).split("=", 1) for line in lines if "=" in line)
    if "home" not in settings or not {"version", "version_info"} & settings.keys():
        raise TritonUnavailableError(f"{path} names no Python; remove {folder} and {_SET_UP}")
    return settings


def _package_version(packages: Path, name: str, folder: Path) -> str:
    found = sorted(packages.glob(f"{name}-*.dist-info"))
    if not found:
        raise TritonUnavailableError(f"{folder} lacks the package {name.replace('_', '-')}: {_SET_UP}")
    return found[-1].name.removesuffix(".dist-info").split("-", 1)[1]


def _libpython_folders(python_version: str, home: Path, bundled: Path) -> tuple[Path, ...]:
    """Return where the shared libpython is that the stub is linked to, where the loader would not look."""
    if any(bundled.glob(f"libpython3*.{python_version.split('.')[1]}.so.1.0")):
        return ()
    name = f"libpython{python_version}.so.1.0"
    for folder in (home.parent / "lib", home.parent / "lib64"):
        if (folder / name).exists():
            return (folder,)
    if any((Path(os.sep) / folder / name).exists() for folder in _LIBRARY_FOLDERS) or name in _loader_cache():
        return ()
    raise TritonUnavailableError(
        f"Triton's Python backend needs the shared library {name}, which this machine lacks: install the "
        f"Debian or Ubuntu package libpython{python_version}, or make the environment from a Python that was "
        "built with --enable-shared"
    )


def _loader_cache() -> str:
    try:
        listed = subprocess.run(
            ["/sbin/ldconfig", "-p"], capture_output=True, text=True, check=False, timeout=_LDCONFIG_SECONDS
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return listed.stdout
