"""`seatrial migrate` on the command line."""

import json
from pathlib import Path

import pytest

from cli import main

_FILE = """\
name: vision
environment: {account: "123456789012", region: us-east-1, availability_zones: [us-east-1a, us-east-1b]}
models:
  classifier:
    export: {from: "vision:classifier", to: torchscript, how: trace}
    triton: {max_batch_size: 16}
endpoints:
  dedicated:
    type: realtime
    model: classifier
    instances: {type: ml.c5.large, accelerator: ml.eia2.medium} # kept
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file with an accelerator."""
    path = tmp_path / "vision.yaml"
    path.write_text(_FILE, encoding="utf-8")
    path.chmod(0o640)
    return path


def test_a_dry_run_shows_the_diff_and_writes_nothing(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever only looks changes nothing."""
    assert main(["migrate", str(path), "--dry-run"]) == 0
    out, err = capsys.readouterr()
    assert "-    instances: {type: ml.c5.large, accelerator: ml.eia2.medium} # kept" in out
    assert "+    instances: {type: ml.g4dn.xlarge} # kept" in out
    assert "nothing is written" in err
    assert path.read_text(encoding="utf-8") == _FILE


def test_it_rewrites_the_file_and_shows_the_diff(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With the file's own mode; the second time there is nothing to do."""
    assert main(["migrate", str(path)]) == 0
    assert "instances: {type: ml.g4dn.xlarge} # kept" in path.read_text(encoding="utf-8")
    assert path.stat().st_mode & 0o777 == 0o640
    assert "+    instances: {type: ml.g4dn.xlarge} # kept" in capsys.readouterr().out
    assert main(["migrate", str(path)]) == 0
    assert capsys.readouterr().out == "nothing in the file is retired\n"


def test_json_is_one_document(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With the changes, the diff, and whether it was written."""
    assert main(["migrate", str(path), "--dry-run", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["ok"] is True
    assert document["written"] is False
    assert document["changes"] == [
        "endpoints.dedicated.instances.type: ml.g4dn.xlarge",
        "endpoints.dedicated.instances.accelerator: removed",
    ]


def test_what_is_undecided_exits_with_one(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The choices are listed, and nothing is written."""
    text = _FILE.replace("{max_batch_size: 16}", "{max_batch_size: 16, instance_group: [{kind: KIND_CPU}]}")
    path.write_text(text, encoding="utf-8")
    assert main(["migrate", str(path)]) == 1
    out, err = capsys.readouterr()
    assert "endpoints.dedicated.instances.accelerator" in out
    assert out.count("\n  - ") == 3
    assert "nothing is changed until you have decided" in err
    assert path.read_text(encoding="utf-8") == text


def test_a_wrong_file_is_told_as_everywhere(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With file and line."""
    path.write_text(_FILE.replace("realtime", "real-time"), encoding="utf-8")
    assert main(["migrate", str(path)]) == 1
    assert "vision.yaml:9" in capsys.readouterr().err


def test_another_year_than_2020_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    """`local up --as-of` knows the years there are."""
    assert main(["local", "up", "--as-of", "2019"]) == 2
    assert "2019 is none of 2020" in capsys.readouterr().err
