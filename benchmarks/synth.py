"""A whole synth of deployments/local.yaml, against importing aws_cdk and synthesizing an empty stack.

Each is a process of its own, by the same Node, without CDK's built-in validation; Seatrial's rules are on.
The three run in turn, round after round, and the median of the rounds' ratios counts, so that whatever else
the machine does falls on all of them alike.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks._harness import Measurement

__all__ = ["measure"]

_ROUNDS = 9
_TIMEOUT_SECONDS = 120
_ROOT = Path(__file__).resolve().parent.parent
_EMPTY_STACK = """
import aws_cdk as cdk
app = cdk.App(analytics_reporting=False)
cdk.Stack(app, "empty")
app.synth()
"""
_WITHOUT_NAG = '{"seatrial:nag": "false"}'


def measure() -> Iterator[Measurement]:
    """Yield both ratios.

    Raises:
        RuntimeError: a synth failed; the models must be packaged.
    """
    with tempfile.TemporaryDirectory() as folder:
        outdir = Path(folder) / "cdk.out"
        _round(outdir)  # fills the caches of bytecode and of jsii
        rounds = [_round(outdir) for _ in range(_ROUNDS)]
    empty, rules, nag = zip(*rounds, strict=True)
    yield Measurement("synth.empty_stack", statistics.median(empty), "s")
    yield Measurement("synth.ratio_with_rules", _median_ratio(rules, empty), "ratio", "<= 2.6")
    yield Measurement("synth.ratio_with_rules_and_cdk_nag", _median_ratio(nag, empty), "ratio", "<= 3.2")


def _round(outdir: Path) -> tuple[float, float, float]:
    return (
        _seconds(outdir, "-c", _EMPTY_STACK),
        _seconds(outdir, "app.py", CDK_CONTEXT_JSON=_WITHOUT_NAG),
        _seconds(outdir, "app.py"),
    )


def _median_ratio(numerators: tuple[float, ...], denominators: tuple[float, ...]) -> float:
    return statistics.median(n / d for n, d in zip(numerators, denominators, strict=True))


def _seconds(outdir: Path, *arguments: str, **environment: str) -> float:
    node = Path(sys.executable).with_name("node")
    fixed = {
        "CDK_OUTDIR": str(outdir),
        "CDK_VALIDATION": "false",
        "JSII_NODE": str(node),
        # Where bytecode may not be written, each run would compile our modules anew, and theirs never.
        "PYTHONDONTWRITEBYTECODE": "",
        "PYTHONPYCACHEPREFIX": str(outdir.with_name("bytecode")),
    }
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=_ROOT,
        env={**os.environ, **fixed, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=_TIMEOUT_SECONDS,
    )
    elapsed = time.perf_counter() - started
    if done.returncode:
        raise RuntimeError(f"{' '.join(arguments)} exited with {done.returncode}: {done.stderr.strip()}")
    return elapsed
