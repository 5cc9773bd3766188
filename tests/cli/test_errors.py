"""Exceptions end a command in words; only a bug leaves a traceback, in a file."""

import json
from pathlib import Path

import pytest
import typer

import cli._errors
from cli._errors import ending_in_words
from cli._output import Output
from cli._project import Project
from invocation import InvocationError


def ended(error: BaseException, *, as_json: bool = False) -> int:
    with pytest.raises(typer.Exit) as caught, ending_in_words(Output(as_json=as_json)):
        raise error
    return caught.value.exit_code


def test_our_exceptions_are_messages(capsys: pytest.CaptureFixture[str]) -> None:
    """An exception of our folders says what the user needs, and nothing is added."""
    assert ended(InvocationError("x.json: can't be read")) == 1
    assert capsys.readouterr().err == "x.json: can't be read\n"


def test_square_brackets_in_a_message_stay(capsys: pytest.CaptureFixture[str]) -> None:
    """A shape in a message isn't taken for markup."""
    ended(InvocationError("shape is [1, 3] [red]"))
    assert capsys.readouterr().err == "shape is [1, 3] [red]\n"


def test_a_place_in_a_message_is_no_emoji(capsys: pytest.CaptureFixture[str]) -> None:
    """Line 100 of a file stays that."""
    ended(InvocationError("x.yaml:100: models; arn:aws:kms:key"))
    assert capsys.readouterr().err == "x.yaml:100: models; arn:aws:kms:key\n"


def test_a_bug_is_one_line_and_a_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Any other exception is a bug of ours: the user gets one line, a report gets the traceback."""
    monkeypatch.setattr(cli._errors, "PROJECT", Project(tmp_path))
    assert ended(ZeroDivisionError("division by zero")) == 1
    err = capsys.readouterr().err
    assert err.startswith("unexpected ZeroDivisionError: division by zero (a bug in Seatrial; please report")
    assert "Traceback" not in err
    assert "ZeroDivisionError" in (tmp_path / ".seatrial" / "last-error.txt").read_text(encoding="utf-8")


def test_a_bug_on_a_full_disk_is_one_line_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the traceback can't be kept, the line stands alone."""
    (tmp_path / ".seatrial").write_text("a file where the folder should be", encoding="utf-8")
    monkeypatch.setattr(cli._errors, "PROJECT", Project(tmp_path))
    assert ended(ZeroDivisionError("division by zero")) == 1
    assert capsys.readouterr().err.endswith("(a bug in Seatrial; please report it)\n")


def test_a_closed_pipe_is_nobodys_bug() -> None:
    """`seatrial check ... | head` ends quietly."""
    with pytest.raises(BrokenPipeError), ending_in_words(Output()):
        raise BrokenPipeError


def test_ctrl_c_is_130(capsys: pytest.CaptureFixture[str]) -> None:
    """As a shell would have it."""
    assert ended(KeyboardInterrupt()) == 130
    assert capsys.readouterr() == ("", "interrupted\n")
    ended(KeyboardInterrupt(), as_json=True)
    assert json.loads(capsys.readouterr().out) == {"ok": False, "error": "interrupted"}


def test_an_error_is_a_document_too(capsys: pytest.CaptureFixture[str]) -> None:
    """With --json the words stand on stdout as well, in one document."""
    ended(InvocationError("no"), as_json=True)
    assert json.loads(capsys.readouterr().out) == {"ok": False, "error": "no"}
