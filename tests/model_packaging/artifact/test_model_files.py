from pathlib import Path

from onnx import helper

from model_packaging.artifact.model_files import ModelFileReading, read_model_files
from model_packaging.artifact.onnx_signature import OnnxSignature
from model_packaging.artifact.plan_header import PlanHeader
from tests.onnx_graphs import tensor, write_graph


def test_every_model_file_of_every_version_is_read(tmp_path: Path) -> None:
    """By its suffix, sorted by path; other files and folders are left alone."""
    for folder in ("1", "2", "notes"):
        (tmp_path / "m" / folder).mkdir(parents=True)
    node = helper.make_node("Neg", ["x"], ["y"])
    write_graph(tmp_path / "m" / "2" / "model.onnx", [node], [tensor("x", ["n"])], [tensor("y", ["n"])])
    (tmp_path / "m" / "1" / "model.plan").write_bytes(b"ftrt" + bytes(20) + bytes([10, 8, 0, 43]))
    (tmp_path / "m" / "1" / "model.pt").write_bytes(b"no zip")
    (tmp_path / "m" / "1" / "labels.txt").write_text("a")
    (tmp_path / "m" / "notes" / "old.onnx").write_bytes(b"")
    plan, script, graph = read_model_files(tmp_path / "m")
    assert plan == ModelFileReading("m/1/model.plan", PlanHeader((10, 8, 0, 43)))
    assert script.path == "m/1/model.pt"
    assert script.found is None
    assert script.problem.startswith("is no readable TorchScript (")
    assert graph.path == "m/2/model.onnx"
    assert isinstance(graph.found, OnnxSignature)


def test_a_file_is_what_is_in_it(tmp_path: Path) -> None:
    """Whatever its name."""
    (tmp_path / "m" / "1").mkdir(parents=True)
    (tmp_path / "m" / "1" / "model.pt").write_bytes(b"ftrt" + bytes(20) + bytes([10, 8, 0, 43]))
    assert read_model_files(tmp_path / "m") == (ModelFileReading("m/1/model.pt", PlanHeader((10, 8, 0, 43))),)
