"""Synthesizes many inference components as deployment files do; run by ``benchmarks.components``.

`python -m benchmarks._stack_synths COUNT` prints the seconds from reading the file to the written templates.
The file has the models of deployments/local.yaml and one endpoint, whose components share one of them.
"""

import gc
import json
import sys
import tempfile
import time
from pathlib import Path

from spec.shard_lock import lock_path
from stacks import build_app

_ROOT = Path(__file__).resolve().parent.parent
_INSTANCES = 20  # of 96 CPUs each: room for all copies
_COMPONENTS_PER_SHARD = 20
"""On average: a component has up to 12 resources, a stack at most 500, and stacks are not filled evenly."""


def main(count: int) -> float:
    """Synthesize and return the seconds."""
    gc.disable()  # as app.py does
    with tempfile.TemporaryDirectory() as folder:
        deployment = Path(folder) / "many.yaml"
        shards = count // _COMPONENTS_PER_SHARD + 1
        deployment.write_text(_document(count, shards), encoding="utf-8")
        lock_path(deployment).write_text(json.dumps({"many": shards}), encoding="utf-8")
        started = time.perf_counter()
        build_app(
            _ROOT,
            deployment=deployment,
            outdir=Path(folder) / "cdk.out",
            context={"seatrial:nag": "false"},
            builtin_validation=False,
        ).synth()
        return time.perf_counter() - started


def _document(count: int, shards: int) -> str:
    local = (_ROOT / "deployments" / "local.yaml").read_text(encoding="utf-8")
    models, _, _ = local.partition("\nendpoints:\n")
    component = {
        "model": "encoder",
        "copies": {"min": 1, "max": 2},
        "compute": {"cpus": 1, "memory_mib": 512},
        "scaling": {"invocations_per_copy": 300},
    }
    endpoint = {
        "type": "inference-components",
        "instances": {"type": "ml.m5.24xlarge", "min": 1, "max": _INSTANCES},
        "shards": shards,
        "components": {f"c{number}": component for number in range(count)},
    }
    return f"{models}\nendpoints: {json.dumps({'many': endpoint})}\n"


if __name__ == "__main__":
    print(main(int(sys.argv[1])))
