"""What every benchmark here shares: one measurement, its goal, and how it is printed."""

import json
import operator
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

__all__ = ["ChildUsage", "Measurement", "run_child"]

_COMPARISONS = {"<=": operator.le, ">=": operator.ge}


@dataclass(frozen=True, slots=True)
class Measurement:
    """One figure.

    Attributes:
        name: dotted: ``pack.fp32.cpu_ratio_vs_tar_czf``.
        value: as measured.
        unit: ``ratio``, ``MB``, ``s``, ``ms``, ``requests/s``.
        goal: ``<= 0.04`` or ``>= 500``; empty where there is none.
    """

    name: str
    value: float
    unit: str
    goal: str = ""

    @property
    def is_met(self) -> bool:
        """Whether the goal is reached; always where there is none."""
        if not self.goal:
            return True
        comparison, bound = self.goal.split()
        return bool(_COMPARISONS[comparison](self.value, float(bound)))

    def to_json(self) -> str:
        """Return the line `make bench` prints."""
        document: dict[str, object] = {
            "name": self.name,
            "value": float(f"{self.value:.4g}"),
            "unit": self.unit,
        }
        if self.goal:
            document["goal"] = self.goal
        return json.dumps(document)


@dataclass(frozen=True, slots=True)
class ChildUsage:
    """What a finished child process cost.

    Attributes:
        cpu_seconds: user and system, of the child and its own children.
        peak_memory_mb: resident, of the largest of them, in 10^6 bytes.
        output: what it printed.
    """

    cpu_seconds: float
    peak_memory_mb: float
    output: str


_MEASURE = """
import json, resource, subprocess, sys
done = subprocess.run(sys.argv[1:], stdout=subprocess.PIPE, text=True, check=False)
usage = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([done.returncode, usage.ru_utime + usage.ru_stime, usage.ru_maxrss, done.stdout]))
"""


def run_child(*command: str) -> ChildUsage:
    """Run ``command`` to its end from the repository's root and return what it cost.

    Raises:
        RuntimeError: it failed.
    """
    root = Path(__file__).resolve().parent.parent
    # A process in between, so that its children's peak memory is that of this command alone.
    measured = subprocess.run(
        [sys.executable, "-c", _MEASURE, *command], stdout=subprocess.PIPE, text=True, check=True, cwd=root
    )
    code, cpu_seconds, peak, output = json.loads(measured.stdout)
    if code:
        raise RuntimeError(f"{' '.join(command)} exited with {code}")
    unit_bytes = 1 if sys.platform == "darwin" else 1024  # getrusage(2): bytes on macOS, KiB on Linux
    return ChildUsage(cpu_seconds, peak * unit_bytes / 1e6, output)
