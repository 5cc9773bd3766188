"""Which Python a text needs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_packaging.artifact.python_syntax import needed_python_minor


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("", 10),
        ("match x:\n    case 1:\n        pass\n", 10),
        ("try:\n    pass\nexcept* ValueError:\n    pass\n", 11),
        ("type Names = list[str]\n", 12),
        ("def first[T](values: list[T]) -> T:\n    return values[0]\n", 12),
        ("class Box[T]:\n    pass\n", 12),
        ('print(f"{names["first"]}")\n', 12),
        ("print(f'{\"\\n\".join(names)}')\n", 12),
        ("def (\n", 0),
        ("import\n", 0),
        ("x = '\x00'\n", 0),
    ],
)
def test_the_oldest_python_that_reads_it(text: str, minor: int) -> None:
    """By its statements; 0 where none does."""
    assert needed_python_minor(text) == minor


@given(st.text(max_size=200))
def test_any_text_has_an_answer(text: str) -> None:
    """And nothing is run."""
    assert needed_python_minor(text) in (0, 10, 11, 12)
