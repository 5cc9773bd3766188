"""Python source as a syntax tree."""

import ast
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from model_packaging.artifact.python_source import parse_python

SOURCES = [path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("*.py")]


def test_threads_may_parse_at_once() -> None:
    """Six threads that take turns as often as CPython lets them, which ended in SystemError."""
    interval_seconds = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(max_workers=6) as pool:
            trees = list(pool.map(parse_python, SOURCES * 6))
    finally:
        sys.setswitchinterval(interval_seconds)
    assert all(isinstance(tree, ast.Module) for tree in trees)


def test_what_is_no_python_is_a_syntax_error() -> None:
    """As the parser says it."""
    with pytest.raises(SyntaxError):
        parse_python("def")
