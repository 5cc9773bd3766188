"""`seatrial check`: the static rules over many models, and an archive as large as BERT-large's.

Wall time is that of a process of its own, its imports included; peak memory is the whole process's.
"""

import json
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks._harness import Measurement, run_child

__all__ = ["measure"]

_PARTS = "benchmarks._checking_parts"
_MODELS = 200
_RUNS = 3
_ARCHIVE_WEIGHTS = 335_141_888
"""Parameters of ``BertModel`` with the configuration of bert-large-uncased: 1.34 GB of float32."""
_MEGABYTE = 1e6


def measure() -> Iterator[Measurement]:
    """Yield seconds, megabytes, and bytes read for each byte of the archive."""
    with tempfile.TemporaryDirectory(prefix="seatrial-bench-") as path:
        yield from _static(Path(path))
    with tempfile.TemporaryDirectory(prefix="seatrial-bench-") as path:
        yield from _archive(Path(path))


def _static(work: Path) -> Iterator[Measurement]:
    run_child(sys.executable, "-m", _PARTS, "project", str(work / "project"), str(_MODELS))
    runs = [_run("static", work / "project") for _ in range(_RUNS)]
    name = f"check.static_{_MODELS}_models"
    yield Measurement(f"{name}.wall", min(run["wall"] for run in runs), "s", "<= 2")
    yield Measurement(f"{name}.peak_memory", max(run["peak"] for run in runs), "MB", "<= 150")


def _archive(work: Path) -> Iterator[Measurement]:
    archive, folder = work / "model.tar.gz", work / "repository"
    run_child(sys.executable, "-m", _PARTS, "archive", str(work), str(_ARCHIVE_WEIGHTS))
    size_bytes = archive.stat().st_size
    runs = [_run("bare", archive) for _ in range(_RUNS)]
    name = "check.archive_1_3_gb"
    yield Measurement(f"{name}.bytes_read_per_byte", runs[0]["bytes_read"] / size_bytes, "ratio", "<= 1.0")
    wall_seconds = min(run["wall"] for run in runs)
    yield Measurement(f"{name}.wall", wall_seconds, "s")
    speed = size_bytes / _MEGABYTE / min(run["seconds"] for run in runs)
    yield Measurement(f"{name}.speed", speed, "MB/s", ">= 500")
    yield Measurement(f"{name}.peak_memory", max(run["peak"] for run in runs), "MB", "<= 150")
    yield Measurement(
        "check.folder_1_3_gb.wall", min(_run("bare", folder)["wall"] for _ in range(_RUNS)), "s"
    )


def _run(step: str, path: Path) -> dict[str, Any]:
    started = time.perf_counter()
    usage = run_child(sys.executable, "-m", "benchmarks._checking_runs", step, str(path))
    wall = time.perf_counter() - started
    return {"wall": wall, "peak": usage.peak_memory_mb, **json.loads(usage.output)}
