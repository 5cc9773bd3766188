"""`seatrial local` on a state folder where nothing runs."""

import json
import shlex
from pathlib import Path

import pytest

import cli.local
from cli import main
from cli._project import Project


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli.local, "PROJECT", Project(tmp_path))


def test_status_of_nothing_exits_with_one(capsys: pytest.CaptureFixture[str]) -> None:
    """A script can ask whether it is up."""
    assert main(["local", "status"]) == 1
    assert capsys.readouterr().out == "the laptop's AWS is down (ports 4577 and 4578)\n"


def test_status_is_one_document(capsys: pytest.CaptureFixture[str]) -> None:
    """The same as JSON."""
    assert main(["local", "status", "--json"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert document["running"] is False
    assert document["port"] == 4577


def test_env_is_for_eval(capsys: pytest.CaptureFixture[str]) -> None:
    """A profile of the user's own goes, then each line exports one variable, quoted for a shell."""
    assert main(["local", "env"]) == 0
    out, err = capsys.readouterr()
    unset, *words = [shlex.split(line) for line in out.splitlines()]
    assert unset == ["unset", "AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN"]
    assert all(word[0] == "export" and len(word) == 2 for word in words)
    assert err == "the laptop's AWS is not running: start it with `seatrial local up`\n"
    assert ["export", "AWS_ENDPOINT_URL=http://127.0.0.1:4577"] in words


def test_down_can_be_repeated(capsys: pytest.CaptureFixture[str]) -> None:
    """Stopping what doesn't run is no error."""
    assert main(["local", "down"]) == 0
    assert capsys.readouterr().out == "it was not running\n"


def test_up_without_its_environment_names_the_way_out(capsys: pytest.CaptureFixture[str]) -> None:
    """A clone without set-up says what to run."""
    assert main(["local", "up"]) == 1
    assert "run `make setup` first" in capsys.readouterr().err
