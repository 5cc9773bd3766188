"""Rewrites a TorchScript file so that its bytes depend on the model alone.

``torch.jit.save`` writes a zip with records that differ from build to build: ``*.debug_pkl`` hold the
absolute paths of source files, ``.data/serialization_id`` is derived from them, and ``traced_inputs`` holds
the tensors a trace was made with. None of them is needed to load or run the model
(torch/csrc/jit/serialization/import.cpp reads each only if it is there).
"""

import shutil
import zipfile
from pathlib import Path

__all__ = ["normalise_torchscript"]

_ROOT = "model"
_ALIGNMENT_BYTES = 64
"""As caffe2/serialize/inline_container.h (``kFieldAlignment``): tensors can be mapped into memory."""
_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
_LOCAL_HEADER_BYTES = 30
_ZIP64_EXTRA_BYTES = 20
_ZIP64_FROM_BYTES = 1 << 30
"""Well below where zip needs 64-bit sizes, so that Python's zipfile never chooses by itself."""
_PADDING_ID = b"FB"
_COPY_BYTES = 1 << 20


def normalise_torchscript(source: Path, destination: Path) -> None:
    """Write ``source`` to ``destination`` without the records that vary, stored, aligned and undated."""
    with (
        zipfile.ZipFile(source) as read,
        destination.open("wb") as file,
        zipfile.ZipFile(file, "w", allowZip64=True) as written,
    ):
        for info in read.infolist():
            record = info.filename.partition("/")[2]
            if _varies(record):
                continue
            large = info.file_size >= _ZIP64_FROM_BYTES
            entry = _entry(f"{_ROOT}/{record}", file.tell(), large=large)
            entry.file_size = info.file_size
            with read.open(info) as content, written.open(entry, "w", force_zip64=large) as target:
                shutil.copyfileobj(content, target, _COPY_BYTES)


def _varies(record: str) -> bool:
    return (
        record.endswith(".debug_pkl")
        or record == ".data/serialization_id"
        or record.startswith("traced_inputs")
    )


def _entry(name: str, offset: int, *, large: bool) -> zipfile.ZipInfo:
    """Return a header whose padding puts the content at a multiple of the alignment."""
    entry = zipfile.ZipInfo(name, _ZIP_EPOCH)
    entry.compress_type = zipfile.ZIP_STORED
    entry.create_system = 0
    headers = _LOCAL_HEADER_BYTES + len(name.encode()) + (_ZIP64_EXTRA_BYTES if large else 0)
    padding = -(offset + headers + 4) % _ALIGNMENT_BYTES
    entry.extra = _PADDING_ID + padding.to_bytes(2, "little") + b"Z" * padding
    return entry
