"""What `seatrial client` writes stands by itself, is clean, and asks an endpoint."""

import ast
import importlib.util
import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from invocation import TypedClientError, typed_client_source
from invocation.tensors import inference_body
from model_packaging.artifact import Layout, Signature, TensorSpec
from tests.invocation.answers import answer_of
from tests.invocation.manifests import CONTENT_KEY, manifest_of

ROOT = Path(__file__).parents[2]
IMAGES = Signature(
    inputs=(
        TensorSpec("mask", "BOOL", (1,), optional=True),
        TensorSpec("image", "FP32", (3, -1)),
        TensorSpec("inputIds", "INT64", (2,)),
    ),
    outputs=(TensorSpec("OUTPUT__0", "FP32", (2,)), TensorSpec("class", "BYTES", (1,))),
    batched=True,
)
EVERYTHING = Signature(
    inputs=tuple(
        TensorSpec(f"in {datatype}", datatype, (1,))
        for datatype in ("BOOL", "INT8", "INT16", "INT32", "INT64", "UINT8", "UINT16", "UINT32", "UINT64")
    )
    + tuple(TensorSpec(datatype, datatype, ()) for datatype in ("FP16", "BF16", "FP32", "FP64", "BYTES")),
    outputs=(TensorSpec("a_rather_long_name_of_an_output", "FP32", (1, 2, 3, 4, 5, 6, 7)),),
    batched=False,
)
SOURCES = {
    "images": typed_client_source(manifest_of("resnet-50", IMAGES, max_batch_size=4)),
    "everything": typed_client_source(manifest_of("3d_" + "very_long_model_name_" * 4, EVERYTHING)),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder outside of the project with the written modules and nothing else."""
    folder = tmp_path_factory.mktemp("service")
    for name, source in SOURCES.items():
        (folder / f"{name}.py").write_text(source, encoding="utf-8")
    return folder


def imported(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"written_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    # A dataclass looks its module up by name.
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def images(folder: Path) -> ModuleType:
    return imported(folder / "images.py")


class Runtime:
    """Stands where boto3's client would."""

    def __init__(self, answer: Callable[[], tuple[str, bytes]]) -> None:
        self.answer = answer
        self.requests: list[dict[str, Any]] = []

    def invoke_endpoint(self, **request: Any) -> dict[str, Any]:  # noqa: ANN401 - as boto3 has it
        self.requests.append(request)
        content_type, body = self.answer()
        return {"ContentType": content_type, "Body": io.BytesIO(body)}


def answered(*, binary: bool, batch: int = 2) -> tuple[str, bytes]:
    """Return an answer of the model, in the form that requests have too."""
    outputs = {
        "OUTPUT__0": np.ones((batch, 2), np.float32),
        "class": np.array([["cat"]] * batch, dtype=object),
    }
    return answer_of(outputs, binary=binary)


def request_of(images: ModuleType, batch: int = 2, **changes: Any) -> Any:  # noqa: ANN401 - made at run time
    arrays = {
        "image": np.zeros((batch, 3, 5), np.float32),
        "input_ids": np.zeros((batch, 2), np.int64),
    }
    return images.Resnet50Request(**arrays | changes)


@pytest.mark.parametrize("name", SOURCES)
def test_nothing_of_ours_is_imported(name: str) -> None:
    """A service that copies the file needs no Seatrial."""
    imports = [
        node for node in ast.walk(ast.parse(SOURCES[name])) if isinstance(node, ast.ImportFrom | ast.Import)
    ]
    modules = {
        module.partition(".")[0]
        for node in imports
        for module in (
            [node.module] if isinstance(node, ast.ImportFrom) else [each.name for each in node.names]
        )
    }
    assert modules <= {"numpy", "tritonclient", *sys.stdlib_module_names}


@pytest.mark.integration
def test_it_is_clean(folder: Path) -> None:
    """For mypy in its strictest mode, and for ruff with its own defaults and with this project's rules."""
    programs = Path(sys.executable).parent
    files = [f"{name}.py" for name in SOURCES]
    ours = ["--config", str(ROOT / "pyproject.toml")]
    for command in (
        ["mypy", "--strict", "--no-incremental", *files],
        ["ruff", "check", "--isolated", *files],
        # boto3's clients have no class to name.
        ["ruff", "check", *ours, "--ignore", "ANN401,E501", *files],
        ["ruff", "format", "--check", *ours, *files],
    ):
        found = subprocess.run(
            [programs / command[0], *command[1:]],
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert found.returncode == 0, found.stdout + found.stderr


def test_the_same_manifest_gives_the_same_text() -> None:
    """Written again in a pipeline, it shows no difference; the header says which model it is of."""
    manifest = manifest_of("resnet-50", IMAGES, max_batch_size=4)
    assert typed_client_source(manifest) == SOURCES["images"]
    assert CONTENT_KEY in SOURCES["images"].partition("import json")[0]


def test_fields_are_documented(images: ModuleType) -> None:
    """With the model's own name, the data type and the shape."""
    documentation = images.Resnet50Request.__doc__
    assert "a batch has at most 4 requests" in documentation
    assert "image: FP32 [batch, 3, any]." in documentation
    assert "input_ids: ``inputIds``, INT64 [batch, 2]." in documentation
    assert (
        "class_: ``class``, BYTES [batch, 1], objects that are str or bytes." in images.Resnet50Answer.__doc__
    )
    assert images.Resnet50Request.__annotations__["input_ids"] == np.typing.NDArray[np.int64]


@pytest.mark.parametrize("binary", [True, False])
def test_a_request_gets_its_answer(images: ModuleType, *, binary: bool) -> None:
    """In both forms: the body that tritonclient makes, to what was named, and an answer with types."""
    runtime = Runtime(lambda: answered(binary=binary))
    client = images.Resnet50Client(runtime, endpoint_name="e", component_name="e-c")
    answer = client.infer(request_of(images), binary=binary)
    assert answer.output_0.tolist() == [[1, 1], [1, 1]]
    assert answer.class_.tolist() == [[b"cat"], [b"cat"]]
    (sent,) = runtime.requests
    assert {sent["EndpointName"], sent["InferenceComponentName"]} == {"e", "e-c"}
    inputs = {"image": np.zeros((2, 3, 5), np.float32), "inputIds": np.zeros((2, 2), np.int64)}
    assert (sent["ContentType"], sent["Body"]) == inference_body(IMAGES, inputs, binary=binary)


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ({"target_model": "a.tar.gz"}, "TargetModel"),
        ({"target_container_hostname": "a"}, "TargetContainerHostname"),
    ],
)
def test_models_behind_an_endpoint_can_be_named(
    images: ModuleType, arguments: dict[str, str], name: str
) -> None:
    """What isn't named isn't sent."""
    runtime = Runtime(lambda: answered(binary=True))
    images.Resnet50Client(runtime, endpoint_name="e", **arguments).infer(request_of(images))
    assert set(runtime.requests[0]) == {"EndpointName", name, "ContentType", "Body"}
    assert runtime.requests[0][name] in arguments.values()


def test_an_optional_input_may_be_left_out(images: ModuleType) -> None:
    """It is None then, and sent where it is given; its documentation says so."""
    assert "mask: BOOL [batch, 1]; may be left out." in images.Resnet50Request.__doc__
    runtime = Runtime(lambda: answered(binary=True))
    client = images.Resnet50Client(runtime, endpoint_name="e")
    client.infer(request_of(images))
    client.infer(request_of(images, mask=np.ones((2, 1), np.bool_)))
    without, with_mask = ([b'"mask"' in each["Body"]] for each in runtime.requests)
    assert (without, with_mask) == ([False], [True])


def test_all_that_is_amiss_is_said_before_anything_is_sent(images: ModuleType) -> None:
    """Data types, shapes and the batch at once."""
    runtime = Runtime(lambda: answered(binary=True))
    client = images.Resnet50Client(runtime, endpoint_name="e")
    with pytest.raises(images.RequestError) as caught:
        client.infer(request_of(images, batch=5, input_ids=np.zeros((5, 3), np.int32)))
    for words in (
        "inputIds: data type is INT32, the model takes INT64",
        "inputIds: shape is [5, 3], the model takes [batch, 2]",
        "batch size is 5, the model takes at most 4",
    ):
        assert words in str(caught.value)
    assert runtime.requests == []


def test_a_body_over_the_limit_is_not_sent(images: ModuleType) -> None:
    """SageMaker would refuse it after the upload."""
    runtime = Runtime(lambda: answered(binary=True))
    image = np.zeros((2, 3, 300_000), np.float32)
    with pytest.raises(images.RequestError, match="SageMaker takes at most 6291456; send a smaller batch"):
        images.Resnet50Client(runtime, endpoint_name="e").infer(request_of(images, image=image))
    assert runtime.requests == []


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (("text/html", b"<html>"), "is no inference answer"),
        (answered(binary=True, batch=1), "OUTPUT__0: batch size is 1, the request's is 2"),
    ],
)
def test_an_answer_is_checked_too(images: ModuleType, answer: tuple[str, bytes], words: str) -> None:
    """A wrong answer never becomes an array of another model's."""
    client = images.Resnet50Client(Runtime(lambda: answer), endpoint_name="e")
    with pytest.raises(images.AnswerError, match=words):
        client.infer(request_of(images))


def test_every_data_type_goes_as_bytes(folder: Path) -> None:
    """16-bit floats and strings too; a model without a batch has no limit on it."""
    module = imported(folder / "everything.py")
    (request_class,) = [each for name, each in vars(module).items() if name.endswith("Request")]
    arrays = {
        spec.name: np.zeros(spec.dims, dtype)
        for spec, dtype in zip(
            EVERYTHING.inputs,
            [
                *(np.bool_, np.int8, np.int16, np.int32, np.int64, np.uint8, np.uint16, np.uint32, np.uint64),
                *(np.float16, ml_dtypes.bfloat16, np.float32, np.float64, object),
            ],
            strict=True,
        )
    }
    arrays["BYTES"][()] = b"\xff"
    request = request_class(*arrays.values())
    (spec,) = EVERYTHING.outputs
    answer = answer_of({spec.name: np.ones(spec.dims, np.float32)}, binary=True)
    runtime = Runtime(lambda: answer)
    (client_class,) = [
        each for name, each in vars(module).items() if name.startswith("Model3d") and "Client" in name
    ]
    client_class(runtime, endpoint_name="e").infer(request)
    (sent,) = runtime.requests
    header = json.loads(sent["Body"][: int(sent["ContentType"].rpartition("=")[2])])
    assert [each["datatype"] for each in header["inputs"]] == [spec.datatype for spec in EVERYTHING.inputs]
    assert module.MAX_BATCH_SIZE is None


def test_only_tritons_layout_has_one() -> None:
    """In the PyTorch images' layout the entry point decides what a request is."""
    manifest = manifest_of("m", IMAGES, layout=Layout.PYTORCH)
    with pytest.raises(TypedClientError, match=r"^m: its layout is pytorch; .* Use EndpointClient\.$"):
        typed_client_source(manifest)


def is_spec(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "TensorSpec"


@given(
    model=st.text(max_size=12),
    names=st.lists(st.text(min_size=1, max_size=8), min_size=1, max_size=4, unique=True),
)
def test_any_names_give_python(model: str, names: list[str]) -> None:
    """Quotes, keywords, other alphabets and names that differ in case alone."""
    tensors = tuple(TensorSpec(name, "FP32", (1,)) for name in names)
    source = typed_client_source(manifest_of(model, Signature(tensors, tensors, batched=True)))
    (request, _) = [
        node
        for node in ast.parse(source).body
        if isinstance(node, ast.ClassDef) and node.name.endswith(("Request", "Answer"))
    ]
    fields = [node.target.id for node in request.body if isinstance(node, ast.AnnAssign)]
    assert len(set(fields)) == len(names)
    specs = [node.args[0] for node in ast.walk(ast.parse(source)) if is_spec(node)]
    assert [ast.literal_eval(each) for each in specs] == names * 2
