"""Model files that were made elsewhere, from fetched to packed."""

import hashlib
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from onnx import helper, numpy_helper

from model_packaging.artifact import Signature, TensorSpec, parse_config_pbtxt
from model_packaging.eager.samples import Sample, read_samples
from model_packaging.errors import (
    FetchError,
    LayoutError,
    PackagingError,
    TorchScriptError,
    TraceDiffersError,
)
from model_packaging.package import package_model
from model_packaging.sources.laid_out import LaidOut, SourceTask
from model_packaging.sources.model_file import lay_out_file
from model_packaging.untrusted import sandbox
from model_packaging.worker.protocol import WorkerFolder
from spec import Model
from tests.model_packaging.projects import Project
from tests.onnx_graphs import FLOAT, tensor, write_graph

WEIGHTS = np.arange(6, dtype=np.float32).reshape(3, 2)
REFERENCE = """
class Product(nn.Module):
    def __init__(self, factor):
        super().__init__()
        self.register_buffer("weights", torch.arange(6.0).reshape(3, 2) * factor)

    def forward(self, shift, x):
        return x @ self.weights - shift

def factory(factor=1.0):
    def sample(batch, generator):
        return {name: torch.rand(batch, size, generator=generator) for name, size in (("shift", 2), ("x", 3))}
    return Product(factor), sample
"""
INPUTS = [
    {"name": "shift", "data_type": "TYPE_FP32", "dims": [2]},
    {"name": "x", "data_type": "TYPE_FP32", "dims": [3]},
]
OUTPUTS = [{"name": "y", "data_type": "TYPE_FP32", "dims": [2]}]
SIGNATURE = Signature(
    inputs=(TensorSpec("x", "FP32", (3,)), TensorSpec("shift", "FP32", (2,))),
    outputs=(TensorSpec("y", "FP32", (2,)),),
    batched=True,
)


def onnx_file(file: Path, **fields: Any) -> Path:  # noqa: ANN401 - of the graph
    """``y = x @ weights - shift``; the graph takes ``x`` first, and gives the product first."""
    nodes = [
        helper.make_node("MatMul", ["x", "weights"], ["product"]),
        helper.make_node("Sub", ["product", "shift"], ["y"]),
    ]
    inputs = [tensor("x", ["n", 3]), tensor("shift", ["n", 2])]
    weights = [numpy_helper.from_array(WEIGHTS, "weights")]
    return write_graph(file, nodes, inputs, [tensor("y", ["n", 2])], weights, **fields)


def torchscript_file(file: Path) -> Path:
    """The same, whose forward takes ``x`` first."""

    class Product(torch.nn.Module):
        weights: torch.Tensor

        def __init__(self) -> None:
            super().__init__()
            self.register_buffer("weights", torch.from_numpy(WEIGHTS))

        def forward(self, x: torch.Tensor, shift: torch.Tensor) -> torch.Tensor:
            return x @ self.weights - shift

    jit: Any = torch.jit
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        jit.trace(Product(), (torch.ones(2, 3), torch.ones(2, 2))).save(str(file))
    return file


@pytest.fixture
def task(project: Project, tmp_path: Path) -> Callable[..., SourceTask]:
    """``(file of the project, section=...) -> task``."""

    def made(file: Path, **sections: Any) -> SourceTask:  # noqa: ANN401 - of a deployment file
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
        document = {
            "file": {"from": file.name, "sha256": digest},
            "triton": {"max_batch_size": 4},
            **sections,
        }
        work = tmp_path / "work"
        work.mkdir()
        return SourceTask("m", Model.model_validate(document), project.root, WorkerFolder(work), {})

    return made


Task = Callable[..., SourceTask]


def laid_out(task: SourceTask) -> LaidOut:
    assert task.model.file is not None
    assert task.model.triton is not None
    return lay_out_file(task, task.model.file, task.model.triton)


def refused(task: SourceTask, kind: type[PackagingError] = LayoutError) -> PackagingError:
    with pytest.raises(kind) as caught:
        laid_out(task)
    return caught.value


def test_an_onnx_file_says_its_own_tensors(project: Project, task: Task) -> None:
    """They go into config.pbtxt; the file is packed bit for bit, after it was loaded in the sandbox."""
    file = onnx_file(project.root / "foreign.onnx")
    made = task(file)
    found = laid_out(made)
    assert (found.format, found.signature, found.batch_sizes) == ("onnx", SIGNATURE, None)
    config = parse_config_pbtxt(found.config_pbtxt)
    assert config.platform == "onnxruntime_onnx"
    assert [each.name for each in config.input] == ["x", "shift"]
    assert (made.work.repository / "m" / "1" / "model.onnx").read_bytes() == file.read_bytes()


def test_declared_tensors_come_first(project: Project, task: Task) -> None:
    """What is left out is the file's."""
    triton = {"max_batch_size": 4, "input": INPUTS}
    found = laid_out(task(onnx_file(project.root / "m.onnx"), triton=triton))
    assert [each.name for each in found.signature.inputs] == ["shift", "x"]
    assert found.signature.outputs == SIGNATURE.outputs


def test_a_scalar_is_one_value_without_batches(project: Project, task: Task) -> None:
    """config.pbtxt knows no tensor without dimensions."""
    node = helper.make_node("ReduceSum", ["x"], ["y"], keepdims=0)
    file = write_graph(project.root / "m.onnx", [node], [tensor("x", [3])], [tensor("y", [])])
    found = laid_out(task(file, triton={"max_batch_size": 0}))
    assert found.signature.outputs == (TensorSpec("y", "FP32", (1,)),)


def test_another_digest_stops_everything(project: Project, task: Task) -> None:
    """Nothing is laid out."""
    made = task(onnx_file(project.root / "m.onnx"))
    (project.root / "m.onnx").write_bytes(b"another")
    assert "file.from: m.onnx has the sha256" in refused(made, FetchError).cause
    assert not made.work.repository.exists()


def test_weights_in_other_files_are_refused(project: Project, task: Task) -> None:
    """The file is pinned and packed alone."""
    file = onnx_file(project.root / "m.onnx", external_data="w.data")
    error = refused(task(file))
    assert error.cause == "file.from: m.onnx keeps weights in w.data, and it is packed alone."
    assert error.fix == "save it as one file: onnx.save(..., save_as_external_data=False)."


def test_a_fixed_batch_size_is_refused(project: Project, task: Task) -> None:
    """With what Triton would want."""
    node = helper.make_node("Neg", ["x"], ["y"])
    file = write_graph(project.root / "m.onnx", [node], [tensor("x", [1, 3])], [tensor("y", [1, 3])])
    error = refused(task(file))
    assert error.cause == (
        "file.from: m.onnx gives x, y no batch dimension that varies; max_batch_size is 4."
    )
    assert error.fix.endswith("or set max_batch_size: 0.")


def test_what_is_no_tensor_is_refused(project: Project, task: Task) -> None:
    """A sequence has no place in a request."""
    sequence = helper.make_tensor_sequence_value_info("y", FLOAT, ["n"])
    node = helper.make_node("SequenceConstruct", ["x"], ["y"])
    file = write_graph(project.root / "m.onnx", [node], [tensor("x", ["n", 3])], [sequence])
    assert refused(task(file)).cause == (
        "file.from: m.onnx has y of a type that Triton's backend does not take."
    )


@pytest.mark.parametrize(
    ("name", "words", "fix"),
    [
        ("m.onnx", "file.from: m.onnx: is no readable ONNX model (", "export it to ONNX again."),
        ("m.plan", "file.from: m.plan: begins with b'anyt'; a TensorRT plan", "build it again with trtexec."),
    ],
)
def test_another_format_than_the_name_says_is_refused(
    project: Project, task: Task, name: str, words: str, fix: str
) -> None:
    """By its path in the project, not by where it was put."""
    (project.root / name).write_bytes(b"anything else")
    triton = {"max_batch_size": 4, "input": INPUTS, "output": OUTPUTS}
    error = refused(task(project.root / name, triton=triton))
    assert error.cause.startswith(words)
    assert error.fix == fix


def test_an_eager_pickle_is_no_torchscript(project: Project, task: Task) -> None:
    """It is never loaded."""
    torch.save({"x": torch.ones(2)}, project.root / "m.pt")
    triton = {"max_batch_size": 4, "input": INPUTS, "output": OUTPUTS}
    error = refused(task(project.root / "m.pt", triton=triton), TorchScriptError)
    assert "file.from: m.pt is a pickle of torch.save" in error.cause


def test_a_plan_is_packed_by_its_header(project: Project, task: Task) -> None:
    """It needs its own GPU: nothing is loaded here."""
    (project.root / "m.plan").write_bytes(b"ftrt" + bytes(20) + bytes([10, 8, 0, 43]))
    triton = {"max_batch_size": 4, "input": INPUTS, "output": OUTPUTS}
    found = laid_out(task(project.root / "m.plan", triton=triton))
    assert found.format == "tensorrt"
    assert parse_config_pbtxt(found.config_pbtxt).platform == "tensorrt_plan"


@pytest.mark.integration
def test_a_file_is_compared_with_its_reference(project: Project, tmp_path: Path) -> None:
    """Whatever order file, section and reference have; recorded answers bear the model's names."""
    project.write(REFERENCE)
    file = torchscript_file(project.root / "m.pt")
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    document = {
        "file": {"from": file.name, "sha256": digest},
        "triton": {"max_batch_size": 4, "input": INPUTS[::-1], "output": OUTPUTS},
        "reference": {"from": f"{project.module}:factory"},
    }
    packaged = package_model(
        "m", Model.model_validate(document), tmp_path / "build", project.root, inspect=lambda _: ()
    )
    assert packaged.manifest.samples is not None
    samples = read_samples(packaged.directory / packaged.manifest.samples.file_name)
    assert [each.batch_size for each in samples] == [1, 4]
    assert list(samples[1].outputs) == ["y"]


@pytest.mark.parametrize(
    ("run", "words"),
    [
        (
            sandbox.SandboxedRun((), "no such operator"),
            "it fails where the reference answers (no such operator).",
        ),
        (sandbox.SandboxedRun((WEIGHTS * 2,), ""), "y differs in 5 of 6 values, by up to 5;"),
        (sandbox.SandboxedRun((), ""), "y is missing."),
    ],
)
def test_another_answer_than_the_references_is_refused(
    project: Project, task: Task, monkeypatch: pytest.MonkeyPatch, run: sandbox.SandboxedRun, words: str
) -> None:
    """With the batch size, and the figures."""
    answer = sandbox.SandboxAnswer((), (), (run,), frozenset())
    monkeypatch.setattr("model_packaging.sources.model_file.run_onnx", lambda *_, **__: answer)
    monkeypatch.setattr("model_packaging.sources.model_file.record_reference", lambda *_: (1,))
    sample = Sample(1, {"x": WEIGHTS, "shift": WEIGHTS}, {"y": WEIGHTS})
    monkeypatch.setattr("model_packaging.sources.model_file.read_samples", lambda _: (sample,))
    error = refused(task(onnx_file(project.root / "m.onnx")), TraceDiffersError)
    assert error.cause.startswith(f"file.from: m.onnx: batch 1: {words}")
    assert error.fix.startswith("name the file that this reference stands for")


def test_inputs_that_lead_to_no_argument_are_refused(
    project: Project, task: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Triton itself would guess."""
    monkeypatch.setattr("model_packaging.sources.model_file.record_reference", lambda *_: (1,))
    sample = Sample(1, {"a": WEIGHTS, "b": WEIGHTS}, {"y": WEIGHTS})
    monkeypatch.setattr("model_packaging.sources.model_file.read_samples", lambda _: (sample,))
    triton = {"max_batch_size": 4, "input": INPUTS, "output": OUTPUTS}
    error = refused(task(torchscript_file(project.root / "m.pt"), triton=triton))
    assert error.cause == "file.from: forward of m.pt takes x, shift; the inputs are a, b."


def test_inputs_that_the_graph_lacks_are_refused(
    project: Project, task: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Names were declared that are not the file's: nothing could be passed to it."""
    monkeypatch.setattr("model_packaging.sources.model_file.record_reference", lambda *_: (1,))
    sample = Sample(1, {"x": WEIGHTS, "b": WEIGHTS}, {"y": WEIGHTS})
    monkeypatch.setattr("model_packaging.sources.model_file.read_samples", lambda _: (sample,))
    error = refused(task(onnx_file(project.root / "m.onnx")))
    assert error.cause == "file.from: m.onnx takes x, shift; the inputs are x, b."
    assert error.fix == "declare the inputs under the names that the file gives them."
