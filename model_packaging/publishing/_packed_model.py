"""A packed model as it is read for publishing: as a stream, and held to its manifest."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from model_packaging.artifact.archive import ArchiveReader, open_archive
from model_packaging.artifact.errors import ArchiveError
from model_packaging.artifact.manifest import FileRecord, Manifest
from model_packaging.publishing._parts import PART_BYTES
from model_packaging.publishing.errors import PublishError

__all__ = ["PackedModel", "VerifiedContent", "counted", "opened", "pieces_of", "verified_files"]

_READ_BYTES = 1 << 20
_BUILD_AGAIN = "package the model again with --force, then publish again."


@dataclass(frozen=True, slots=True)
class PackedModel:
    """An archive, and what it holds.

    Attributes:
        manifest: says what is in it.
        archive: the file.
        listen: called with the bytes that went out, or were there, since the last call.
        part_bytes: of each part of an upload.
    """

    manifest: Manifest
    archive: Path
    listen: Callable[[int], None] = lambda _bytes: None
    part_bytes: int = PART_BYTES


@dataclass(frozen=True, slots=True)
class VerifiedContent:
    """A file of the archive, and its content: once, in order, before the next file is asked for."""

    record: FileRecord
    pieces: Iterator[bytes]


def opened(archive: Path) -> BinaryIO:
    """Open the archive; the caller closes it.

    Raises:
        PublishError: it can't be opened.
    """
    try:
        return archive.open("rb")
    except OSError as error:
        raise PublishError(f"{archive} can't be read ({error.strerror}).", _BUILD_AGAIN) from error


def verified_files(file: BinaryIO, model: PackedModel) -> Iterator[VerifiedContent]:
    """Yield each file of the archive with its content, whose end raises where it isn't the manifest's.

    Raises:
        PublishError: the archive is damaged, or holds something else than the manifest says.
    """
    records = {each.path: each for each in model.manifest.files}
    file.seek(0)
    with _telling_damage(), open_archive(file, name=str(model.archive)) as reader:
        for header in reader:
            if header.is_directory:
                continue
            record = records.pop(header.path, None)
            if record is None or record.size_bytes != header.size_bytes:
                raise _not_the_manifests(model.archive, header.path)
            yield VerifiedContent(record, _verified(reader, record, model.archive))
    if records:
        raise _not_the_manifests(model.archive, min(records))


def pieces_of(file: BinaryIO, listen: Callable[[int], None]) -> Iterator[bytes]:
    """Yield the whole file in pieces, telling ``listen`` the bytes of each."""
    file.seek(0)
    return counted(iter(lambda: file.read(_READ_BYTES), b""), listen)


def counted(pieces: Iterator[bytes], listen: Callable[[int], None]) -> Iterator[bytes]:
    """Yield ``pieces``, telling ``listen`` the bytes of each that was taken."""
    for piece in pieces:
        yield piece
        listen(len(piece))


def _verified(reader: ArchiveReader, record: FileRecord, archive: Path) -> Iterator[bytes]:
    digest = hashlib.sha256()
    with _telling_damage():
        for piece in reader.chunks():
            digest.update(piece)
            yield piece
    if digest.hexdigest() != record.sha256:
        raise _not_the_manifests(archive, record.path)


@contextmanager
def _telling_damage() -> Iterator[None]:
    try:
        yield
    except ArchiveError as error:
        raise PublishError(f"{error}.", _BUILD_AGAIN) from error


def _not_the_manifests(archive: Path, path: str) -> PublishError:
    return PublishError(f"{archive}: {path!r} is not what the manifest says.", _BUILD_AGAIN)
