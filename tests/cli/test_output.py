"""What is printed is data, and stays as it is."""

import pytest

from cli._output import Output


def test_a_table_prints_its_cells_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    """Neither markup nor emoji: a cell may hold the words of a model."""
    Output().table(["file", "[b]"], [("x.yaml:100: [/a] [red]", 1)])
    lines = [line.rstrip() for line in capsys.readouterr().out.splitlines()]
    assert lines == ["file                    [b]", "x.yaml:100: [/a] [red]  1"]


def test_a_line_prints_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    """A result is no markup either."""
    Output().line("x.yaml:100: [/a] [red]")
    assert capsys.readouterr().out == "x.yaml:100: [/a] [red]\n"
