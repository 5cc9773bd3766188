"""Plain (unquoted) scalars by YAML 1.2's core schema (YAML specification 1.2.2, section 10.3.2)."""

import math
import re

__all__ = ["MAXIMUM_NUMBER_CHARACTERS", "NumberTooLongError", "plain_scalar"]

MAXIMUM_NUMBER_CHARACTERS = 64

_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_INFINITY = re.compile(r"[-+]?\.(inf|Inf|INF)")
_WORDS: dict[str, bool | float | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), math.nan),
}
_BASES = {"0o": 8, "0x": 16}


class NumberTooLongError(ValueError):
    """A number has more characters than any number in a deployment file needs."""


def plain_scalar(text: str) -> str | int | float | bool | None:
    """Return what an unquoted scalar means: null, a boolean, an integer, a float or, failing all that, text.

    Words of YAML 1.1 such as ``yes``, ``on`` and ``1:30`` are text.

    Raises:
        NumberTooLongError: a number of more than 64 characters.
    """
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in "+-.0123456789":
        return text
    integer, floating = _INTEGER.fullmatch(text), _FLOAT.fullmatch(text)
    if (integer or floating) and len(text) > MAXIMUM_NUMBER_CHARACTERS:
        raise NumberTooLongError(f"a number of {len(text)} characters")
    if integer:
        base = _BASES.get(text[:2])
        return int(text[2:], base) if base else int(text)
    if floating:
        return float(text)
    if _INFINITY.fullmatch(text):
        return -math.inf if text.startswith("-") else math.inf
    return text
