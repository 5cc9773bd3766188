"""1,000 inference components in stacks below the resource limit, against the same by aws_cdk's L1 constructs.

Each synth is a process of its own, by the same Node, without CDK's built-in validation. The ways run in turn,
round after round, and the median of the rounds' ratios counts, so that whatever else the machine does falls
on both alike.
"""

import os
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks._harness import Measurement

__all__ = ["measure"]

_ROUNDS = 5
_COUNT = 1000
_TIMEOUT_SECONDS = 300
_ROOT = Path(__file__).resolve().parent.parent


def measure() -> Iterator[Measurement]:
    """Yield the milliseconds each component takes, and the ratios to plain L1 constructs.

    Raises:
        RuntimeError: a synth failed.
    """
    for kind, goal in (("complete", 3.0), ("bare", 1.0)):
        rounds = [(_seconds(kind, "plain"), _seconds(kind, "fleet")) for _ in range(_ROUNDS)]
        plain, fleet = zip(*rounds, strict=True)
        each_ms = statistics.median(fleet) / _COUNT * 1000
        ratio = statistics.median(f / p for p, f in rounds)
        yield Measurement(f"components.{kind}.plain_each", statistics.median(plain) / _COUNT * 1000, "ms")
        yield Measurement(f"components.{kind}.each", each_ms, "ms", f"<= {goal}")
        yield Measurement(f"components.{kind}.ratio_vs_plain", ratio, "ratio", "<= 0.6")


def _seconds(kind: str, way: str) -> float:
    node = Path(sys.executable).with_name("node")
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks._component_synths", kind, way, str(_COUNT)],
        cwd=_ROOT,
        env={**os.environ, "JSII_NODE": str(node)},
        capture_output=True,
        text=True,
        check=False,
        timeout=_TIMEOUT_SECONDS,
    )
    if done.returncode:
        raise RuntimeError(f"{way} synth of {kind} components failed: {done.stderr.strip()}")
    return float(done.stdout)
