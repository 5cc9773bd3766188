"""What the server is told on its command line."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from local.aws.account import AS_OF_YEARS

__all__ = ["Settings", "parse_arguments"]

DEFAULT_MULTI_MODEL_MEMORY_MIB = 16_384


@dataclass(frozen=True, slots=True)
class Settings:
    """The server's settings.

    Attributes:
        state_folder: where it keeps what it needs while it runs.
        project_root: where Triton's environment is.
        port: of the gateway, on 127.0.0.1.
        runtime_port: of the data plane, on 127.0.0.1.
        region: of requests that name none.
        as_of: the year whose AWS it stands for; None for today's.
        multi_model_memory_mib: how large the unpacked archives of a multi-model endpoint's loaded models may
            be together.
    """

    state_folder: Path
    project_root: Path
    port: int
    runtime_port: int
    region: str
    as_of: int | None = None
    multi_model_memory_mib: int = DEFAULT_MULTI_MODEL_MEMORY_MIB


def parse_arguments(arguments: Sequence[str]) -> Settings:
    """Return the settings; on a wrong command line say so and exit with status 2."""
    parser = argparse.ArgumentParser(
        prog="python -m local.aws.server", description="The laptop's AWS.", allow_abbrev=False
    )
    parser.add_argument("--state", type=Path, required=True, metavar="DIR")
    parser.add_argument("--project-root", type=Path, default=Path.cwd(), metavar="DIR")
    parser.add_argument("--port", type=int, default=4577)
    parser.add_argument("--runtime-port", type=int, default=4578)
    parser.add_argument("--region", default="us-east-1")
    parser.add_argument("--as-of", type=int, choices=AS_OF_YEARS)
    parser.add_argument("--multi-model-memory-mib", type=int, default=DEFAULT_MULTI_MODEL_MEMORY_MIB)
    parsed = parser.parse_args(arguments)
    return Settings(
        parsed.state.resolve(),
        parsed.project_root.resolve(),
        parsed.port,
        parsed.runtime_port,
        parsed.region,
        parsed.as_of,
        parsed.multi_model_memory_mib,
    )
