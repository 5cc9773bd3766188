"""Generated files are written whole or not at all, and a stale one is told."""

from pathlib import Path

import pytest

from catalogue.generated import check_generated, write_generated


def test_a_file_is_written_beside_and_renamed(tmp_path: Path) -> None:
    """Nothing but the file is left, with exactly the text, over an older one, too."""
    path = tmp_path / "a.json"
    for text in ("{}\n", '{"é": 1}\n'):
        write_generated(path, text)
        assert path.read_bytes() == text.encode()
    assert list(tmp_path.iterdir()) == [path]


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    """What can't be encoded changes nothing."""
    path = tmp_path / "a.json"
    path.write_text("old", encoding="utf-8")
    with pytest.raises(UnicodeEncodeError):
        write_generated(path, "\ud800")
    assert path.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_missing_or_stale_file_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Only the very text passes; otherwise the complaint is on stderr."""
    path = tmp_path / "a.json"
    assert check_generated(path, "new", "run it") == 1
    path.write_text("old", encoding="utf-8")
    assert check_generated(path, "new", "run it") == 1
    assert capsys.readouterr().err == "run it\n" * 2
    assert check_generated(path, "old", "run it") == 0
    assert capsys.readouterr().err == ""
