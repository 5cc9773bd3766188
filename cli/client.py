"""`seatrial client`: a Python module with a model's requests and answers as types."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from cli._errors import ending_in_words
from cli._options import DeploymentPath, JsonFlag
from cli._output import Output
from cli._project import PROJECT
from cli._refusal import refuse, refuse_name

__all__ = ["client"]


def client(
    deployment: DeploymentPath,
    model: Annotated[str, typer.Argument(metavar="MODEL", help="the model's key in DEPLOYMENT")],
    output_path: Annotated[
        Path | None, typer.Option("--output", "-o", help="the file to write; without it, stdout")
    ] = None,
    json: JsonFlag = False,  # noqa: FBT002 - typer's flag
) -> None:
    """Write a Python module that sends requests to MODEL: arrays with names, checked before they are sent.

    It stands by itself: your service needs numpy, tritonclient and boto3 beside it, and nothing of Seatrial.
    """
    output = Output(as_json=json)
    with ending_in_words(output):
        from cli._manifests import manifest_of
        from invocation import typed_client_source
        from spec import load_deployment

        file = load_deployment(deployment)
        if model not in file.deployment.models:
            refuse_name(output, f"{file.path} has no model", model, list(file.deployment.models))
        manifest = manifest_of(file, model, PROJECT.build_root)
        source = typed_client_source(manifest)
        if output_path is not None:
            _write(output, output_path, source)
            output.say(f"wrote {output_path}")
        elif not json:
            sys.stdout.write(source)
        output.document(
            {
                "ok": True,
                "content_key": manifest.content_key,
                **({"path": str(output_path)} if output_path else {"source": source}),
            }
        )


def _write(output: Output, path: Path, text: str) -> None:
    """Write a file that is whole or not there at all."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_text(text, encoding="utf-8")
        beside.replace(path)
    except OSError as error:
        refuse(output, f"{path}: can't be written: {error.strerror or error}.")
    finally:
        beside.unlink(missing_ok=True)
