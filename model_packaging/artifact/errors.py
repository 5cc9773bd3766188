"""The exceptions of this folder."""

__all__ = ["ArchiveError", "ArtifactError", "ConfigPbtxtError", "ManifestError", "PublicationLockError"]


class ArtifactError(Exception):
    """Something about an artifact is wrong; the message says where, what, what is allowed, what to do."""


class ManifestError(ArtifactError):
    """A manifest can't be read: it is missing, not JSON, of another format version, or incomplete."""


class PublicationLockError(ArtifactError):
    """A lock file can't be read: it is not JSON, of another format version, or incomplete."""


class ArchiveError(ArtifactError):
    """An archive is refused.

    Attributes:
        archive: the archive, as the caller named it.
        member: the member it is about; empty where it is about the archive as a whole.
        reason: what is wrong and what is allowed.
    """

    def __init__(self, archive: str, member: str, reason: str) -> None:
        super().__init__(f"{archive}: member {member!r}: {reason}" if member else f"{archive}: {reason}")
        self.archive = archive
        self.member = member
        self.reason = reason


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
