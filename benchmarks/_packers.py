"""The packers that are compared, each in a process of its own, and what they pack.

CPU seconds are user and system. Of the Python packers the call itself is measured, since packing is one step
of a process that runs anyway. Peak memory is the whole process's.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks._harness import ChildUsage, run_child

__all__ = [
    "CP",
    "OURS",
    "SAGEMAKER_SDK",
    "TARFILE",
    "TARFILE_PLAIN",
    "TAR_CZF",
    "cpu_seconds_of",
    "run_packer",
    "wall_seconds_of",
    "write_weights",
]

Command = Sequence[str | Path]

_WEIGHTS_PER_WRITE = 1 << 22
_STANDARD_DEVIATION = np.float32(0.02)
"""Of BERT's initial weights, and about that of trained ones (transformers, ``initializer_range``)."""

_TIMED = """
import sys, time
from pathlib import Path
{imports}
source, archive = sys.argv[1:]
wall, cpu = time.perf_counter(), time.process_time()
{call}
print(time.process_time() - cpu, time.perf_counter() - wall)
"""


def _timed(imports: str, call: str) -> Command:
    return (sys.executable, "-c", _TIMED.format(imports=imports, call=call), "SOURCE", "ARCHIVE")


OURS = _timed(
    "from model_packaging.archive.packing import pack_folder", "pack_folder(Path(source), Path(archive))"
)
_TARFILE_CALL = """
with tarfile.open(archive, {mode!r}) as written:
    written.add(source, arcname=".")
"""
TARFILE = _timed("import tarfile", _TARFILE_CALL.format(mode="w:gz"))
TARFILE_PLAIN = _timed("import tarfile", _TARFILE_CALL.format(mode="w"))
SAGEMAKER_SDK = _timed(
    "from sagemaker.core.common_utils import create_tar_file",
    "create_tar_file([str(path) for path in Path(source).iterdir()], archive)",
)
_CP_CALL = """
subprocess.run(["cp", "-r", source, archive], check=True)
for path in filter(Path.is_file, Path(archive).rglob("*")):
    subprocess.run(["sync", path], check=True)
"""
CP = _timed("import subprocess", _CP_CALL)
"""A copy that outlives a power cut, as an archive of ours does: packing waits for the disk."""

TAR_CZF = ("tar", "czf", "ARCHIVE", "-C", "SOURCE", ".")


def run_packer(command: Command, source: Path, archive: Path) -> ChildUsage:
    """Let ``command`` pack ``source``, and remove what it wrote: unwritten pages would slow the next."""
    places = {"SOURCE": source, "ARCHIVE": archive}
    usage = run_child(*(str(places.get(str(word), word)) for word in command))
    run_child("rm", "-r", str(archive))
    return usage


def cpu_seconds_of(usage: ChildUsage) -> float:
    """Return what the call of a Python packer took of the processor."""
    return float(usage.output.split()[0])


def wall_seconds_of(usage: ChildUsage) -> float:
    """Return what the call of a Python packer took of the clock."""
    return float(usage.output.split()[1])


def write_weights(file: Path, count: int) -> None:
    """Write ``count`` float32 weights, distributed as those of a trained model are."""
    file.parent.mkdir(parents=True, exist_ok=True)
    generator = np.random.default_rng(0)
    with file.open("wb") as target:
        for start in range(0, count, _WEIGHTS_PER_WRITE):
            size = min(_WEIGHTS_PER_WRITE, count - start)
            weights = generator.standard_normal(size, dtype=np.float32) * _STANDARD_DEVIATION
            target.write(weights.tobytes())
