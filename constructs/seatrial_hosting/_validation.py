"""How the constructs refuse: every problem is collected, then all are raised at once."""

from collections.abc import Iterable

from constructs import Construct

from seatrial_hosting.errors import HostingError

__all__ = ["raise_problems"]


def raise_problems(subject: Construct | str, problems: Iterable[str]) -> None:
    """Raise one HostingError with all ``problems``; return where there is none.

    Args:
        subject: the construct, which the message names by its path, or what else was refused.
        problems: full sentences.
    """
    found = tuple(problems)
    if found:
        raise HostingError(subject if isinstance(subject, str) else subject.node.path, found)
