"""The stand-in for trtexec: its options, its log, and a file that says what it is."""

from pathlib import Path

import pytest

from local.tensorrt.trtexec import STAND_IN_MARK, main
from model_packaging.artifact.plan_header import read_plan_header


def _arguments(folder: Path, *more: str) -> list[str]:
    onnx = folder / "model.onnx"
    onnx.write_bytes(b"\x08\x0a\x12\x07pytorch")
    return [f"--onnx={onnx}", f"--saveEngine={folder / 'model.plan'}", *more]


def test_plan_has_a_header_and_says_that_it_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The version is the asked one, the log begins as trtexec's does, and the mark follows the header."""
    monkeypatch.setenv("SEATRIAL_TRITON_RELEASE", "25.04")

    assert main(_arguments(tmp_path, "--fp16", "--skipInference")) == 0

    assert read_plan_header(tmp_path / "model.plan").version_text == "10.9.0.34"
    assert (tmp_path / "model.plan").read_bytes()[28:].startswith(STAND_IN_MARK)
    said = capsys.readouterr().out
    assert said.startswith("&&&& RUNNING TensorRT.trtexec [TensorRT v100900] # trtexec --onnx=")
    assert "This is a stand-in" in said


def test_same_inputs_give_the_same_plan(tmp_path: Path) -> None:
    """Where the files lie decides nothing; an option does."""
    plans = []
    for name, more in (("a", ()), ("b", ()), ("c", ("--fp16",))):
        folder = tmp_path / name
        folder.mkdir()
        assert main(_arguments(folder, *more)) == 0
        plans.append((folder / "model.plan").read_bytes())

    assert plans[0] == plans[1]
    assert plans[0] != plans[2]


def test_file_that_is_no_onnx_fails_in_trtexecs_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The exit status is 1, and nothing is left."""
    arguments = _arguments(tmp_path)
    (tmp_path / "model.onnx").write_bytes(b"")

    assert main(arguments) == 1

    assert "Failed to parse ONNX model from file" in capsys.readouterr().out
    assert not (tmp_path / "model.plan").exists()


@pytest.mark.parametrize("option", ["--workspace=1024", "--minShapes=x", "--builderOptimizationLevel=9"])
def test_option_that_trtexec_refuses_is_refused(tmp_path: Path, option: str) -> None:
    """An option of another version, or a malformed one, never passes unseen."""
    with pytest.raises(SystemExit, match="2"):
        main(_arguments(tmp_path, option))
