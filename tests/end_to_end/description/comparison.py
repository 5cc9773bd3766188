"""A template's properties beside described ones, leaf by leaf.

A structure of the template may be a part of the described one, because describe calls add defaults; what is
``Whole`` must be the same to the last member. The order of a list of the template means nothing.
"""

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import Enum

__all__ = ["Leaf", "Verdict", "Whole", "compare", "compare_tags"]


@dataclass(frozen=True, slots=True)
class Whole:
    """A described value that must be the template's as a whole: a JSON document, or a map of the user's own.

    Attributes:
        value: the value, parsed.
    """

    value: object


class Verdict(Enum):
    """What became of a property."""

    EQUAL = "equal"
    DIFFERENT = "different"
    NOT_RETURNED = "not returned"


@dataclass(frozen=True, slots=True)
class Leaf:
    """One property without members of its own, or one ``Whole``.

    Attributes:
        path: where it is, as in ``ProductionVariants[0].InstanceType``.
        verdict: how it compared.
        expected: the template's value; None for what only the description has.
        described: the describe call's value; None if there is none.
    """

    path: str
    verdict: Verdict
    expected: object
    described: object

    @property
    def property_path(self) -> str:
        """The path without places in lists, as in ``ProductionVariants.InstanceType``."""
        return re.sub(r"\[\d+\]", "", self.path)

    def __str__(self) -> str:
        described = "nothing" if self.described is None else repr(self.described)
        return f"{self.path}: {self.verdict.value}: {self.expected!r} in the template, {described} described"


def compare(expected: Mapping[str, object], described: Mapping[str, object]) -> tuple[Leaf, ...]:
    """Compare every leaf of ``expected``; members that only ``described`` has count within lists alone.

    Args:
        expected: a template's properties, resolved.
        described: what describe calls returned, in the template's shape. None stands for nothing.
    """
    return tuple(_compare_members("", expected, described))


def compare_tags(expected: Mapping[str, str], described: Mapping[str, str]) -> tuple[Leaf, ...]:
    """Compare all tags but AWS's own (``aws:``): one that only the description has is a difference.

    Args:
        expected: the template's and its stack's.
        described: by a describe call.
    """
    own = {key: value for key, value in described.items() if not key.startswith("aws:")}
    leaves = []
    for key in sorted(expected.keys() | own.keys()):
        wanted, found = expected.get(key), own.get(key)
        verdict = Verdict.EQUAL if wanted == found else Verdict.DIFFERENT
        leaves.append(Leaf(f"Tags.{key}", verdict, wanted, found))
    return tuple(leaves)


def _compare_members(
    path: str, expected: Mapping[str, object], described: Mapping[str, object]
) -> Iterator[Leaf]:
    for name, value in expected.items():
        yield from _compare(f"{path}.{name}" if path else name, value, described.get(name))


def _compare(path: str, expected: object, described: object) -> Iterator[Leaf]:
    if isinstance(described, Whole):
        equal = _same(expected, described.value)
        verdict = Verdict.EQUAL if equal else Verdict.DIFFERENT
        yield Leaf(path, verdict, expected, described.value)
    elif isinstance(expected, Mapping) and expected and (described is None or isinstance(described, Mapping)):
        yield from _compare_members(path, expected, described or {})
    elif isinstance(expected, list) and isinstance(described, list):
        yield from _compare_lists(path, expected, described)
    elif described is None:
        yield Leaf(path, Verdict.NOT_RETURNED, expected, None)
    else:
        equal = _same(expected, described)
        verdict = Verdict.EQUAL if equal else Verdict.DIFFERENT
        yield Leaf(path, verdict, expected, described)


def _compare_lists(path: str, expected: Sequence[object], described: Sequence[object]) -> Iterator[Leaf]:
    """Pair the items that fit, then each of the others with the best of what is left."""
    if not expected and not described:
        yield Leaf(path, Verdict.EQUAL, expected, described)
    left = list(described)
    pairs: dict[int, object] = {}
    for most in (0, sys.maxsize):
        for index, item in enumerate(expected):
            fits = [
                (_misfit(item, candidate), not _same(item, candidate), place)
                for place, candidate in enumerate(left)
            ]
            if index not in pairs and fits and min(fits)[0] <= most:
                pairs[index] = left.pop(min(fits)[-1])
    for index, item in enumerate(expected):
        place = f"{path}[{index}]"
        if index in pairs:
            yield from _compare(place, item, pairs[index])
        else:
            yield Leaf(place, Verdict.DIFFERENT, item, None)
    for index, extra in enumerate(left, start=len(expected)):
        yield Leaf(f"{path}[{index}]", Verdict.DIFFERENT, None, extra)


def _misfit(expected: object, described: object) -> int:
    return sum(leaf.verdict is not Verdict.EQUAL for leaf in _compare("", expected, described))


def _same(expected: object, described: object) -> bool:
    """Whether two values are the same document; CloudFormation takes numbers and booleans as text, too."""
    if isinstance(expected, Mapping) and isinstance(described, Mapping):
        return expected.keys() == described.keys() and all(
            _same(member, described[name]) for name, member in expected.items()
        )
    if isinstance(expected, list) and isinstance(described, list):
        return len(expected) == len(described) and all(map(_same, expected, described))
    if isinstance(expected, bool) or isinstance(described, bool):
        return str(expected).lower() == str(described).lower()
    if isinstance(expected, int | float) or isinstance(described, int | float):
        number = _number(expected)
        return number is not None and number == _number(described)
    return expected == described


def _number(value: object) -> Decimal | None:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None
