"""1,000 inference components in stacks below the resource limit, against the same by aws_cdk's L1 constructs.

Each synth is a process of its own, by the same Node, without CDK's built-in validation. An empty synth, the
plain one and the fleet's run in turn, round after round. What else the machine does can only add to a time,
so the times are the least of the rounds: from the first construct to the written templates. ``cpu`` figures
are of the CPU seconds of all processes, Node's collector in the background too, less those of the round's
empty synth; the median of the rounds counts. They change little with what else runs.

``components.stacks`` is the way of deployment files, `stacks.build_app`, with all that a file's components
have: a role of its own for each one's model, a dashboard, an alarm on errors, and our rules over the result.
"""

import statistics
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks._harness import Measurement, run_child

__all__ = ["measure"]

_ROUNDS = 5
_COUNT = 1000
_STACKS_ROUNDS = 2
_STACKS_COUNT = 200


@dataclass(frozen=True, slots=True)
class _Synth:
    """One synth: what it took from the first construct on, and what its processes took in all."""

    wall_seconds: float
    cpu_seconds: float


def measure() -> Iterator[Measurement]:
    """Yield the milliseconds each component takes, and the ratios to plain L1 constructs.

    Raises:
        RuntimeError: a synth failed; the models of deployments/local.yaml must be packaged.
    """
    for kind, goal in (("complete", 3.0), ("bare", 1.0)):
        rounds = [
            (_synth(kind, "plain", 0), _synth(kind, "plain", _COUNT), _synth(kind, "fleet", _COUNT))
            for _ in range(_ROUNDS)
        ]
        _, plain, fleet = zip(*rounds, strict=True)
        cpu = [
            (p.cpu_seconds - empty.cpu_seconds, f.cpu_seconds - empty.cpu_seconds) for empty, p, f in rounds
        ]
        cpu_each_ms = statistics.median(f for _, f in cpu) / _COUNT * 1000
        ratio = statistics.median(f / p for p, f in cpu)
        yield Measurement(f"components.{kind}.plain_each", _least_ms(plain, _COUNT), "ms")
        yield Measurement(f"components.{kind}.each", _least_ms(fleet, _COUNT), "ms", f"<= {goal}")
        yield Measurement(f"components.{kind}.cpu_each", cpu_each_ms, "ms")
        yield Measurement(f"components.{kind}.cpu_ratio_vs_plain", ratio, "ratio", "<= 0.6")
    stacks = [_run("_stack_synths", str(_STACKS_COUNT)) for _ in range(_STACKS_ROUNDS)]
    yield Measurement("components.stacks.each", _least_ms(stacks, _STACKS_COUNT), "ms")


def _least_ms(synths: Iterable[_Synth], count: int) -> float:
    return min(each.wall_seconds for each in synths) / count * 1000


def _synth(kind: str, way: str, count: int) -> _Synth:
    return _run("_component_synths", kind, way, str(count))


def _run(module: str, *arguments: str) -> _Synth:
    node = Path(sys.executable).with_name("node")
    usage = run_child("env", f"JSII_NODE={node}", sys.executable, "-m", f"benchmarks.{module}", *arguments)
    return _Synth(float(usage.output), usage.cpu_seconds)
