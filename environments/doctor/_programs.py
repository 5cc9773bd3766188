"""Programs that are started to see whether they start."""

import subprocess
from collections.abc import Mapping, Sequence

__all__ = ["first_line", "run_briefly"]

_SECONDS = 30.0


def run_briefly(
    command: Sequence[str], variables: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str] | None:
    """Run ``command`` without input.

    Args:
        command: the program and its arguments.
        variables: its whole environment; this process's if not given.

    Returns:
        None where it can't be started, or doesn't end in time.
    """
    try:
        return subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_SECONDS,
            env=variables,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None


def first_line(command: Sequence[str]) -> str:
    """Return the first line that ``command`` prints; empty where it can't be started, or fails."""
    finished = run_briefly(command)
    if finished is None or finished.returncode != 0:
        return ""
    return next(iter(finished.stdout.splitlines()), "").strip()
