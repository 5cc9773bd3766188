"""docs/assumptions.md, against the code that it speaks of."""

import re
from pathlib import Path

import pytest

_PROJECT_ROOT = Path(__file__).resolve().parents[3]
_PAGE = (_PROJECT_ROOT / "docs" / "assumptions.md").read_text(encoding="utf-8")
_FIELDS = ["Belief", "Why", "Code", "To confirm", "Confirmed"]
_PATH = re.compile(r"`([a-z_]+(?:/[\w.-]+)+)`")


def _entries() -> dict[str, str]:
    """Return each assumption's text by its number."""
    parts = re.split(r"^### (A\d+)\. .+$", _PAGE, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_numbers_are_consecutive() -> None:
    """Assumptions are A1, A2, ... without a gap or a second one of a number."""
    numbers = [int(number) for number in re.findall(r"^### A(\d+)\. ", _PAGE, flags=re.MULTILINE)]
    assert numbers == list(range(1, len(numbers) + 1))


def test_there_is_no_other_heading_of_that_level() -> None:
    """A heading that isn't numbered would be an assumption that nothing checks."""
    assert len(re.findall(r"^### ", _PAGE, flags=re.MULTILINE)) == len(_entries())


@pytest.mark.parametrize("number", _entries())
def test_an_assumption_is_complete(number: str) -> None:
    """Each says what is believed, why, which code rests on it, and how to confirm it, and whether AWS has."""
    entry = _entries()[number]
    assert re.findall(r"^- \*\*(.+?):\*\* \S", entry, flags=re.MULTILINE) == _FIELDS
    code = next(line for line in entry.splitlines() if line.startswith("- **Code:** "))
    assert _PATH.findall(code)


def test_every_path_exists() -> None:
    """Every file that the page names is there."""
    paths = [path for path in _PATH.findall(_PAGE) if path != "src/libtorch.cc"]
    assert len(paths) > len(_entries())
    assert [path for path in paths if not (_PROJECT_ROOT / path).is_file()] == []
