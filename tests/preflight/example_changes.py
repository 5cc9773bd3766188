"""How an example says what differs from a base: a change, in the manner of a JSON merge patch (RFC 7396)."""

from collections.abc import Mapping
from typing import Any

__all__ = ["changed"]


def changed(value: Any, change: Any) -> Any:  # noqa: ANN401 - whatever YAML holds
    """Return ``value`` with ``change``; neither is modified.

    A mapping changes a mapping by its keys, a list by its indices, and a text by words that stand in it once;
    null removes what a key stands for. Anything else takes the place of ``value``.

    Raises:
        ValueError: words to be replaced don't stand in the text exactly once, or a list has no such index.
    """
    if not isinstance(change, Mapping):
        return change
    if isinstance(value, str):
        for old, new in change.items():
            if value.count(old) != 1:
                raise ValueError(f"{old!r} stands {value.count(old)} times in:\n{value}")
            value = value.replace(old, new)
        return value
    if isinstance(value, list):
        if unknown := set(change) - set(range(len(value))):
            raise ValueError(f"{unknown} are no indices of a list of {len(value)}")
        return [changed(each, change[index]) if index in change else each for index, each in enumerate(value)]
    kept = dict(value) if isinstance(value, Mapping) else {}
    for key, new in change.items():
        if new is None:
            kept.pop(key, None)
        else:
            kept[key] = changed(kept.get(key), new)
    return kept
