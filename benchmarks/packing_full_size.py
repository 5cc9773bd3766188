"""Packing what is large and what is many: BERT-large's 1.3 GB, and 10,000 files of 4 KB.

Of ours, and of what is compared by the clock, the least of a few runs counts.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks._harness import Measurement
from benchmarks._packers import (
    CP,
    OURS,
    SAGEMAKER_SDK,
    TAR_CZF,
    TARFILE,
    TARFILE_PLAIN,
    cpu_seconds_of,
    run_packer,
    wall_seconds_of,
    write_weights,
)

__all__ = ["measure"]

_BERT_LARGE_WEIGHTS = 335_141_888
"""Parameters of ``BertModel`` with the configuration of bert-large-uncased: 1.34 GB of float32."""
_SMALL_FILES = 10_000
_SMALL_FILE_BYTES = 4096
_FILES_PER_FOLDER = 100
_RUNS = 5


def measure() -> Iterator[Measurement]:
    """Yield CPU ratios, the ratio of wall time to a copy, and peak memory."""
    with tempfile.TemporaryDirectory(prefix="seatrial-bench-") as path:
        yield from _bert_large(Path(path))
    with tempfile.TemporaryDirectory(prefix="seatrial-bench-") as path:
        yield from _small_files(Path(path))


def _bert_large(work: Path) -> Iterator[Measurement]:
    repository, archive = work / "repository", work / "model.tar.gz"
    write_weights(repository / "bert" / "1" / "model.pt", _BERT_LARGE_WEIGHTS)
    (repository / "bert" / "config.pbtxt").write_text('name: "bert"\n', encoding="utf-8")
    pairs = [
        (run_packer(OURS, repository, archive), run_packer(CP, repository, archive)) for _ in range(_RUNS)
    ]
    cpu_seconds = min(cpu_seconds_of(ours) for ours, _ in pairs)
    tar = run_packer(TAR_CZF, repository, archive)
    sdk = run_packer(SAGEMAKER_SDK, repository, archive)
    yield Measurement(
        "pack.bert_large.cpu_ratio_vs_tar_czf", cpu_seconds / tar.cpu_seconds, "ratio", "<= 0.04"
    )
    yield Measurement(
        "pack.bert_large.cpu_ratio_vs_sagemaker_sdk", cpu_seconds / cpu_seconds_of(sdk), "ratio", "<= 0.05"
    )
    wall_seconds = min(wall_seconds_of(ours) for ours, _ in pairs)
    copy_seconds = min(wall_seconds_of(copy) for _, copy in pairs)
    yield Measurement("pack.bert_large.wall_ratio_vs_cp", wall_seconds / copy_seconds, "ratio", "<= 2")
    yield Measurement(
        "pack.bert_large.peak_memory", max(ours.peak_memory_mb for ours, _ in pairs), "MB", "<= 64"
    )


def _small_files(work: Path) -> Iterator[Measurement]:
    repository, archive = work / "repository", work / "model.tar.gz"
    generator = np.random.default_rng(0)
    for index in range(_SMALL_FILES):
        file = repository / f"model_{index // _FILES_PER_FOLDER}" / f"file_{index}"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(generator.bytes(_SMALL_FILE_BYTES))
    ours = min(cpu_seconds_of(run_packer(OURS, repository, archive)) for _ in range(_RUNS))
    compressed = min(cpu_seconds_of(run_packer(TARFILE, repository, archive)) for _ in range(_RUNS))
    plain = min(cpu_seconds_of(run_packer(TARFILE_PLAIN, repository, archive)) for _ in range(_RUNS))
    name = "pack.10000_small_files.cpu_ratio_vs_tarfile"
    yield Measurement(f"{name}_w_gz", ours / compressed, "ratio", "<= 0.5")
    yield Measurement(f"{name}_w", ours / plain, "ratio", "<= 0.5")
