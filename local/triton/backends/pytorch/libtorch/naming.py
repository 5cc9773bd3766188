"""Which tensor of config.pbtxt is which argument of ``forward`` and which of its results.

Source: triton-inference-server/pytorch_backend, src/libtorch.cc, ``GetNamingConvention`` and
``AddInputToMap``: inputs go by the names of forward's arguments if every input has one; otherwise by the
index in ``<name>__<index>`` if every input has one; otherwise in the order of config.pbtxt. Outputs know only
the last two.
"""

from collections.abc import Sequence
from enum import Enum

__all__ = ["DELIMITER", "NamingConvention", "input_indices", "output_indices"]

DELIMITER = "__"


class NamingConvention(Enum):
    """How names in config.pbtxt are mapped to positions."""

    FORWARD_ARGUMENT = "the names of forward's arguments"
    NAMED_INDEX = "<name>__<index>"
    STRICT_CONFIG_ORDERING = "the order in config.pbtxt"


def input_indices(names: Sequence[str], arguments: Sequence[str]) -> tuple[NamingConvention, dict[str, int]]:
    """Return the convention that the inputs ``names`` follow, and the argument's position of each."""
    if all(name in arguments for name in names):
        return NamingConvention.FORWARD_ARGUMENT, {name: arguments.index(name) for name in names}
    return output_indices(names)


def output_indices(names: Sequence[str]) -> tuple[NamingConvention, dict[str, int]]:
    """Return the convention that the outputs ``names`` follow, and the result's position of each."""
    if all(_follows_named_index(name) for name in names):
        return NamingConvention.NAMED_INDEX, {name: _named_index(name) for name in names}
    return NamingConvention.STRICT_CONFIG_ORDERING, {name: index for index, name in enumerate(names)}


def _follows_named_index(name: str) -> bool:
    _, delimiter, index = name.partition(DELIMITER)
    return bool(delimiter) and all(character in "0123456789" for character in index)


def _named_index(name: str) -> int:
    return int(name.partition(DELIMITER)[2] or 0)  # atoi("") is 0
