"""The stand-in's rules, in this process: ONNX Runtime without Triton."""

import importlib.util
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any, Protocol

import numpy as np
import onnxruntime
import pytest
from onnx import helper

import local.triton.backends.onnxruntime
from local.triton.backends.onnxruntime.ort import OrtError, OrtModel, complete
from tests.onnx_graphs import FLOAT, INT64, STRING, tensor, write_graph

FOLDER = Path(local.triton.backends.onnxruntime.__file__).parent
Section = dict[str, Any]


def said(name: str, *dims: int, datatype: str = "TYPE_FP32", **fields: object) -> Section:
    return {"name": name, "data_type": datatype, "dims": [str(size) for size in dims], **fields}


def config(
    inputs: list[Section], outputs: list[Section], max_batch_size: int = 8, **fields: object
) -> Section:
    return {"name": "m", "max_batch_size": max_batch_size, "input": inputs, "output": outputs, **fields}


@pytest.fixture(scope="module")
def affine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """``sum = left + right`` of ``[batch, 3]``, and ``rows = ReduceSum(sum)`` of ``[batch, 1]``."""
    return write_graph(
        tmp_path_factory.mktemp("affine") / "model.onnx",
        [
            helper.make_node("Add", ["left", "right"], ["sum"]),
            helper.make_node("ReduceMax", ["sum", "axes"], ["rows"], keepdims=1),
        ],
        [tensor("left", ["batch", 3]), tensor("right", ["batch", 3])],
        [tensor("sum", ["batch", 3]), tensor("rows", ["batch", 1])],
        initializer=[helper.make_tensor("axes", INT64, [1], [1])],
    )


DATATYPE_DIFFERS = (
    "unable to load model 'm', configuration expects datatype TYPE_FP16 for input 'right', model provides "
    "TYPE_FP32"
)


def dims_differ(name: str, complete_shape: str) -> str:
    return (
        f"model 'm', tensor '{name}': the model expects 2 dimensions (shape [-1,3]) but the model "
        "configuration "
        "specifies 2 dimensions (an initial batch dimension because max_batch_size > 0 followed by the "
        f"explicit tensor shape, making complete shape {complete_shape})"
    )


AFFINE = ([said("right", 3), said("left", 3)], [said("rows", 1), said("sum", 3)])


def test_answers_are_onnx_runtimes_own(affine: Path) -> None:
    """A batch is joined, run once, and split by each request's size: not one bit differs."""
    affine_config = config(*AFFINE)
    model = OrtModel(affine, affine_config)
    generator = np.random.default_rng(0)
    requests = [
        {name: generator.random((size, 3), dtype=np.float32) for name in ("left", "right")}
        for size in (1, 3, 2)
    ]
    session = onnxruntime.InferenceSession(str(affine))
    for request, outcome in zip(requests, model.run(requests), strict=True):
        assert not isinstance(outcome, str)
        expected = session.run(["rows", "sum"], request)
        assert np.array_equal(outcome["rows"], expected[0])
        assert np.array_equal(outcome["sum"], expected[1])


def test_a_folder_holds_its_model_file(affine: Path) -> None:
    """As the native backend reads a model of several files."""
    OrtModel(affine.parent, config(*AFFINE))


@pytest.mark.parametrize(
    ("inputs", "outputs", "message"),
    [
        (
            [said("left", 3)],
            [said("sum", 3)],
            "unable to load model 'm', configuration expects 1 inputs, model provides 2",
        ),
        (
            [said("left", 3), said("wrong", 3)],
            [said("sum", 3)],
            "unexpected inference input 'wrong', allowed inputs are: left, right",
        ),
        (
            [said("left", 3), said("right", 3)],
            [said("total", 3)],
            "unexpected inference output 'total', allowed outputs are: rows, sum",
        ),
        (
            [said("left", 3), said("right", 3, datatype="TYPE_FP16")],
            [said("sum", 3)],
            DATATYPE_DIFFERS,
        ),
        (
            [said("left", 3), said("right", 3, datatype="TYPE_BF16")],
            [said("sum", 3)],
            "unsupported datatype TYPE_BF16 for input 'right' for model 'm'",
        ),
        (
            [said("left", 3), said("right", 4)],
            [said("sum", 3)],
            dims_differ("right", "[-1,4]"),
        ),
        (
            [said("left", 3), said("right", 3)],
            [said("sum", -1)],
            dims_differ("sum", "[-1,-1]"),
        ),
        (
            [said("left", 3), said("right", 3, optional=True)],
            [said("sum", 3)],
            "unable to load model 'm', configuration expects 1 inputs, model provides 2",
        ),
    ],
)
def test_a_configuration_that_does_not_fit_is_refused(
    affine: Path, inputs: list[Section], outputs: list[Section], message: str
) -> None:
    """In the native backend's words."""
    with pytest.raises(OrtError) as refused:
        OrtModel(affine, config(inputs, outputs))
    assert str(refused.value) == message


def test_a_reshape_counts_as_what_the_model_is_given(affine: Path) -> None:
    """The dims of a request may be others."""
    inputs = [said("left", 3), said("right", 1, 3, reshape={"shape": ["3"]})]
    OrtModel(affine, config(inputs, [said("sum", 3)]))


def test_a_fixed_batch_size_can_not_be_batched(tmp_path: Path) -> None:
    """The first dimension must be dynamic."""
    file = write_graph(
        tmp_path / "model.onnx",
        [helper.make_node("Neg", ["x"], ["y"])],
        [tensor("x", [1, 3])],
        [tensor("y", [1, 3])],
    )
    with pytest.raises(OrtError) as refused:
        OrtModel(file, config([said("x", 3)], [said("y", 3)]))
    assert str(refused.value) == (
        "model 'm', tensor 'x': for the model to support batching the shape should have at least 1 dimension "
        "and "
        "the first dimension must be -1; but shape expected by the model is [1,3]"
    )
    unbatched = OrtModel(file, config([said("x", 1, 3)], [said("y", 1, 3)], 0))
    (outcome,) = unbatched.run([{"x": np.ones((1, 3), np.float32)}])
    assert not isinstance(outcome, str)
    assert outcome["y"].tolist() == [[-1, -1, -1]]
    with pytest.raises(OrtError, match=r"model configuration specifies 1 dimensions \(shape \[3\]\)"):
        OrtModel(file, config([said("x", 3)], [said("y", 3)], 0))


def test_a_scalar_is_answered_in_the_configurations_dims(tmp_path: Path) -> None:
    """config.pbtxt can't say a scalar; only ones may stand for it."""
    file = write_graph(
        tmp_path / "model.onnx",
        [helper.make_node("ReduceSum", ["x"], ["y"], keepdims=0)],
        [tensor("x", [3])],
        [tensor("y", [])],
    )
    (outcome,) = OrtModel(file, config([said("x", 3)], [said("y", 1)], 0)).run(
        [{"x": np.ones(3, np.float32)}]
    )
    assert not isinstance(outcome, str)
    assert outcome["y"].tolist() == [3]
    with pytest.raises(OrtError, match=r"scalar tensor 'y', should only provide 1 .* provided: \[2\]\."):
        OrtModel(file, config([said("x", 3)], [said("y", 2)], 0))


def test_an_initializer_may_be_an_optional_input(tmp_path: Path) -> None:
    """A request sets it, or the model's own value counts; not where the model batches."""
    file = write_graph(
        tmp_path / "model.onnx",
        [helper.make_node("Mul", ["x", "factor"], ["y"])],
        [tensor("x", [2]), tensor("factor", [1])],
        [tensor("y", [2])],
        initializer=[helper.make_tensor("factor", FLOAT, [1], [10.0])],
    )
    inputs = [said("x", 2), said("factor", 1, optional=True)]
    model = OrtModel(file, config(inputs, [said("y", 2)], 0))
    x = np.ones(2, np.float32)
    default, own = model.run([{"x": x}, {"x": x, "factor": np.array([3], np.float32)}])
    assert not isinstance(default, str)
    assert not isinstance(own, str)
    assert (default["y"].tolist(), own["y"].tolist()) == ([10, 10], [3, 3])
    with pytest.raises(
        OrtError, match="optional input 'factor' is not supported for models that support batching"
    ):
        OrtModel(file, config(inputs[::-1], [said("y", 2)]))


def test_strings_go_in_and_out_as_bytes(tmp_path: Path) -> None:
    """As Triton's stub gives and takes them."""
    file = write_graph(
        tmp_path / "model.onnx",
        [helper.make_node("Identity", ["x"], ["y"])],
        [tensor("x", ["batch", 2], STRING)],
        [tensor("y", ["batch", 2], STRING)],
    )
    strings = [said(name, 2, datatype="TYPE_STRING") for name in ("x", "y")]
    model = OrtModel(file, config(strings[:1], strings[1:]))
    (outcome,) = model.run([{"x": np.array([["naïve".encode(), b""]], np.object_)}])
    assert not isinstance(outcome, str)
    assert outcome["y"].tolist() == [["naïve".encode(), b""]]


def test_an_output_without_the_batch_can_not_be_split(tmp_path: Path) -> None:
    """The requests that its rows don't reach fail alone."""
    file = write_graph(
        tmp_path / "model.onnx",
        [helper.make_node("Slice", ["x", "start", "end"], ["y"])],
        [tensor("x", ["batch", 1])],
        [tensor("y", ["batch", 1])],
        initializer=[
            helper.make_tensor(name, INT64, [1], [value]) for name, value in (("start", 0), ("end", 1))
        ],
    )
    model = OrtModel(file, config([said("x", 1)], [said("y", 1)]))
    first, second = model.run([{"x": np.ones((1, 1), np.float32)}, {"x": np.ones((2, 1), np.float32)}])
    assert not isinstance(first, str)
    assert second == (
        "failed to split the output tensor 'y' in responses: expected batch size of atleast 3 in model "
        "output, got 1"
    )


def test_a_run_that_fails_fails_the_batch(affine: Path) -> None:
    """With ONNX Runtime's code and words."""
    model = OrtModel(affine, config(*AFFINE))
    wrong = {"left": np.ones((1, 4), np.float32), "right": np.ones((1, 3), np.float32)}
    with pytest.raises(OrtError, match=r"^onnx runtime error 2: Got invalid dimensions for input: left"):
        model.run([wrong])


def test_a_file_that_is_no_model_is_refused(tmp_path: Path) -> None:
    """Missing, or not ONNX."""
    file = tmp_path / "model.onnx"
    with pytest.raises(OrtError, match=r"unable to find '.*/model\.onnx' for model instance 'm'"):
        OrtModel(file, config(*AFFINE))
    file.write_bytes(b"no model")
    with pytest.raises(OrtError, match=r"^onnx runtime error 7: .*Protobuf parsing failed"):
        OrtModel(file, config(*AFFINE))


@pytest.mark.parametrize(
    ("fields", "refused"),
    [
        ({"sequence_batching": {"direct": {}}}, "'sequence_batching'"),
        ({"batch_input": [{"kind": "BATCH_ELEMENT_COUNT"}]}, "'batch_input'"),
        ({"input": [said("left", 3, allow_ragged_batch=True)]}, "ragged batches of 'left'"),
    ],
)
def test_what_only_the_native_backend_does_is_said(affine: Path, fields: Section, refused: str) -> None:
    """Never served otherwise without a word."""
    with pytest.raises(
        OrtError, match="this machine's stand-in for the ONNX Runtime backend does not"
    ) as caught:
        OrtModel(affine, {**config(*AFFINE), **fields})
    assert refused in str(caught.value)


class StubModel(Protocol):
    """What Triton's stub calls."""

    def auto_complete_config(self, auto_complete_model_config: object) -> object: ...
    def initialize(self, args: dict[str, str]) -> None: ...
    def execute(self, requests: list[dict[str, np.ndarray[Any, Any]]]) -> list[Any]: ...


Arguments = Callable[..., dict[str, str]]


class ModelError(Exception):
    """Triton's ``TritonModelException``."""


@pytest.fixture
def entry_point(monkeypatch: pytest.MonkeyPatch) -> Iterator[StubModel]:
    """A ``TritonPythonModel`` as the stub makes one: its folder on the path, Triton's module there."""
    utils: Any = ModuleType("triton_python_backend_utils")
    utils.TritonModelException, utils.TritonError = ModelError, str
    utils.Tensor = lambda name, array: (name, array.tolist())
    utils.InferenceResponse = lambda outputs=(), error=None: error or dict(outputs)
    utils.get_input_tensor_by_name = lambda request, name: (
        SimpleNamespace(as_numpy=lambda: request[name]) if name in request else None
    )
    monkeypatch.setitem(sys.modules, "triton_python_backend_utils", utils)
    monkeypatch.syspath_prepend(str(FOLDER))
    specification = importlib.util.spec_from_file_location("model", FOLDER / "model.py")
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    yield module.TritonPythonModel()
    for name in [name for name in sys.modules if name.partition(".")[0] == "ort"]:
        del sys.modules[name]


@pytest.fixture
def arguments(affine: Path, tmp_path: Path) -> Arguments:
    """``(**fields of the configuration) -> what Triton passes to initialize``."""
    (tmp_path / "1").mkdir()
    (tmp_path / "1" / "model.onnx").write_bytes(affine.read_bytes())

    def made(**fields: object) -> dict[str, str]:
        text = json.dumps({**config(*AFFINE), **fields})
        return {"model_config": text, "model_repository": str(tmp_path), "model_version": "1"}

    return made


def test_triton_gets_one_response_for_each_request(entry_point: StubModel, arguments: Arguments) -> None:
    """Outputs by the configuration's names."""
    entry_point.initialize(arguments())
    ones = np.ones((1, 3), np.float32)
    assert entry_point.execute([{"left": ones, "right": ones}, {"left": ones, "right": -ones}]) == [
        {"rows": [[2]], "sum": [[2, 2, 2]]},
        {"rows": [[0]], "sum": [[0, 0, 0]]},
    ]
    (failed,) = entry_point.execute([{"left": ones, "right": np.ones((1, 4), np.float32)}])
    assert failed.startswith("onnx runtime error 2: ")


def test_another_file_name_is_heeded(entry_point: StubModel, arguments: Arguments) -> None:
    """``default_model_filename``, and a failure to load is Triton's kind of exception."""
    with pytest.raises(ModelError, match=r"unable to find '.*/1/other\.onnx'"):
        entry_point.initialize(arguments(default_model_filename="other.onnx"))


class Config:
    """Triton's ``ModelConfig``, as far as it is called."""

    def __init__(self, **fields: object) -> None:
        self.fields = {"name": "m", "max_batch_size": 0, "input": [], "output": [], **fields}
        self.called: list[tuple[str, object]] = []

    def as_dict(self) -> dict[str, Any]:
        return self.fields

    def set_max_batch_size(self, size: int) -> None:
        self.called.append(("max_batch_size", size))

    def set_dynamic_batching(self) -> None:
        self.called.append(("dynamic_batching", True))

    def add_input(self, tensor: dict[str, Any]) -> None:
        self.called.append(("input", tensor["name"]))

    def add_output(self, tensor: dict[str, Any]) -> None:
        self.called.append(("output", tensor["name"]))


@pytest.fixture
def stub_runs(
    tmp_path: Path, entry_point: StubModel, monkeypatch: pytest.MonkeyPatch
) -> Callable[[Path], None]:
    """``(file)``: as if the stub had been started for it."""

    def started(file: Path) -> None:
        arguments = tmp_path / "cmdline"
        arguments.write_bytes(b"stub\0" + bytes(file) + b"\0region\0")
        monkeypatch.setitem(type(entry_point).auto_complete_config.__globals__, "_STUB_ARGUMENTS", arguments)

    return started


def test_what_is_left_out_is_completed_from_the_model(
    entry_point: StubModel, affine: Path, stub_runs: Callable[[Path], None]
) -> None:
    """Tensors, tritonserver's default of max_batch_size, and batching, since no scheduler is named."""
    stub_runs(affine)
    left_out = Config()
    assert entry_point.auto_complete_config(left_out) is left_out
    assert left_out.called == [
        ("max_batch_size", 4),
        ("dynamic_batching", True),
        ("input", "left"),
        ("input", "right"),
        ("output", "sum"),
        ("output", "rows"),
    ]
    given = Config(input=[said("left", 3)], output=[said("sum", 3)])
    entry_point.auto_complete_config(given)
    assert given.called == []


def test_a_model_that_can_not_be_completed_is_tritons_error(
    entry_point: StubModel, tmp_path: Path, stub_runs: Callable[[Path], None]
) -> None:
    """In the native backend's words."""
    stub_runs(tmp_path / "model.onnx")
    with pytest.raises(ValueError, match="unable to find"):
        entry_point.auto_complete_config(Config())


@pytest.mark.parametrize(
    ("shape", "fields", "expected"),
    [
        (["n", 3], {"max_batch_size": 8}, (8, True, [3])),
        (["n", 3], {"max_batch_size": 1}, (1, False, [3])),
        (["n", 3], {"max_batch_size": 8, "sequence_batching": {}}, (8, False, [3])),
        (["n"], {}, (4, True, [1])),
        ([2, 3], {}, (0, False, [2, 3])),
        ([], {}, (0, False, [1])),
    ],
)
def test_batching_is_completed_by_the_shapes(
    tmp_path: Path, shape: list[int | str], fields: dict[str, Any], expected: tuple[int, bool, list[int]]
) -> None:
    """All of a model's tensors decide."""
    node = helper.make_node("Identity", ["x"], ["y"])
    file = write_graph(tmp_path / "model.onnx", [node], [tensor("x", shape)], [tensor("y", shape)])
    found = complete({"name": "m", **fields}, file)
    assert found is not None
    assert (found.max_batch_size, found.dynamic_batching, found.inputs[0]["dims"]) == expected
    assert found.outputs[0] == {"name": "y", "data_type": "TYPE_FP32", "dims": expected[2]}


def test_what_can_not_be_batched_is_not_completed(tmp_path: Path) -> None:
    """The native backend's words."""
    node = helper.make_node("Identity", ["x"], ["y"])
    file = write_graph(tmp_path / "model.onnx", [node], [tensor("x", [1, 3])], [tensor("y", [1, 3])])
    with pytest.raises(
        OrtError, match="autofill failed for model 'm': model does not support batching while"
    ):
        complete({"name": "m", "max_batch_size": 2}, file)
