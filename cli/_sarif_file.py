"""Writes a report as SARIF, for what shows findings beside code."""

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

from cli._output import Output
from cli._project import PROJECT
from cli._refusal import refuse

if TYPE_CHECKING:
    from preflight import Report

__all__ = ["write_sarif"]


def write_sarif(report: "Report", checked: Path, file: Path, output: Output) -> None:
    """Write ``report`` to ``file``, whole or not at all.

    Args:
        report: the findings.
        checked: what was checked.
        file: where to; its folder is there.
        output: says why it can't be written, which ends the command.
    """
    from preflight.sarif import sarif_document

    text = json.dumps(sarif_document(report, PROJECT.root, checked=checked), indent=2)
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        beside.write_text(f"{text}\n", encoding="utf-8")
        beside.replace(file)
    except OSError as error:
        beside.unlink(missing_ok=True)
        refuse(output, f"--sarif: {file} can't be written ({error.strerror or error})")
