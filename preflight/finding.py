"""A finding: what a rule has to say about one place, in words a user can act on."""

from dataclasses import dataclass, field
from enum import StrEnum

__all__ = ["Finding", "Location", "Severity"]


class Severity(StrEnum):
    """How much a finding matters: an error would fail or hang the deployment, a warning might."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Location:
    """A place in a file; lines count from 1, 0 stands for the file as a whole."""

    file: str
    line: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


@dataclass(frozen=True, slots=True)
class Finding:
    """What one rule found at one place.

    Attributes:
        rule: the rule's id, such as ``SEA101``.
        severity: error or warning.
        subject: what it is about: the dotted path in the deployment file (``models.classifier``), or the
            path inside a bare artifact.
        what: what is wrong, with the offending value.
        allowed: what is allowed instead.
        fix: what to do.
        location: file and line.
        acknowledged: the user's reason, where the deployment file acknowledges it.
    """

    rule: str
    severity: Severity
    subject: str
    what: str
    allowed: str
    fix: str
    location: Location | None = field(default=None)
    acknowledged: str | None = field(default=None)

    def __str__(self) -> str:
        place = f"{self.location}: " if self.location else ""
        return f"{place}{self.rule} {self.subject}: {self.what} Allowed: {self.allowed} Fix: {self.fix}"
