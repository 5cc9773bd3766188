"""The exceptions of this folder."""

from enum import StrEnum

__all__ = [
    "ArchiveError",
    "ArchiveFault",
    "ArtifactError",
    "ConfigPbtxtError",
    "ManifestError",
    "PublicationLockError",
]


class ArtifactError(Exception):
    """Something about an artifact is wrong; the message says where, what, what is allowed, what to do."""


class ManifestError(ArtifactError):
    """A manifest can't be read: it is missing, not JSON, of another format version, or incomplete."""


class PublicationLockError(ArtifactError):
    """A lock file can't be read: it is not JSON, of another format version, or incomplete."""


class ArchiveFault(StrEnum):
    """Why an archive is refused.

    ``UNREADABLE``: it can't be opened, is no gzip or tar, is damaged or cut off.

    ``TRAILING``: something follows its gzip member or its end mark.

    ``LIMIT``: it holds more than ``ArchiveLimits`` allows.

    ``KIND``: a member is a link, a device, a pipe or a sparse file.

    ``TWICE``: two members share a path, or one is a file where another needs a folder.

    ``PATH``: a member's path leads out of the archive, or is none that a file system takes.
    """

    UNREADABLE = "unreadable"
    TRAILING = "trailing"
    LIMIT = "limit"
    KIND = "kind"
    TWICE = "twice"
    PATH = "path"


class ArchiveError(ArtifactError):
    """An archive is refused.

    Attributes:
        archive: the archive, as the caller named it.
        member: the member it is about; empty where it is about the archive as a whole.
        reason: what is wrong and what is allowed.
        fault: the kind of it.
    """

    def __init__(
        self, archive: str, member: str, reason: str, fault: ArchiveFault = ArchiveFault.UNREADABLE
    ) -> None:
        super().__init__(f"{archive}: member {member!r}: {reason}" if member else f"{archive}: {reason}")
        self.archive = archive
        self.member = member
        self.reason = reason
        self.fault = fault


class ConfigPbtxtError(ArtifactError):
    """A config.pbtxt can't be read as Triton's ``ModelConfig``.

    Attributes:
        line: counted from 1; 0 where no line is to blame.
        column: counted from 1; 0 where no column is to blame.
        reason: what protobuf's parser says.
    """

    def __init__(self, source: str, line: int, column: int, reason: str) -> None:
        place = f"{source}:{line}:{column}" if line else source
        super().__init__(
            f"{place}: {reason}; Triton reads this file as protobuf text of `inference.ModelConfig`"
        )
        self.line = line
        self.column = column
        self.reason = reason
