"""Which Python a text needs, by its syntax; it is parsed, never run."""

import re
from functools import lru_cache

from model_packaging.artifact.python_source import parse_python

__all__ = ["OLDEST_MINOR", "needed_python_minor"]

OLDEST_MINOR = 10
"""Of Python 3, in the oldest image of Triton that is published: what parses there needs nothing newer."""

_PARSED_MINOR = 11
"""Of the Python that this runs on, whose parser is asked."""
_NEWER_MINOR = 12
_NEWER_STATEMENT = re.compile(r"\s*(type\s+\w+.*=|(async\s+)?(def|class)\s+\w+\[)")
"""Type aliases and type parameters (PEP 695)."""


@lru_cache(maxsize=8)
def needed_python_minor(text: str) -> int:
    """Return the minor version of Python 3 that ``text`` needs: 10 to 12; 0 where it is no Python of any.

    12 is said of what this Python can't parse and 3.12 may: PEP 695's statements, and f-strings, in which
    PEP 701 allows more.
    """
    for minor in (OLDEST_MINOR, _PARSED_MINOR):
        try:
            parse_python(text, feature_version=(3, minor))
        except SyntaxError as error:
            if minor == _PARSED_MINOR:
                return _NEWER_MINOR if _may_be_newer(error, text) else 0
        except (ValueError, RecursionError, MemoryError):
            return 0
        else:
            return minor
    return 0


def _may_be_newer(error: SyntaxError, text: str) -> bool:
    lines = text.splitlines()
    line = lines[error.lineno - 1] if error.lineno and error.lineno <= len(lines) else ""
    return error.msg.startswith("f-string") or bool(_NEWER_STATEMENT.match(line))
