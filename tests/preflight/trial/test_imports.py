"""What comes with the trial's outcomes, which every synth imports with the rules."""

import subprocess
import sys
from pathlib import Path


def test_a_synth_imports_nothing_of_the_laptop_s_servers() -> None:
    """Neither ``local`` nor ``invocation`` nor numpy comes with the rules or with the package of trials."""
    script = (
        "import sys, preflight, preflight.trial, preflight.trial.findings; "
        "slow = {'local', 'invocation', 'numpy', 'tritonclient', 'torch', 'boto3'}; "
        "print(sorted(slow & sys.modules.keys()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        cwd=Path(__file__).parents[3],
    )
    assert done.stdout.strip() == "[]"
