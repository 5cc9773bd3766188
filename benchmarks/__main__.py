"""`python -m benchmarks [NAME...]`: runs the benchmarks and prints one JSON line for each figure.

A benchmark is a module here with ``measure() -> Iterator[Measurement]``. Exit 1 when a goal is missed.
"""

import importlib
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks._harness import Measurement

__all__ = ["main"]


def main(names: Sequence[str]) -> int:
    """Run the benchmarks ``names``, all without any, and return the exit code: 2 for an unknown name."""
    known = sorted(path.stem for path in Path(__file__).parent.glob("[!_]*.py"))
    unknown = sorted(set(names) - set(known))
    if unknown:
        print(f"no benchmark {', '.join(unknown)}; there are {', '.join(known)}", file=sys.stderr)
        return 2
    missed = 0
    for measurement in _measurements(names or known):
        print(measurement.to_json(), flush=True)
        missed += not measurement.is_met
    return 1 if missed else 0


def _measurements(names: Sequence[str]) -> Iterator[Measurement]:
    for name in names:
        yield from importlib.import_module(f"benchmarks.{name}").measure()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
