"""The commands of the app's environment: `seatrial`, and the stock CDK CLI from its pinned npm package."""

import os
from pathlib import Path

from environments._definitions import PROJECT_ROOT, Environment
from environments._installer import run

__all__ = ["install_cdk_cli", "link_commands"]

CDK_FOLDER = PROJECT_ROOT / "environments" / "cdk"

SEATRIAL = """#!{python}
import sys

from cli import main

sys.exit(main())
"""

# `cdk` runs app.py with the `python` that stands first on PATH, and jsii runs the first `node`.
CDK = """#!/bin/sh
PATH="{bin}:$PATH" exec "{bin}/node" "{cli}" "$@"
"""


def install_cdk_cli(environment: Environment) -> None:
    """Install the CDK CLI of package-lock.json with the environment's own Node.

    Raises:
        SetupError: npm failed.
    """
    node = environment.path / "bin" / "node"
    npm = environment.path / "bin" / "npm"
    # npm's launcher finds node on PATH, where another version may stand first.
    search_path = f"{node.parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    run(
        ["env", f"PATH={search_path}", str(npm), "ci", "--no-progress"],
        "installing the CDK CLI",
        cwd=CDK_FOLDER,
    )


def link_commands(environment: Environment) -> None:
    """Write `seatrial` and `cdk` into the environment's bin."""
    binaries = environment.path / "bin"
    cli = CDK_FOLDER / "node_modules" / "aws-cdk" / "bin" / "cdk"
    _write_executable(binaries / "seatrial", SEATRIAL.format(python=environment.python))
    _write_executable(binaries / "cdk", CDK.format(bin=binaries, cli=cli))


def _write_executable(path: Path, text: str) -> None:
    beside = path.with_name(f".{path.name}.new")
    beside.write_text(text, encoding="utf-8")
    beside.chmod(0o755)
    beside.replace(path)
