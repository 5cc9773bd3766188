"""Which stack a component is in, and what moves when the number of stacks changes."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

__all__ = ["ShardMove", "assign", "moves_between", "shard_stack_name"]


@dataclass(frozen=True, slots=True)
class ShardMove:
    """A component that another number of shards puts into another stack.

    Attributes:
        component_name: its name in SageMaker, which only one stack at a time can have.
        source: the shard it is in, counted from 1.
        destination: the shard it would be in.
    """

    component_name: str
    source: int
    destination: int


def shard_stack_name(deployment: str, endpoint_key: str, shard: int) -> str:
    """Return the name of a stack with components."""
    return f"{deployment}-{endpoint_key}-components-{shard}"


def assign(component_names: Iterable[str], shards: int) -> Mapping[str, int]:
    """Return the shard of each component, 1 to ``shards``.

    By rendezvous hashing (Thaler and Ravishankar, 1998): each component goes where the hash of its name and
    the shard's number is greatest. So the others stay where they are when one comes or goes, and with one
    shard more only those move that move into it.
    """
    return {name: _shard_of(name, shards) for name in component_names}


def moves_between(component_names: Iterable[str], before: int, after: int) -> tuple[ShardMove, ...]:
    """Return what moves when ``before`` shards become ``after``, in the order of names."""
    names = sorted(component_names)
    old, new = assign(names, before), assign(names, after)
    return tuple(ShardMove(name, old[name], new[name]) for name in names if old[name] != new[name])


def _shard_of(name: str, shards: int) -> int:
    return max(range(1, shards + 1), key=lambda shard: _weight(name, shard))


def _weight(name: str, shard: int) -> bytes:
    return hashlib.sha256(f"{shard} {name}".encode()).digest()
