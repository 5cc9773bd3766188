"""`python3 environments/doctor [--json]`: the doctor where no environment is made yet.

Run as a folder and by any Python, so that a Python that can't import our code still says so in words.
"""

import argparse
import json
import os
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OLDEST = (3, 11)
NEWER_PYTHONS = ("python3.12", "python3.11")


def main() -> int:
    """Print the report and return the exit status: 0 able, 1 where something is missing."""
    parser = argparse.ArgumentParser(prog="python3 environments/doctor", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
    as_json = parser.parse_args().json
    refusal = _refusal()
    if refusal:
        document = {"ok": False, "error": refusal}
        print(json.dumps(document) if as_json else refusal)  # noqa: T201 - this is the program
        return 1
    sys.path.insert(0, str(ROOT))
    from environments.doctor import diagnose, probe_machine  # noqa: PLC0415 - found on the path set above

    diagnosis = diagnose(probe_machine(ROOT, os.environ))
    document = diagnosis.to_document()
    print(json.dumps(document, indent=2) if as_json else diagnosis.to_text())  # noqa: T201 - this is the program
    return diagnosis.exit_code


def _refusal() -> str:
    """Return why our code can't be imported here; empty where it can. A newer Python on PATH takes over."""
    if os.name == "nt":
        return (
            "Windows: nothing of Seatrial runs here. Use Linux, for example Ubuntu 22.04 or newer in WSL 2, "
            "which can run everything."
        )
    if sys.version_info >= OLDEST:
        return ""
    for name in NEWER_PYTHONS:
        newer = shutil.which(name)
        if newer:
            os.execv(newer, [newer, *sys.argv])  # noqa: S606 - a fixed program, and no shell
    version = "{}.{}".format(*sys.version_info[:2])
    return (
        f"Python {version}, and no python3.11 or python3.12 on PATH: nothing of Seatrial runs. Install "
        "Python 3.11 or 3.12 with its venv module, and run this again."
    )


if __name__ == "__main__":
    sys.exit(main())
