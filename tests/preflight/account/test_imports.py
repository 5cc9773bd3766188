"""Nobody who doesn't ask an account waits for boto3."""

import subprocess
import sys
from pathlib import Path


def test_importing_the_package_imports_no_boto3() -> None:
    """The rules of scope ACCOUNT come with all others, boto3 with the first question."""
    script = "import sys, preflight.account; print(sorted({'boto3', 'botocore'} & sys.modules.keys()))"
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        cwd=Path(__file__).resolve().parents[3],
    )
    assert done.stdout.strip() == "[]"
