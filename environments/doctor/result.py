"""What one check says of a machine."""

from dataclasses import asdict, dataclass
from enum import StrEnum

__all__ = ["Result", "Status"]


class Status(StrEnum):
    """How much of Seatrial works as far as one check can tell."""

    OK = "ok"
    DEGRADED = "degraded"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Result:
    """One check's answer.

    Attributes:
        name: of the check, unique in a report.
        status: ``missing`` where a command fails for it, ``degraded`` where one does less or is slower.
        found: what is there, in a few words.
        meaning: which commands work without, and which don't; empty where all is well.
        remedy: what to do; empty where all is well.
    """

    name: str
    status: Status
    found: str
    meaning: str = ""
    remedy: str = ""

    def to_document(self) -> dict[str, str]:
        """Return it for JSON, with every member."""
        return {key: str(value) for key, value in asdict(self).items()}
