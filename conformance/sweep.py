"""What killed runs have left in an account, found by the names that ours begin with, and deleted."""

from collections.abc import Callable

from conformance.account import PREFIX, Account
from conformance.other_kinds import KINDS
from conformance.registry import Leftover, Registry

__all__ = ["find_leftovers", "sweep"]


def find_leftovers(account: Account, prefix: str = PREFIX) -> list[tuple[str, str]]:
    """Return kinds, in words, and names of everything whose name begins with ``prefix``."""
    return [(kind.words, name) for kind in KINDS for name in kind.find(account, prefix)]


def sweep(account: Account, tell: Callable[[str], None], prefix: str = PREFIX) -> tuple[Leftover, ...]:
    """Delete everything whose name begins with ``prefix``; return what could not be deleted."""
    registry = Registry(account, tell)
    for kind in KINDS:
        for name in kind.find(account, prefix):
            tell(f"{kind.words} {name}")
            registry.enter(kind, name)
    return registry.tear_down()
