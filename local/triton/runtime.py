"""Where the laptop's Triton is, and the folder of backends that it loads.

Triton comes from the wheel nvidia-pytriton, of which nothing is imported: its server binary, its Python
backend and the backend's stubs are used as files, in an environment of their own (``.venv-triton``).
"""

import hashlib
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from local.triton._environment import TritonEnvironment, check_platform, read_environment

__all__ = ["TritonRuntime"]

ENVIRONMENT_FOLDER = ".venv-triton"
STATE_FOLDER = Path(".seatrial", "triton")
_STAND_INS = Path(__file__).parent / "backends"
_IGNORED = shutil.ignore_patterns("__pycache__", "*.pyc")


@dataclass(frozen=True, slots=True)
class TritonRuntime:
    """A Triton that can be started.

    Attributes:
        environment: the virtual environment that it comes from.
        state_folder: where its backends and what its servers leave behind are kept.
        backend_folder: the backends that it loads: the wheel's, with the stub of the environment's Python,
            and our stand-ins.
    """

    environment: TritonEnvironment
    state_folder: Path
    backend_folder: Path

    @classmethod
    def locate(cls, project_root: Path) -> "TritonRuntime":
        """Find Triton in ``project_root`` and prepare its backends there, once; safe with concurrent callers.

        Raises:
            TritonUnavailableError: this platform can't run it, or something is missing; says what, and what
                to do.
        """
        check_platform()
        environment = read_environment(project_root.resolve() / ENVIRONMENT_FOLDER)
        state_folder = project_root.resolve() / STATE_FOLDER
        return cls(environment, state_folder, _prepare_backends(environment, state_folder))

    @property
    def server_path(self) -> Path:
        """The server's binary."""
        return self.environment.triton_folder / "bin" / "tritonserver"

    @property
    def cache_folder(self) -> Path:
        """The response caches that the server can load."""
        return self.environment.triton_folder / "caches"

    @property
    def servers_folder(self) -> Path:
        """Where every running server has a folder of its own."""
        return self.state_folder / "servers"

    def variables(self) -> dict[str, str]:
        """Return the environment variables that the server's process needs."""
        return {
            # The stub's embedded Python takes the environment of the first python3 that it finds here.
            "PATH": f"{self.environment.folder / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
            "LD_LIBRARY_PATH": os.pathsep.join(map(str, self.environment.library_folders)),
            "OMP_NUM_THREADS": "1",
            "MKL_NUM_THREADS": "1",
        }


def _prepare_backends(environment: TritonEnvironment, state_folder: Path) -> Path:
    """Return the folder of backends; its name carries everything that decides what is in it."""
    key = hashlib.sha256()
    for part in (str(environment.triton_folder), environment.wheel_version, environment.python_version):
        key.update(part.encode() + b"\0")
    for path in sorted(_STAND_INS.rglob("*.py")):
        key.update(str(path.relative_to(_STAND_INS)).encode() + b"\0" + path.read_bytes() + b"\0")
    folder = (
        state_folder / f"{environment.wheel_version}-py{environment.python_version}-{key.hexdigest()[:16]}"
    )
    if not folder.is_dir():
        state_folder.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=".backends-", dir=state_folder))
        try:
            _copy_backends(environment, beside)
            _rename_unless_made(beside, folder)
        finally:
            shutil.rmtree(beside, ignore_errors=True)  # gone where it was renamed
    return folder


def _copy_backends(environment: TritonEnvironment, destination: Path) -> None:
    shutil.copytree(environment.triton_folder / "backends", destination, dirs_exist_ok=True, ignore=_IGNORED)
    shutil.copytree(_STAND_INS, destination, dirs_exist_ok=True, ignore=_IGNORED)
    stub = destination / "python" / environment.stub_path.name
    shutil.copyfile(environment.stub_path, stub)
    stub.chmod(0o755)
    destination.chmod(0o755)  # mkdtemp made it the user's alone


def _rename_unless_made(beside: Path, folder: Path) -> None:
    try:
        beside.rename(folder)
    except OSError:
        if not folder.is_dir():  # another caller was faster: what it made has the same content
            raise
