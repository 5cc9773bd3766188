"""`python3 -m environments.lock`: pin every environment again from its .in file, by uv.

The pinned files name versions only, no index and no hash: they install from whatever index the user's pip is
set to. torch is pinned without its build's suffix, so that a CPU-only index serves it too.
"""

import re
import shutil
import sys
from pathlib import Path

from environments._definitions import PROJECT_ROOT
from environments._errors import SetupError
from environments._installer import pip_settings_for_uv, run

__all__ = ["main"]

FOLDER = PROJECT_ROOT / "environments"
LOCKED = {
    "development": FOLDER / "development.txt",
    "synth": PROJECT_ROOT / "requirements.txt",
    "packaging": FOLDER / "packaging.txt",
    "local_aws": FOLDER / "local_aws.txt",
    "local_triton": FOLDER / "local_triton.txt",
    "checkov": FOLDER / "checkov.txt",
}
PLAIN = ("--no-header", "--no-annotate", "--no-emit-index-url", "--no-emit-find-links")
PARTS_OF_DEVELOPMENT = ("synth", "packaging")
"""Tests run on development's pins: what a pipeline installs must be the same versions."""


def main() -> int:
    """Write the pinned files; return the exit status."""
    uv = shutil.which("uv")
    if uv is None:
        print("uv is not on PATH: `pip install uv` and run again.", file=sys.stderr)  # noqa: T201 - a script's word
        return 1
    try:
        settings = pip_settings_for_uv(Path(sys.executable))
        for name, target in LOCKED.items():
            options = ["--quiet", "--upgrade", "--python-version=3.11", *PLAIN, *settings]
            if name in PARTS_OF_DEVELOPMENT:
                options.append(f"--constraint={LOCKED['development']}")
            sources = [str(FOLDER / f"{name}.in"), "-o", str(target)]
            run([uv, "pip", "compile", *options, *sources], f"pinning {name}")
        for target in LOCKED.values():
            text = target.read_text(encoding="utf-8")
            target.write_text(re.sub(r"(?m)^(torch==[0-9.]+)\+\w+$", r"\1", text), encoding="utf-8")
    except SetupError as error:
        print(error, file=sys.stderr)  # noqa: T201 - a script's word
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
