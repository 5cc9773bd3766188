"""How much an archive may hold before it is refused."""

from dataclasses import dataclass

__all__ = ["MAX_NAME_BYTES", "ArchiveLimits"]

MAX_NAME_BYTES = 255
"""Longest file name of ext4, XFS and APFS, and of SageMaker's uncompressed S3 artifacts."""


@dataclass(frozen=True, slots=True)
class ArchiveLimits:
    """Bounds that hold while an archive is read; every one is checked before the bytes are written.

    Attributes:
        members: files and folders.
        total_bytes: unpacked size of everything, tar headers included.
        path_bytes: length of one member's path in UTF-8.
        depth: parts of one member's path.
        ratio: unpacked over packed size; DEFLATE itself ends at about 1030.
        ratio_free_bytes: unpacked size up to which any ratio is fine: small files of zeros are honest.
    """

    members: int = 10_000
    total_bytes: int = 64 << 30
    path_bytes: int = 1024
    depth: int = 32
    ratio: float = 200.0
    ratio_free_bytes: int = 64 << 20
