import io
import os
import pickle
import warnings
from pathlib import Path

import pytest
import torch
from onnx import helper

from model_packaging.artifact.forward_bytes import ForwardBytes
from model_packaging.artifact.model_files import ModelFileReading, read_model_file, read_model_files
from model_packaging.artifact.onnx_signature import OnnxSignature
from model_packaging.artifact.plan_header import PlanHeader
from model_packaging.artifact.torchscript_signature import TorchScriptSignature
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


def forward(content: bytes, size_bytes: int | None = None) -> ForwardBytes:
    return ForwardBytes([content] if content else [], len(content) if size_bytes is None else size_bytes)


@pytest.mark.parametrize(
    ("path", "content", "problem"),
    [
        ("m/1/model.pt", b"", "is empty; put the file itself there"),
        (
            "m/1/model.onnx",
            b"<html>",
            "is a page in HTML, as a download without a sign-in leaves it; download",
        ),
        (
            "m/1/model.pt",
            b"version https://git-lfs.github.com/spec/v1\n",
            "is a pointer of Git LFS, not the file that it points to; run `git lfs pull` and pack again",
        ),
        ("m/1/model.pt", b"\x80\x02.", "is no readable TorchScript (a bare pickle, an eager checkpoint as"),
        ("m/1/model.pt", b"x", "is no readable TorchScript (it is no zip); save it with torch.jit.save"),
        ("m/1/model.pt", b"PK\x03\x04", "is no readable TorchScript (File is not a zip file); save it"),
        ("m/1/model.plan", b"x", "begins with b'x'; a TensorRT plan begins with b'ftrt'"),
        ("m/1/model.onnx", b"x", "is no readable ONNX model ("),
    ],
)
def test_what_is_no_model_is_said_to_be_none(path: str, content: bytes, problem: str) -> None:
    """In words that say what it is and what to do."""
    found = read_model_file(path, forward(content))
    assert found.found is None
    assert found.problem.startswith(problem)


def checkpoint() -> bytes:
    file = io.BytesIO()
    torch.save(torch.nn.Linear(2, 2), file)
    return file.getvalue()


def test_an_eager_checkpoint_is_called_one() -> None:
    """It lacks the code that Triton's backend runs."""
    problem = read_model_file("m/1/model.pt", forward(checkpoint())).problem
    assert "an eager checkpoint of torch.save, no TorchScript" in problem


def test_pickles_are_looked_into_on_demand() -> None:
    """Packaging scans what is foreign by itself."""
    hostile = pickle.dumps(Calls(), 2)
    assert read_model_file("m/1/model.pt", forward(hostile)).pickled == ()
    assert read_model_file("m/1/model.pt", forward(hostile), review=True).pickled == (
        "the global posix.system",
    )
    long = read_model_file("m/1/model.pt", forward(hostile, 33 << 20), review=True)
    assert long.unread == "its pickle is in a file of more than 33554432 bytes"


class Calls:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, ("touch /tmp/never",)


def test_a_large_zip_in_an_archive_is_read_in_one_go() -> None:
    """And gives what the same bytes give on disk; where that can't be, nothing is claimed."""
    content = scripted()
    large = read_model_file("m/1/model.pt", forward(content, 33 << 20), review=True)
    assert large == read_model_file("m/1/model.pt", forward(content), review=True)
    assert isinstance(large.found, TorchScriptSignature)
    cut = read_model_file("m/1/model.pt", forward(content[:-300], 33 << 20))
    assert cut.problem.startswith("is no readable TorchScript (it ends ")
    listed = content.rindex(b"version")
    renamed = content[:listed] + b"versiom" + content[listed + 7 :]
    odd = read_model_file("m/1/model.pt", forward(renamed, 33 << 20))
    assert (odd.found, odd.problem, odd.unread) == (
        None,
        "",
        "its directory lists other records than it holds",
    )


def scripted() -> bytes:
    file = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        torch.jit.save(torch.jit.script(torch.nn.Linear(2, 2)), file)
    return file.getvalue()
