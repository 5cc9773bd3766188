"""Making one environment: new, stale or interrupted ones are brought to what their pinned file says."""

import fcntl
import hashlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from environments._commands import CDK_FOLDER, install_cdk_cli, link_commands
from environments._definitions import PROJECT_ROOT, Environment
from environments._errors import SetupError
from environments._installer import install_requirements, run
from environments._python import find_python

__all__ = ["is_current", "set_up"]

STAMP = ".seatrial-installed"


def is_current(environment: Environment) -> bool:
    """Say whether the environment is what its pinned file says."""
    try:
        return (environment.path / STAMP).read_text(encoding="utf-8") == _digest(environment)
    except OSError:
        return False


def set_up(environment: Environment) -> bool:
    """Make the environment what its pinned file says.

    An environment that this call began is removed again where it fails; one that a kill interrupted has no
    stamp, and the next call finishes it.

    Returns:
        True where something was done, False where it was current.

    Raises:
        SetupError: no Python, no package index, a full disk: the message says which and what to do.
    """
    with _only_one(environment):
        if is_current(environment):
            return False
        is_new = not environment.path.exists()
        try:
            _make(environment)
        except BaseException:
            if is_new:
                shutil.rmtree(environment.path, ignore_errors=True)
            raise
    return True


def _make(environment: Environment) -> None:
    stamp = environment.path / STAMP
    stamp.unlink(missing_ok=True)
    if not environment.python.exists():
        # --clear: a folder without an interpreter is what an interrupted start left.
        run([find_python(), "-m", "venv", "--clear", str(environment.path)], f"making {environment.folder}")
    install_requirements(environment.python, environment.requirements_path)
    _write_import_paths(environment)
    if environment.has_commands:
        install_cdk_cli(environment)
        link_commands(environment)
    stamp.write_text(_digest(environment), encoding="utf-8")


def _write_import_paths(environment: Environment) -> None:
    """Let the environment import our folders from the checkout itself, as an editable install would."""
    if not environment.import_paths:
        return
    site_packages = sorted((environment.path / "lib").glob("python3*/site-packages"))
    if not site_packages:
        raise SetupError(f"{environment.folder} has no site-packages; remove the folder and run again.")
    lines = [str((PROJECT_ROOT / path).resolve()) for path in environment.import_paths]
    (site_packages[0] / "seatrial.pth").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _digest(environment: Environment) -> str:
    """Cover all that decides the environment: its pins, our set-up, and where the checkout lies."""
    digest = hashlib.sha256(str(PROJECT_ROOT).encode())
    inputs = [environment.requirements_path]
    if environment.has_commands:
        inputs += [CDK_FOLDER / "package-lock.json", *sorted(Path(__file__).parent.glob("*.py"))]
    for path in inputs:
        digest.update(path.read_bytes())
    return digest.hexdigest()


@contextmanager
def _only_one(environment: Environment) -> Iterator[None]:
    """Hold a lock, so that two set-ups at once wait for each other instead of mixing their files."""
    state = PROJECT_ROOT / ".seatrial"
    state.mkdir(exist_ok=True)
    with (state / f"setup-{environment.name}.lock").open("w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
