"""Which of the allowed names a wrong one comes near to."""

from collections.abc import Iterable

__all__ = ["did_you_mean", "near_options"]


def near_options(value: object, options: Iterable[str | int], count: int) -> list[str]:
    """Return at most ``count`` options near ``value``, the nearest first, whatever the case."""
    from difflib import get_close_matches  # noqa: PLC0415 - only a wrong file pays for it

    by_folded = {str(option).casefold(): str(option) for option in options}
    return [by_folded[each] for each in get_close_matches(str(value).casefold(), by_folded, n=count)]


def did_you_mean(value: object, options: Iterable[str | int], otherwise: str) -> str:
    """Return the question after the option nearest to ``value``; ``otherwise`` where none is near."""
    near = near_options(value, options, count=1)
    return f"did you mean {near[0]!r}?" if near else otherwise
