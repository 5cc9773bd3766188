"""Installing a pinned file into an environment: by uv where it is on PATH, else by pip."""

import os
import shutil
import subprocess
from pathlib import Path

from environments._errors import SetupError

__all__ = ["install_requirements", "pip_settings_for_uv", "run"]

TIMEOUT_SECONDS = 1800
_UNREACHABLE = (
    # pip's word both where it reaches no index and where the index lacks the package.
    "from versions: none",
    "name resolution",
    "connection",
    "timed out",
    "network",
    "getaddrinfo",
    "enotfound",
    "econnrefused",
)


def install_requirements(python: Path, requirements: Path) -> None:
    """Install ``requirements`` for ``python``.

    Raises:
        SetupError: the installer failed or took too long; the message holds its own reason.
    """
    uv = shutil.which("uv")
    if uv:
        # --compile-bytecode: without it imports take twice as long at every first run.
        command = [uv, "pip", "install", "--python", str(python), "--compile-bytecode"]
        command += pip_settings_for_uv(python)
    else:
        command = [str(python), "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
    command += ["--quiet", "-r", str(requirements)]
    run(command, f"installing {requirements.name}")


def run(command: list[str], what: str, *, cwd: Path | None = None) -> None:
    """Run one step of the set-up, keeping its output for the error message alone."""
    # No terminal: a question that nobody can see would wait for ever.
    try:
        finished = subprocess.run(
            command,
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=TIMEOUT_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise SetupError(
            f"{what} took over {TIMEOUT_SECONDS} s; check the connection and run again."
        ) from None
    except OSError as error:
        raise SetupError(f"{what}: {command[0]} can't be started ({error.strerror}).") from error
    if finished.returncode != 0:
        raise SetupError(f"{what} failed: {_reason(finished.stdout, finished.stderr)}")


def _reason(stdout: str, stderr: str) -> str:
    """Pick the line that names the cause out of an installer's output."""
    lines = [line.strip() for line in (stderr + "\n" + stdout).splitlines() if line.strip()]
    telling = [line for line in lines if line.lower().startswith(("error", "\u00d7 ", "npm error", "fatal"))]
    reason = (telling or lines or ["no output"])[0]
    if any(word in line.lower() for line in lines for word in _UNREACHABLE):
        return f"{reason} The package index can't be reached: check the connection or your pip settings."
    if any("no space left" in line.lower() or "enospc" in line.lower() for line in lines):
        return f"{reason} The disk is full: the environments need about 5 GB."
    return reason


def pip_settings_for_uv(python: Path) -> list[str]:
    """Return pip's index and find-links settings as uv's options: uv reads none of pip's configuration."""
    listing = subprocess.run(
        [str(python), "-m", "pip", "config", "list"], capture_output=True, text=True, timeout=60, check=False
    )
    settings: dict[str, str] = {}
    for line in listing.stdout.splitlines():
        key, _, value = line.partition("=")
        settings[key.rpartition(".")[2]] = value.strip("'\"")
    for name in ("index-url", "extra-index-url", "find-links"):
        from_environment = os.environ.get("PIP_" + name.replace("-", "_").upper())
        if from_environment:
            settings[name] = from_environment
    options: list[str] = []
    for name in ("index-url", "extra-index-url", "find-links"):
        for value in settings.get(name, "").split():
            options += [f"--{name}", value]
    # pip takes the best version over all indexes; uv's default stops at the first index that knows the name.
    return [*options, "--index-strategy", "unsafe-best-match"] if "extra-index-url" in settings else options
