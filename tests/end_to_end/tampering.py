"""Changing a packaged model behind Seatrial's back, as a broken build would leave it."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from model_packaging.archive.packing import pack_folder
from model_packaging.artifact import (
    MANIFEST_FILE_NAME,
    ArchiveRecord,
    content_key_of,
    read_manifest,
    write_manifest,
)
from model_packaging.artifact.archive import extract_archive

__all__ = ["tamper"]


def tamper(folder: Path, work: Path, change: Callable[[Path], None]) -> None:
    """Apply ``change`` to the model file in ``folder``'s archive and name the result as a build would.

    Build inputs stay as they are, so that nothing builds the model again.
    """
    manifest = read_manifest(folder / MANIFEST_FILE_NAME)
    unpacked = work / "unpacked"
    extract_archive(folder / manifest.archive.file_name, unpacked)
    change(unpacked / manifest.model / "1" / "model.pt")
    archive = work / "model.tar.gz"
    packed = pack_folder(unpacked, archive)
    key = content_key_of((each.path, each.mode, each.size_bytes, each.sha256) for each in packed.files)
    record = ArchiveRecord(f"{key}.tar.gz", packed.size_bytes)
    archive.replace(folder / record.file_name)
    changed = replace(manifest, content_key=key, archive=record, files=packed.files)
    write_manifest(changed, folder / MANIFEST_FILE_NAME)
