"""What a config.pbtxt says of a model, and what of it Triton would find in an ONNX file."""

from pathlib import Path

import numpy as np
import pytest
from onnx import helper, numpy_helper

from model_packaging.artifact.config_pbtxt import parse_config_pbtxt
from model_packaging.artifact.signature import Signature, TensorSpec
from model_packaging.errors import LayoutError
from model_packaging.layout.configured_signature import configured_signature
from tests.onnx_graphs import tensor, write_graph

ONNX = 'platform: "onnxruntime_onnx"\n'
X = 'input [ { name: "x" data_type: TYPE_STRING dims: [ 1, -1 ] } ]\n'
Y = 'output [ { name: "y" data_type: TYPE_FP32 dims: [ 5 ] } ]\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A model's folder with ``y = MatMul(x, weights)`` of any batch as its newest version."""
    (tmp_path / "m" / "1").mkdir(parents=True)
    (tmp_path / "m" / "12").mkdir()
    write_graph(
        tmp_path / "m" / "12" / "model.onnx",
        [helper.make_node("MatMul", ["x", "weights"], ["y"])],
        [tensor("x", ["batch", 3])],
        [tensor("y", ["batch", 5])],
        [numpy_helper.from_array(np.ones((3, 5), np.float32), "weights")],
    )
    return tmp_path / "m"


def signature(text: str, folder: Path) -> Signature:
    return configured_signature(parse_config_pbtxt(text), folder)


@pytest.mark.parametrize(("batch", "batched"), [("max_batch_size: 2\n", True), ("", False)])
def test_declared_tensors(folder: Path, batch: str, *, batched: bool) -> None:
    """As the file has them; no model is read."""
    found = signature(f'backend: "python"\n{batch}{X}{Y}', folder)
    assert found == Signature(
        (TensorSpec("x", "BYTES", (1, -1)),), (TensorSpec("y", "FP32", (5,)),), batched=batched
    )


@pytest.mark.parametrize("named", [ONNX, 'backend: "onnxruntime"\n'])
def test_onnx_says_the_rest(folder: Path, named: str) -> None:
    """Of its newest version, without the batch dimension."""
    found = signature(f"{named}max_batch_size: 2", folder)
    assert found == Signature(
        (TensorSpec("x", "FP32", (3,)),), (TensorSpec("y", "FP32", (5,)),), batched=True
    )


def test_what_is_declared_wins(folder: Path) -> None:
    """Only what is left out is completed."""
    found = signature(f"{ONNX}max_batch_size: 2\n{Y.replace('5', '-1')}", folder)
    assert found.outputs == (TensorSpec("y", "FP32", (-1,)),)
    assert found.inputs == (TensorSpec("x", "FP32", (3,)),)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('backend: "python"', "only Triton finds them in this kind of model."),
        (f'platform: "pytorch_libtorch"\n{X}', "only Triton finds them in this kind of model."),
        (ONNX, "without max_batch_size Triton chooses one by itself."),
        (f'{ONNX}default_model_filename: "other.onnx"', "they can't be read from other.onnx ("),
    ],
)
def test_what_nobody_can_say(folder: Path, text: str, why: str) -> None:
    """With what to write."""
    with pytest.raises(LayoutError) as raised:
        signature(text, folder)
    assert raised.value.cause.startswith(f"m/config.pbtxt leaves out inputs or outputs, and {why}")
    assert raised.value.fix == "write them, and max_batch_size, into config.pbtxt."


def test_a_type_that_the_backend_does_not_take(folder: Path) -> None:
    """An ONNX file that does not say everything either."""
    write_graph(
        folder / "12" / "model.onnx",
        [helper.make_node("Identity", ["x"], ["y"])],
        [helper.make_tensor_value_info("x", 14, [1])],
        [helper.make_tensor_value_info("y", 14, [1])],
        [],
    )
    with pytest.raises(LayoutError, match="does not say all types and shapes"):
        signature(ONNX, folder)
