"""The command line explains itself, at once."""

import subprocess
import sys
from pathlib import Path

import pytest

from cli import main

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["package"],
        ["publish"],
        ["check"],
        ["doctor"],
        ["rehearse"],
        ["replay"],
        ["invoke"],
        ["client"],
        ["shards"],
        ["migrate"],
        ["local", "up"],
        ["local", "status"],
        ["local", "env"],
        ["local", "down"],
    ],
)
def test_every_command_has_help(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """What it does, its arguments and its options."""
    assert main([*arguments, "--help"]) == 0
    assert "Usage: " in capsys.readouterr().out


def test_help_imports_no_framework() -> None:
    """`seatrial --help` doesn't wait for torch, the CDK or boto3."""
    script = (
        "import sys; from cli import main; main(['--help'])\n"
        "print([name for name in ('torch', 'aws_cdk', 'boto3', 'numpy', 'pydantic') if name in sys.modules])"
    )
    finished = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    assert finished.stdout.splitlines()[-1] == "[]"
