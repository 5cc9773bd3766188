"""What a run has created, and its end: everything is deleted, in the order in which things let go."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from botocore.exceptions import BotoCoreError, ClientError

from conformance.account import Account

__all__ = ["Kind", "Leftover", "Registry"]

_GONE = ("NotFound", "NoSuch", "does not exist", "Could not find", "not found", "No scalable target")
"""How AWS's services say that there is nothing to delete."""
_ATTEMPTS = 5
"""Of one deletion: what it hangs on may go a little later, such as a VPC endpoint's network interface."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of resource.

    Attributes:
        words: such as ``endpoint configuration``.
        rank: in which turn it is deleted; the lowest first.
        delete: deletes one by its name or id, waiting until it may be deleted and is gone.
        find: yields names or ids of this kind that begin with a prefix, or are tagged with it.
    """

    words: str
    rank: int
    delete: Callable[[Account, str], None]
    find: Callable[[Account, str], Iterable[str]]


@dataclass(frozen=True, slots=True)
class Leftover:
    """A resource that could not be deleted.

    Attributes:
        kind: in words.
        name: or id.
        reason: in AWS's words.
    """

    kind: str
    name: str
    reason: str


class Registry:
    """Resources of one run. A resource is entered before it is created, so that no interruption misses it.

    Args:
        account: where they are.
        tell: told of each deletion that takes its time.
    """

    def __init__(self, account: Account, tell: Callable[[str], None]) -> None:
        self._account = account
        self._tell = tell
        self._entered: list[tuple[Kind, str]] = []

    def enter(self, kind: Kind, name: str) -> str:
        """Remember a resource that is about to be created, and return its name."""
        if (kind, name) not in self._entered:
            self._entered.append((kind, name))
        return name

    @property
    def names(self) -> frozenset[str]:
        """The names of everything that is entered."""
        return frozenset(name for _, name in self._entered)

    def mark(self) -> int:
        """Return a mark: what is entered after it can be deleted by itself."""
        return len(self._entered)

    def tear_down(self, mark: int = 0) -> tuple[Leftover, ...]:
        """Delete what was entered since ``mark``, and return what could not be deleted.

        What could not be stays entered, and so does everything that an interruption left to be done.
        """
        chosen = self._entered[mark:]
        chosen.reverse()  # of one kind the newest first: it may stand on an older one
        leftovers = []
        for kind, name in sorted(chosen, key=lambda entry: entry[0].rank):
            if reason := self._delete(kind, name):
                leftovers.append(Leftover(kind.words, name, reason))
            else:
                self._entered.remove((kind, name))
        return tuple(leftovers)

    def _delete(self, kind: Kind, name: str) -> str:
        """Delete one resource; return why it is still there, or nothing."""
        reason = ""
        for attempt in range(_ATTEMPTS):
            if attempt:
                time.sleep(self._account.pace.poll_seconds)
            try:
                kind.delete(self._account, name)
            except ClientError as error:
                found = error.response["Error"]
                reason = f"{found.get('Code')}: {found.get('Message')}"
                if any(word in reason for word in _GONE):
                    return ""
            except (BotoCoreError, TimeoutError) as error:
                reason = str(error)
            else:
                return ""
            self._tell(f"{kind.words} {name} can't be deleted yet ({reason})")
        return reason
