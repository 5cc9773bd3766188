"""Finding a Python that every pin has wheels for."""

import shutil
import subprocess
import sys

from environments._errors import SetupError

__all__ = ["SUPPORTED", "find_python"]

SUPPORTED = ((3, 11), (3, 12))
"""numpy < 2, which Triton's Python backend needs, has no wheels for 3.13."""


def find_python() -> str:
    """Return a supported interpreter: the running one if it is, else one on PATH.

    Raises:
        SetupError: none is there.
    """
    if sys.version_info[:2] in SUPPORTED:
        return sys.executable
    for major, minor in SUPPORTED:
        candidate = shutil.which(f"python{major}.{minor}")
        if candidate and _answers(candidate):
            return candidate
    wanted = " or ".join(f"{major}.{minor}" for major, minor in SUPPORTED)
    raise SetupError(
        f"This is Python {sys.version_info.major}.{sys.version_info.minor}, and no python3.11 or python3.12 "
        f"is on PATH; Seatrial needs Python {wanted}. Install one with its venv module and run again."
    )


def _answers(candidate: str) -> bool:
    try:
        finished = subprocess.run(
            [candidate, "-c", "import venv"], capture_output=True, timeout=30, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return finished.returncode == 0
