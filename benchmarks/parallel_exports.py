"""Exporting four models side by side, against one after the other.

The exports are real, each in a worker with torch; how much faster they are is up to the machine's cores.
"""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks._harness import Measurement, run_child

__all__ = ["measure"]

_MODELS = 4
_MODULE = """
import torch

def model(random_seed):
    torch.manual_seed(random_seed)
    module = torch.nn.Sequential(*(torch.nn.Linear(1024, 1024) for _ in range(4)))
    return module, lambda batch, generator: {"input": torch.rand(batch, 1024, generator=generator)}
"""
_PACKAGE = """
import json, sys, time
from pathlib import Path
from model_packaging import package
from model_packaging.machine import Machine
from spec import parse_deployment

project, models, cores = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
there = Machine.here()

class Limited(Machine):
    @classmethod
    def here(cls):
        return Machine(min(cores, there.cores), there.memory_bytes)

package.Machine = Limited
export = {"from": "many:model", "to": "torchscript", "how": "trace"}
document = {
    "name": "many",
    "environment": {
        "account": "000000000000", "region": "us-east-1", "availability_zones": ["us-east-1a", "us-east-1b"],
    },
    "models": {
        f"m{seed}": {
            "export": {**export, "arguments": {"random_seed": seed}}, "triton": {"max_batch_size": 8}
        }
        for seed in range(models)
    },
}
file = parse_deployment(json.dumps(document), project / "many.yaml")
started = time.perf_counter()
package.package_deployment(file, project / f"build-{cores}", project, inspect=lambda _: ())
print(time.perf_counter() - started)
"""


def measure() -> Iterator[Measurement]:
    """Yield the ratio of the times."""
    with tempfile.TemporaryDirectory(prefix="seatrial-bench-") as path:
        (Path(path) / "many.py").write_text(_MODULE, encoding="utf-8")
        alone, together = (
            float(run_child(sys.executable, "-c", _PACKAGE, path, str(_MODELS), str(cores)).output)
            for cores in (1, _MODELS)
        )
    yield Measurement(f"package.{_MODELS}_exports.wall_ratio_vs_one_by_one", together / alone, "ratio")
