"""Reads and unpacks a model.tar.gz that may be hostile: bounded, streaming, without links.

Refused are absolute paths, ``..``, links, devices, sparse files, a path that is there twice, anything behind
the first gzip member or behind the tar's end mark, and whatever passes ``ArchiveLimits``.
"""

from model_packaging.artifact._archive_extract import extract_archive
from model_packaging.artifact._archive_limits import ArchiveLimits
from model_packaging.artifact._archive_reader import ArchiveReader, open_archive
from model_packaging.artifact._tar_header import Header as ArchiveMember
from model_packaging.artifact.errors import ArchiveError

__all__ = [
    "ArchiveError",
    "ArchiveLimits",
    "ArchiveMember",
    "ArchiveReader",
    "extract_archive",
    "open_archive",
]
