"""`seatrial shards`: what moves is shown, and accepted only when asked to."""

import json
from pathlib import Path

import pytest

from cli import main

COMPONENTS = Path(__file__).parents[2] / "deployments" / "components.yaml"


@pytest.fixture
def deployment(tmp_path: Path) -> Path:
    """A deployment with three shards, of which nobody has accepted more than one."""
    path = tmp_path / "components.yaml"
    text = COMPONENTS.read_text(encoding="utf-8")
    path.write_text(text.replace("    components:\n", "    shards: 3\n    components:\n"), encoding="utf-8")
    return path


def test_a_plan_is_shown_and_not_accepted(deployment: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without --accept nothing is written, and the exit status says that something is open."""
    assert main(["shards", str(deployment), "--json"]) == 1
    printed = capsys.readouterr()
    document = json.loads(printed.out)
    assert (document["ok"], document["accepted"], len(document["plans"])) == (False, False, 1)
    assert "components-shared-components-1 -> components-shared-components-3" in printed.err
    assert not deployment.with_name("components.shards.json").exists()


def test_accepting_settles_it(deployment: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With --accept the numbers are written, and the next look finds nothing open."""
    assert main(["shards", str(deployment), "--accept"]) == 0
    assert "accepted; commit" in capsys.readouterr().err
    assert main(["shards", str(deployment)]) == 0
    assert "the number of shards that was accepted" in capsys.readouterr().err
