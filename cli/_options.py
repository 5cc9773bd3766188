"""Arguments that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["DeploymentPath", "JsonFlag"]

DeploymentPath = Annotated[
    Path, typer.Argument(metavar="DEPLOYMENT", help="a deployment file, such as deployments/local.yaml")
]
JsonFlag = Annotated[
    bool, typer.Option("--json", help="print one JSON document on stdout and nothing else there")
]
