"""Packing a 268 MB float32 repository, against `tar czf` and Python's tarfile, in one run.

Of ours the least of a few runs counts: it is so short that whatever else the machine does shows.
"""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks._harness import Measurement, run_child
from benchmarks._packers import OURS, TAR_CZF, TARFILE, cpu_seconds_of, run_packer, write_weights

__all__ = ["measure"]

_WEIGHTS = 1 << 26
_RUNS = 5
_READ_AND_HASH = """
import hashlib, sys, time
started = time.perf_counter()
with open(sys.argv[1], "rb") as file:
    hashlib.file_digest(file, "sha256")
print(time.perf_counter() - started)
"""
_RECOGNISE = """
import sys, time
from pathlib import Path
from model_packaging.package import package_model
from spec import Model

def unchanged(size):
    project = Path(sys.argv[1])
    model = Model.model_validate({
        "export": {"from": "big:model", "to": "torchscript", "how": "trace", "arguments": {"rows": size}},
        "triton": {"max_batch_size": 1},
    })
    started = time.perf_counter()
    built = package_model("big", model, project / "build", project, inspect=lambda _: ()).built
    return built, time.perf_counter() - started

assert unchanged(8192)[0]
built, seconds = unchanged(8192)
assert not built
print(seconds)
"""
_BIG_MODEL = """
import torch

def model(rows):
    module = torch.nn.Linear(8192, rows, bias=False)
    return module, lambda batch, generator: {"input": torch.rand(batch, 8192, generator=generator)}
"""


def measure() -> Iterator[Measurement]:
    """Yield CPU ratios, peak memory, and how fast an unchanged model is recognised."""
    with tempfile.TemporaryDirectory(prefix="seatrial-bench-") as path:
        work = Path(path)
        repository = work / "repository"
        write_weights(repository / "model" / "1" / "model.pt", _WEIGHTS)
        (repository / "model" / "config.pbtxt").write_text('name: "model"\n', encoding="utf-8")
        archive = work / "model.tar.gz"
        ours = [run_packer(OURS, repository, archive) for _ in range(_RUNS)]
        tar = run_packer(TAR_CZF, repository, archive)
        tarfile = run_packer(TARFILE, repository, archive)
        cpu_seconds = min(cpu_seconds_of(each) for each in ours)
        yield Measurement("pack.fp32.cpu_ratio_vs_tar_czf", cpu_seconds / tar.cpu_seconds, "ratio", "<= 0.04")
        yield Measurement(
            "pack.fp32.cpu_ratio_vs_tarfile_w_gz", cpu_seconds / cpu_seconds_of(tarfile), "ratio", "<= 0.05"
        )
        yield Measurement("pack.fp32.peak_memory", max(each.peak_memory_mb for each in ours), "MB", "<= 64")
    with tempfile.TemporaryDirectory(prefix="seatrial-bench-") as path:
        project = Path(path)
        (project / "big.py").write_text(_BIG_MODEL, encoding="utf-8")
        recognised = run_child(sys.executable, "-c", _RECOGNISE, path)
        (archive,) = (project / "build").glob("*.tar.gz")
        hashed = run_child(sys.executable, "-c", _READ_AND_HASH, str(archive))
        yield Measurement(
            "package.unchanged.wall_ratio_vs_read_and_hash",
            float(recognised.output) / float(hashed.output),
            "ratio",
            "<= 1.0",
        )
