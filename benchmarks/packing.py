"""Packing a 268 MB float32 repository, against `tar czf` and Python's tarfile, in one run.

Each packer runs in a process of its own; CPU seconds are user and system. Of the Python packers the call
itself is measured, since packing is one step of a process that runs anyway. Of ours the least of a few runs
counts: it is so short that whatever else the machine does shows. Peak memory is the whole process's.
"""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks._harness import ChildUsage, Measurement, run_child

__all__ = ["measure"]

_WEIGHTS = 1 << 26
_WEIGHTS_PER_WRITE = 1 << 22
_RUNS = 5
_PACK = """
import sys, time
from pathlib import Path
from model_packaging.packing import pack_folder
started = time.process_time()
pack_folder(Path(sys.argv[1]), Path(sys.argv[2]))
print(time.process_time() - started)
"""
_TARFILE = """
import sys, tarfile, time
started = time.process_time()
with tarfile.open(sys.argv[2], "w:gz") as archive:
    archive.add(sys.argv[1], arcname=".")
print(time.process_time() - started)
"""
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
        repository = _repository(work)
        archive = work / "model.tar.gz"
        ours = [_run(archive, sys.executable, "-c", _PACK, repository, archive) for _ in range(_RUNS)]
        tar = _run(archive, "tar", "czf", archive, "-C", repository, ".")
        tarfile = _run(archive, sys.executable, "-c", _TARFILE, repository, archive)
        cpu_seconds = min(float(each.output) for each in ours)
        yield Measurement("pack.fp32.cpu_ratio_vs_tar_czf", cpu_seconds / tar.cpu_seconds, "ratio", "<= 0.04")
        yield Measurement(
            "pack.fp32.cpu_ratio_vs_tarfile_w_gz", cpu_seconds / float(tarfile.output), "ratio", "<= 0.05"
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


def _run(archive: Path, *command: str | Path) -> ChildUsage:
    """Run ``command``, which writes ``archive``, and remove that: unwritten pages would slow the next."""
    usage = run_child(*map(str, command))
    archive.unlink()
    return usage


def _repository(work: Path) -> Path:
    """Make a Triton repository with 268 MB of normally distributed weights."""
    repository = work / "repository"
    file = repository / "model" / "1" / "model.pt"
    file.parent.mkdir(parents=True)
    (repository / "model" / "config.pbtxt").write_text('name: "model"\n', encoding="utf-8")
    generator = np.random.default_rng(0)
    with file.open("wb") as target:
        for _ in range(_WEIGHTS // _WEIGHTS_PER_WRITE):
            target.write(generator.standard_normal(_WEIGHTS_PER_WRITE, dtype=np.float32).tobytes())
    return repository
