"""`seatrial doctor`: thin over environments/doctor."""

import json

import pytest

from cli import main
from environments.doctor import Machine


@pytest.mark.parametrize("arguments", [["doctor"], ["doctor", "--json"]])
def test_a_bare_machine_ends_with_one(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Something is missing: exit 1, as a table or as one JSON document."""
    monkeypatch.setattr("environments.doctor.probe_machine", lambda *_: Machine())
    assert main(arguments) == 1
    printed = capsys.readouterr().out
    if "--json" in arguments:
        assert json.loads(printed)["ok"] is False
    else:
        assert "missing   cdk" in printed
