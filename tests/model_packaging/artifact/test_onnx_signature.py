import tracemalloc
from pathlib import Path

import numpy as np
import onnx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from onnx import TensorProto, helper, numpy_helper

from model_packaging.artifact.onnx_signature import (
    OnnxSignature,
    OnnxSignatureError,
    OnnxTensor,
    read_onnx_signature,
)
from model_packaging.artifact.signature import Signature, TensorSpec
from tests.onnx_graphs import FLOAT, INT64, tensor, write_graph


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """``y = MatMul(x, weights)``; the weights may be set by a request."""
    weights = np.ones((3, 5), np.float32)
    return write_graph(
        tmp_path / "model.onnx",
        [helper.make_node("MatMul", ["x", "weights"], ["y"])],
        [tensor("x", ["batch", 3]), tensor("weights", [3, 5])],
        [tensor("y", ["batch", 5])],
        [numpy_helper.from_array(weights, "weights")],
    )


def test_tensors_are_read_from_the_graph(file: Path) -> None:
    """Names, KServe data types and sizes; an input with a value of its own is told apart."""
    assert read_onnx_signature(file) == OnnxSignature(
        inputs=(OnnxTensor("x", "FP32", (-1, 3)),),
        overridable=(OnnxTensor("weights", "FP32", (3, 5)),),
        outputs=(OnnxTensor("y", "FP32", (-1, 5)),),
        opset=18,
        external_files=(),
        ir_version=8,
    )


def test_a_request_has_no_scalars_and_leaves_the_batch_out(file: Path, tmp_path: Path) -> None:
    """As config.pbtxt writes tensors."""
    assert read_onnx_signature(file).signature(batched=True) == Signature(
        (TensorSpec("x", "FP32", (3,)),), (TensorSpec("y", "FP32", (5,)),), batched=True
    )
    node = helper.make_node("ReduceSum", ["x"], ["y"], keepdims=0)
    scalar = write_graph(tmp_path / "s.onnx", [node], [tensor("x", [3])], [tensor("y", [])])
    assert read_onnx_signature(scalar).signature(batched=False) == Signature(
        (TensorSpec("x", "FP32", (3,)),), (TensorSpec("y", "FP32", (1,)),), batched=False
    )


@pytest.mark.parametrize(
    ("datatype", "name"),
    [
        (TensorProto.FLOAT, "FP32"),
        (TensorProto.UINT8, "UINT8"),
        (TensorProto.INT8, "INT8"),
        (TensorProto.UINT16, "UINT16"),
        (TensorProto.INT16, "INT16"),
        (TensorProto.INT32, "INT32"),
        (TensorProto.INT64, "INT64"),
        (TensorProto.STRING, "BYTES"),
        (TensorProto.BOOL, "BOOL"),
        (TensorProto.FLOAT16, "FP16"),
        (TensorProto.DOUBLE, "FP64"),
        (TensorProto.UINT32, "UINT32"),
        (TensorProto.UINT64, "UINT64"),
        (TensorProto.BFLOAT16, ""),
        (TensorProto.COMPLEX64, ""),
    ],
)
def test_every_data_type_has_its_kserve_name(tmp_path: Path, datatype: int, name: str) -> None:
    """Those that Triton's backend refuses have none."""
    node = helper.make_node("Identity", ["x"], ["y"])
    file = write_graph(tmp_path / "m", [node], [tensor("x", [], datatype)], [tensor("y", [], datatype)])
    assert read_onnx_signature(file).inputs == (OnnxTensor("x", name, ()),)


def test_what_is_no_tensor_has_no_data_type(tmp_path: Path) -> None:
    """A sequence can't be served."""
    sequence = helper.make_tensor_sequence_value_info("y", FLOAT, ["n"])
    node = helper.make_node("SequenceConstruct", ["x"], ["y"])
    file = write_graph(tmp_path / "m", [node], [tensor("x", ["n"])], [sequence])
    assert read_onnx_signature(file).outputs == (OnnxTensor("y", "", (), has_shape=False),)


def test_external_files_are_named(tmp_path: Path) -> None:
    """Each once, without being opened."""
    weights = [numpy_helper.from_array(np.ones((3, 3), np.float32), name) for name in ("a", "b")]
    nodes = [helper.make_node("MatMul", ["x", "a"], ["z"]), helper.make_node("MatMul", ["z", "b"], ["y"])]
    shapes = [tensor("x", ["batch", 3])], [tensor("y", ["batch", 3])]
    file = write_graph(tmp_path / "m.onnx", nodes, *shapes, weights, external_data="m.onnx.data")
    (tmp_path / "m.onnx.data").unlink()
    assert read_onnx_signature(file).external_files == ("m.onnx.data",)


def test_a_large_model_is_read_in_little_memory(tmp_path: Path) -> None:
    """Its weights are passed over: less than 1 MB for 64 MB."""
    weights = numpy_helper.from_array(np.ones((16, 1 << 20), np.float32), "weights")
    node = helper.make_node("Gather", ["weights", "x"], ["y"])
    inputs, outputs = [tensor("x", ["batch"], INT64)], [tensor("y", ["batch", 1 << 20])]
    file = write_graph(tmp_path / "m.onnx", [node], inputs, outputs, [weights])
    del weights
    tracemalloc.start()
    signature = read_onnx_signature(file)
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert signature.outputs == (OnnxTensor("y", "FP32", (-1, 1 << 20)),)
    assert file.stat().st_size > 64 << 20
    assert peak_bytes < 1 << 20


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    """With the system's reason."""
    with pytest.raises(OnnxSignatureError, match=r"m\.onnx: can't be read \(No such file or directory\)"):
        read_onnx_signature(tmp_path / "m.onnx")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "it has no graph with inputs or outputs"),
        (b"no model", "begins no field"),
        (b"\x08" + b"\xff" * 10, "the number at byte 1 does not end"),
        (b"\x3a\x7f\x00", "ends outside of its message"),
        (b"\x00\x00\x00", "the byte before 2 begins no field"),
        (b"\x38\x07", "a message is missing where one belongs"),
        (b"\x3a\x06\x5a\x04\x0a\x02\xff\xff", "field 1 is no UTF-8 text"),
        (b"\x3a\x04\x5a\x02\x08\x01", r"field 1 is no text of at most 4096 bytes"),
        (b"\x3a\xd0\x0f" + b"\x5a\x00" * 1000, ""),
    ],
)
def test_another_file_is_refused(tmp_path: Path, content: bytes, reason: str) -> None:
    """With the reason and what to do."""
    file = tmp_path / "m.onnx"
    file.write_bytes(content)
    if not reason:
        assert len(read_onnx_signature(file).inputs) == 1000
        return
    with pytest.raises(OnnxSignatureError, match=reason) as refused:
        read_onnx_signature(file)
    assert "is no readable ONNX model (" in str(refused.value)
    assert str(refused.value).endswith("; export it again")


def varint(value: int) -> bytes:
    data = b""
    while value > 0x7F:
        data, value = data + bytes([value & 0x7F | 0x80]), value >> 7
    return data + bytes([value])


def nested(number: int, content: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(content)) + content


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\x08\x00" * 100_001, "it has more than 100000 fields"),
        (nested(7, nested(11, b"") * 10_001), "it has more than 10000 inputs and outputs"),
        (
            nested(7, nested(11, nested(2, nested(1, nested(2, nested(1, b"\x08\x01") * 65))))),
            "'' has more than 64 dimensions",
        ),
    ],
)
def test_what_is_read_is_bounded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes, reason: str
) -> None:
    """A file made to keep a reader busy is left."""
    monkeypatch.setattr("model_packaging.artifact._protobuf_wire._MAX_FIELDS", 100_000)
    file = tmp_path / "m.onnx"
    file.write_bytes(content)
    with pytest.raises(OnnxSignatureError, match=reason):
        read_onnx_signature(file)


_BASE = helper.make_model(
    helper.make_graph(
        [helper.make_node("Neg", ["x"], ["y"])], "g", [tensor("x", ["n", 3])], [tensor("y", ["n", 3])]
    )
).SerializeToString()


@given(
    st.one_of(
        st.binary(max_size=200),
        st.tuples(st.integers(0, len(_BASE) - 1), st.binary(min_size=1, max_size=8)).map(
            lambda edit: _BASE[: edit[0]] + edit[1] + _BASE[edit[0] + len(edit[1]) :]
        ),
        st.integers(0, len(_BASE)).map(lambda size: _BASE[:size]),
    )
)
def test_any_bytes_give_a_signature_or_a_refusal(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    """Damaged, cut or made up: never another exception."""
    file = tmp_path_factory.getbasetemp() / "any.onnx"
    file.write_bytes(content)
    try:
        signature = read_onnx_signature(file)
    except OnnxSignatureError:
        return
    assert len(signature.inputs) + len(signature.outputs) > 0


@given(st.lists(st.lists(st.one_of(st.integers(0, 2**40), st.just("n")), max_size=5), min_size=1, max_size=4))
def test_what_protobuf_writes_is_read_as_written(
    tmp_path_factory: pytest.TempPathFactory, shapes: list[list[int | str]]
) -> None:
    """Whatever the sizes."""
    inputs = [tensor(f"x{index}", shape) for index, shape in enumerate(shapes)]
    model = helper.make_model(helper.make_graph([], "g", inputs, []))
    file = tmp_path_factory.getbasetemp() / "written.onnx"
    onnx.save(model, file)
    expected = [tuple(-1 if size == "n" else size for size in shape) for shape in shapes]
    assert [each.shape for each in read_onnx_signature(file).inputs] == expected
