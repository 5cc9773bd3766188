"""What building in the account tells whoever shows its progress."""

from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["RemoteListener", "RemoteProgress"]


@dataclass(frozen=True, slots=True)
class RemoteProgress:
    """One thing happened, or one line was printed.

    Attributes:
        model: of the deployment file.
        job: the job's name; empty before there is one.
        status: of the job, in AWS's words, or ``Uploading``, ``Found`` and ``Downloading``.
        line: of the job's log; empty where the status is the news.
    """

    model: str
    job: str
    status: str
    line: str = ""


RemoteListener = Callable[[RemoteProgress], None]
"""Called in the thread that waits for the job."""
