"""`seatrial doctor`: is this machine able to run everything, and what to do if not."""

import os

import typer

from cli._errors import ending_in_words
from cli._options import JsonFlag
from cli._output import Output
from cli._project import PROJECT

__all__ = ["doctor"]


def doctor(json: JsonFlag = False) -> None:  # noqa: FBT002 - typer's flag
    """Say of everything that Seatrial needs whether it is there; exit 0 able, 1 where something is missing.

    No network is asked. Without `.venv`, `python3 environments/doctor` says the same.
    """
    output = Output(as_json=json)
    with ending_in_words(output):
        from environments.doctor import diagnose, probe_machine

        with output.working("looking at this machine"):
            diagnosis = diagnose(probe_machine(PROJECT.root, os.environ))
        output.line(diagnosis.to_text())
        output.document(diagnosis.to_document())
        raise typer.Exit(diagnosis.exit_code)
