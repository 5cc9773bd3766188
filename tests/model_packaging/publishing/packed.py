"""Packed models for publishing, made of plain bytes."""

import random
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from model_packaging.archive.packing import pack_folder
from model_packaging.artifact import (
    ArchiveRecord,
    BuildInputs,
    Layout,
    Manifest,
    Provenance,
    Signature,
    TensorSpec,
    content_key_of,
)
from model_packaging.publishing._packed_model import PackedModel

__all__ = ["CONFIG", "LARGE", "MANIFEST", "PART", "pack"]

PART = 5 << 20
"""The least that Amazon S3 takes, so that tests send little."""

CONFIG = b'name: "m"\n'
LARGE = random.Random(0).randbytes(2 * PART + 1000)  # noqa: S311 - no secret

MANIFEST = Manifest(
    model="m",
    layout=Layout.TRITON,
    format="torchscript",
    max_batch_size=8,
    signature=Signature((TensorSpec("x", "FP32", (4,)),), (TensorSpec("y", "FP32", (2,)),), batched=True),
    files=(),
    archive=ArchiveRecord("", 0),
    samples=None,
    content_key="",
    build_inputs=BuildInputs("spec", (("a.py", "ab"),), (("python", "3.11"),)),
    findings=(),
    provenance=Provenance((("python", "3.11.7"),), "linux-x86_64", None),
)


def pack(folder: Path, files: Mapping[str, bytes]) -> PackedModel:
    """Pack ``files`` into ``folder``, as packaging does, in parts of the least length."""
    repository = folder / "repository"
    for path, content in files.items():
        target = repository / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    packed = pack_folder(repository, folder / "model.tar.gz")
    key = content_key_of((each.path, each.mode, each.size_bytes, each.sha256) for each in packed.files)
    archive = (folder / "model.tar.gz").rename(folder / f"{key}.tar.gz")
    manifest = replace(
        MANIFEST,
        files=packed.files,
        archive=ArchiveRecord(archive.name, packed.size_bytes),
        content_key=key,
    )
    return PackedModel(manifest, archive, part_bytes=PART)
