"""Parses Python source, in one thread at a time."""

import ast
import threading

__all__ = ["parse_python"]

_ONE_AT_A_TIME = threading.Lock()


def parse_python(source: str | bytes, *, feature_version: tuple[int, int] | None = None) -> ast.Module:
    """Return the syntax tree of ``source``, of which nothing is run.

    CPython 3.11 counts the depth of trees for all threads together: parsing in two at once can end in a
    SystemError, "AST constructor recursion depth mismatch" (seen with 3.11.7).

    Args:
        source: the text.
        feature_version: refuse what came after this Python, as far as `ast.parse` does; None for this one.

    Raises:
        SyntaxError: it is no Python.
        ValueError: it holds a null byte.
    """
    with _ONE_AT_A_TIME:
        return ast.parse(source, feature_version=feature_version)
