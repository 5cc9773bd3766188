"""`seatrial client` writes a module for a model that was packaged."""

import ast
import json
from pathlib import Path

import pytest

import cli.client
from cli import main
from cli._project import Project
from model_packaging.artifact import MANIFEST_FILE_NAME, Signature, TensorSpec, write_manifest
from tests.invocation.manifests import CONTENT_KEY, manifest_of

DEPLOYMENT = """
name: written-clients
environment: {account: "000000000000", region: us-east-1, availability_zones: [us-east-1a, us-east-1b]}
models:
  classifier:
    export: {from: "examples.vision:classifier", to: torchscript, how: trace}
    triton: {max_batch_size: 2}
"""
SIGNATURE = Signature((TensorSpec("image", "FP32", (3,)),), (TensorSpec("y", "FP32", (1,)),), batched=True)


@pytest.fixture
def deployment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A deployment file whose one model is packaged."""
    monkeypatch.setattr(cli.client, "PROJECT", Project(tmp_path))
    folder = tmp_path / "build" / "written-clients" / "classifier"
    folder.mkdir(parents=True)
    write_manifest(manifest_of("classifier", SIGNATURE, max_batch_size=2), folder / MANIFEST_FILE_NAME)
    path = tmp_path / "written.yaml"
    path.write_text(DEPLOYMENT, encoding="utf-8")
    return path


def test_the_module_is_written_to_the_file(
    deployment: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The file is Python, and said on stderr; stdout stays empty."""
    path = tmp_path / "classifier_client.py"
    assert main(["client", str(deployment), "classifier", "-o", str(path)]) == 0
    ast.parse(path.read_text(encoding="utf-8"))
    out, err = capsys.readouterr()
    assert out == ""
    assert f"wrote {path}" in err


def test_without_a_file_it_goes_to_stdout(deployment: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """For a pipe, or to have a look."""
    assert main(["client", str(deployment), "classifier"]) == 0
    assert "class ClassifierClient:" in capsys.readouterr().out


def test_json_says_what_was_written(
    deployment: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The content key tells a pipeline whether its client is the model's."""
    path = tmp_path / "classifier_client.py"
    assert main(["client", str(deployment), "classifier", "-o", str(path), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document == {"ok": True, "path": str(path), "content_key": CONTENT_KEY}


def test_an_unknown_model_is_named(deployment: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With the models there are, and the one that was meant."""
    assert main(["client", str(deployment), "clasifier"]) == 1
    words = "has no model 'clasifier'; it has classifier. Did you mean 'classifier'?"
    assert words in capsys.readouterr().err


def test_a_folder_that_isnt_there_is_said(
    deployment: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """No traceback, and nothing half-written."""
    path = tmp_path / "nowhere" / "client.py"
    assert main(["client", str(deployment), "classifier", "-o", str(path)]) == 1
    assert f"{path}: can't be written: No such file or directory." in capsys.readouterr().err
