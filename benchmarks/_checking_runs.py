"""One check in a process of its own; run by ``benchmarks.checking``.

`python -m benchmarks._checking_runs static FOLDER` runs the static rules over the project there, `bare PATH`
checks a folder or an archive. Both print as JSON how long that took, the imports apart, and which rules found
something; of an archive, how many bytes were read.
"""

import io
import json
import pathlib
import sys
import time
from pathlib import Path
from typing import Any

from preflight import check_deployment
from preflight.bare import ServingContext, check_bare
from spec import load_deployment

_NAME = "many"
"""Of the deployment that ``_checking_parts`` writes."""


def static(folder: Path) -> dict[str, Any]:
    """Run the static rules."""
    started = time.perf_counter()
    report = check_deployment(load_deployment(folder / f"{_NAME}.yaml"), folder / "build", folder)
    return {
        "seconds": time.perf_counter() - started,
        "rules": sorted({each.rule for each in report.findings}),
    }


def bare(path: Path) -> dict[str, Any]:
    """Check a folder or an archive, and count what is read of an archive."""
    read = _count_reads(path)
    started = time.perf_counter()
    report = check_bare(path, ServingContext())
    return {
        "seconds": time.perf_counter() - started,
        "bytes_read": sum(read),
        "rules": sorted({each.rule for each in report.findings}),
    }


def _count_reads(path: Path) -> list[int]:
    """Return a list that grows with the size of each read of ``path``."""
    sizes: list[int] = []
    real = Path.open

    class Counted(io.FileIO):
        def read(self, size: int | None = -1, /) -> bytes:
            data = super().read(-1 if size is None else size) or b""
            sizes.append(len(data))
            return data

    def opened(self: Path, *given: Any, **named: Any) -> Any:  # noqa: ANN401 - as Path.open
        return Counted(self, "rb") if self == path else real(self, *given, **named)

    vars(pathlib)["Path"].open = opened
    return sizes


if __name__ == "__main__":
    step, path = sys.argv[1:]
    print(json.dumps({"static": static, "bare": bare}[step](Path(path))))
