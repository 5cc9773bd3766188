"""`seatrial publish`: what it needs is told before anything is built."""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from cli import _clients, main

LOCAL = Path(__file__).parents[2] / "deployments" / "local.yaml"


@pytest.fixture
def deployment(tmp_path: Path) -> Path:
    """The laptop's deployment, with one model that is to be published."""
    text = LOCAL.read_text(encoding="utf-8")
    path = tmp_path / "published.yaml"
    path.write_text(text.replace("  classifier:\n", "  classifier:\n    artifact: published\n", 1), "utf-8")
    return path


def test_a_deployment_of_assets_has_nothing_to_publish(capsys: pytest.CaptureFixture[str]) -> None:
    """The words say what to write."""
    assert main(["publish", str(LOCAL), "--json"]) == 1
    printed = capsys.readouterr()
    document = json.loads(printed.out)
    assert document["ok"] is False
    assert "every model is an asset, which `cdk deploy` uploads" in document["error"]
    assert "`artifact: published` or `artifact: uncompressed`" in printed.err


def test_the_laptops_aws_must_run(
    deployment: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A deployment for the laptop's account never goes to another."""
    stopped = SimpleNamespace(status=lambda: SimpleNamespace(running=False))
    monkeypatch.setattr(_clients, "LocalAws", lambda _root: stopped)
    assert main(["publish", str(deployment), "--json"]) == 1
    assert json.loads(capsys.readouterr().out) == {
        "ok": False,
        "error": "the laptop's AWS is not running: start it with `seatrial local up`.",
    }


def test_settings_that_contradict_each_other_are_told(
    deployment: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of an account at AWS the user's own settings are used."""
    deployment.write_text(deployment.read_text("utf-8").replace('"000000000000"', '"123456789012"'), "utf-8")
    monkeypatch.setenv("AWS_PROFILE", "no-such-profile")
    assert main(["publish", str(deployment), "--json"]) == 1
    assert "your AWS settings don't hold" in json.loads(capsys.readouterr().out)["error"]
