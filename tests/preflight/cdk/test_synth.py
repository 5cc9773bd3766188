"""The plug-in under the stock CDK CLI, and under plain `python app.py`."""

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
APP = Path(__file__).with_name("minimal_app.py")
BIN = Path(sys.executable).parent
WORDS = (
    "deployments/vision.yaml:4: SEA401 models.classifier: There is no manifest. Allowed: a packaged model."
)
FIX = "Run `seatrial package deployments/vision.yaml`."

pytestmark = pytest.mark.integration


def run(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {
        "CDK_DISABLE_CLI_TELEMETRY": "true",
        "JSII_NODE": str(BIN / "node"),
        "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
    }
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=120
    )


def synth(folder: Path, outcome: str) -> subprocess.CompletedProcess[str]:
    quiet = ["-q", "--no-notices", "--no-lookups", "--no-version-reporting"]
    app = shlex.join([sys.executable, str(APP), outcome])
    return run([str(BIN / "cdk"), "synth", *quiet, "--app", app, "--output", "out"], folder)


def report_of(folder: Path) -> dict[str, Any]:
    document = json.loads((folder / "out" / "validation-report.json").read_text(encoding="utf-8"))
    [plugin] = document["pluginReports"]
    return dict(plugin)


def test_an_error_fails_the_synth(tmp_path: Path) -> None:
    """File and line, the words, the construct, the fix and how to acknowledge: all in the CLI's output."""
    done = synth(tmp_path, "error")
    assert done.returncode == 1
    printed = done.stdout + done.stderr
    assert WORDS in printed
    assert "Vision/Model" in printed
    assert FIX in printed
    assert "Acknowledge with 'seatrial::SEA401'" in printed
    assert "Traceback" not in printed


def test_a_warning_is_shown(tmp_path: Path) -> None:
    """An unacknowledged warning is printed, and the synth succeeds."""
    done = synth(tmp_path, "warning")
    assert done.returncode == 0
    assert WORDS in done.stdout + done.stderr


def test_an_acknowledged_error_is_suppressed_with_its_reason(tmp_path: Path) -> None:
    """The synth succeeds; the report keeps the finding, the reason and where it was acknowledged."""
    done = synth(tmp_path, "acknowledged")
    assert done.returncode == 0
    assert WORDS not in done.stdout + done.stderr
    plugin = report_of(tmp_path)
    assert plugin["violations"] == []
    [suppressed] = plugin["suppressedViolations"]
    assert suppressed["description"] == WORDS
    assert suppressed["acknowledgedId"] == "seatrial::SEA401"
    assert suppressed["reason"] == "known, and fine here"
    assert suppressed["acknowledgedAt"] == "Vision/Model"


def test_rules_that_fail_fail_the_synth(tmp_path: Path) -> None:
    """A defect of the rules is told in one line and never passes for a clean deployment."""
    done = synth(tmp_path, "failing")
    assert done.returncode == 1
    printed = done.stdout + done.stderr
    assert "Seatrial's rules could not run" in printed
    assert "RuntimeError('the rules broke')" in printed
    assert "Traceback" not in printed


@pytest.mark.parametrize(("outcome", "code"), [("error", 1), ("warning", 0), ("acknowledged", 0)])
def test_plain_python_ends_alike(tmp_path: Path, outcome: str, code: int) -> None:
    """Without the CLI the same findings end the app in the same way."""
    done = run([sys.executable, str(APP), outcome], tmp_path)
    assert done.returncode == code
    assert (WORDS in done.stderr) == (outcome != "acknowledged")
