"""Deciding what to build of 200 models, one of which has changed: what is looked at, read and built.

The worker is a stand-in, so that deciding and packing alone are measured. Every stat and every byte that is
read of the project's sources is counted.
"""

import json
import sys
import tempfile
from collections.abc import Iterator

from benchmarks._harness import Measurement, run_child

__all__ = ["measure"]

_MODELS = 200


def measure() -> Iterator[Measurement]:
    """Yield counts for an unchanged deployment and for one with a changed model, and how long each takes."""
    with tempfile.TemporaryDirectory(prefix="seatrial-bench-") as path:
        runs = [_run(path, step) for step in ("build", "unchanged", "change")]
    _, unchanged, changed = runs
    name = f"package.unchanged.{_MODELS}_models"
    yield Measurement(f"{name}.stats_per_file", unchanged["stats"] / unchanged["files"], "ratio", "<= 1.0")
    yield Measurement(f"{name}.bytes_read", unchanged["bytes_read"], "bytes", "<= 0")
    yield Measurement(f"{name}.built", unchanged["built"], "models", "<= 0")
    yield Measurement(f"{name}.wall", unchanged["seconds"], "s")
    name = f"package.one_changed.{_MODELS}_models"
    ratio = changed["bytes_read"] / changed["changed_bytes"]
    yield Measurement(f"{name}.bytes_read_per_changed_byte", ratio, "ratio", "<= 1.0")
    yield Measurement(f"{name}.built", changed["built"], "models", "<= 1")
    yield Measurement(f"{name}.wall", changed["seconds"], "s")


def _run(folder: str, step: str) -> dict[str, float]:
    done = run_child(sys.executable, "-m", "benchmarks._packaging_run", folder, str(_MODELS), step)
    found: dict[str, float] = json.loads(done.output)
    return found
