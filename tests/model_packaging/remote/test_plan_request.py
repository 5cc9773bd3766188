"""What trtexec is told, and the key that names a plan."""

from dataclasses import replace
from pathlib import Path

import pytest

from model_packaging.artifact.signature import Signature, TensorSpec
from model_packaging.remote.errors import PlanRequestError
from model_packaging.remote.plan_request import PlanRequest, trtexec_arguments
from spec.tensorrt import InputShapes, TensorRT

_IMAGE = "registry/sagemaker-tritonserver:24.09-py3"


@pytest.fixture
def request_(tmp_path: Path) -> PlanRequest:
    """A request for a plan of a model with one fixed and one varying input."""
    folder = tmp_path / "onnx"
    folder.mkdir()
    (folder / "model.onnx").write_bytes(b"graph")
    (folder / "model.onnx.data").write_bytes(b"weights")
    inputs = (TensorSpec("image", "FP32", (3, 4)), TensorSpec("tokens", "INT64", (-1,)))
    signature = Signature(inputs, (TensorSpec("OUTPUT__0", "FP32", (2,)),), batched=True)
    shapes = {"tokens": InputShapes(min="1", opt="128", max="512")}
    tensorrt = TensorRT(instance_type="ml.g4dn.xlarge", shapes=shapes)
    return PlanRequest("m", folder / "model.onnx", signature, 16, tensorrt, _IMAGE)


def _with(request: PlanRequest, **changed: object) -> PlanRequest:
    return replace(request, tensorrt=request.tensorrt.model_copy(update=changed))


def test_shapes_cover_the_batch_and_what_varies(request_: PlanRequest) -> None:
    """All inputs are in each profile, the batch from 1 to the largest."""
    assert trtexec_arguments(request_) == (
        "--skipInference",
        "--builderOptimizationLevel=3",
        "--minShapes=image:1x3x4,tokens:1x1",
        "--optShapes=image:16x3x4,tokens:16x128",
        "--maxShapes=image:16x3x4,tokens:16x512",
    )


def test_every_option_is_passed_on(request_: PlanRequest) -> None:
    """Precision, workspace, level and the batch that kernels are chosen for."""
    said = trtexec_arguments(
        _with(
            request_,
            precision="fp16",
            workspace_mib=2048,
            builder_optimization_level=5,
            optimal_batch_size=4,
        )
    )
    assert said[1:4] == ("--builderOptimizationLevel=5", "--fp16", "--memPoolSize=workspace:2048")
    assert said[5] == "--optShapes=image:4x3x4,tokens:4x128"


def test_model_without_batch_and_with_fixed_dimensions_needs_no_shapes(request_: PlanRequest) -> None:
    """Every dimension is the ONNX file's own, so there is no profile to say."""
    fixed = Signature((TensorSpec("x", "FP32", (3,)),), request_.signature.outputs, batched=False)
    request = replace(_with(request_, shapes={}), signature=fixed, max_batch_size=0)
    assert trtexec_arguments(request) == ("--skipInference", "--builderOptimizationLevel=3")


def test_scalar_without_batch_beside_a_varying_input(request_: PlanRequest) -> None:
    """Where a dimension varies and there is no batch, shapes begin with the tensor's own first one."""
    signature = replace(request_.signature, batched=False)
    request = replace(request_, signature=signature, max_batch_size=0)
    assert trtexec_arguments(request)[2] == "--minShapes=image:3x4,tokens:1"


@pytest.mark.parametrize(
    ("shapes", "words"),
    [
        ({}, "the input 'tokens' has the dimensions [-1], of which those that are -1 vary"),
        (
            {"token": InputShapes(min="1", opt="1", max="1")},
            "export.tensorrt.shapes names 'token'; the model takes image, tokens.",
        ),
        (
            {
                "tokens": InputShapes(min="1", opt="2", max="3"),
                "image": InputShapes(min="3x4", opt="3x4", max="3x5"),
            },
            "export.tensorrt.shapes.image says 3x5; the input has the dimensions [3, 4] without the batch.",
        ),
        (
            {"tokens": InputShapes(min="1x1", opt="1", max="1")},
            "export.tensorrt.shapes.tokens says 1x1; the input has the dimensions [-1] without the batch.",
        ),
    ],
)
def test_shapes_that_do_not_fit_are_told(
    request_: PlanRequest, shapes: dict[str, InputShapes], words: str
) -> None:
    """What trtexec would refuse after minutes is said before anything is uploaded."""
    with pytest.raises(PlanRequestError) as refused:
        _with(request_, shapes=shapes).key()
    assert refused.value.cause.startswith(words)


def test_optimum_beyond_the_largest_batch_is_told(request_: PlanRequest) -> None:
    """A profile's sizes ascend."""
    with pytest.raises(PlanRequestError, match=r"optimal_batch_size is 17; triton\.max_batch_size is 16"):
        trtexec_arguments(_with(request_, optimal_batch_size=17))


def test_key_follows_what_decides_the_plan(request_: PlanRequest, tmp_path: Path) -> None:
    """Files, options, image and GPU are part of it; the model's name and the size of the instance are not."""
    key = request_.key()
    assert replace(request_, model="other").key() == key
    assert _with(request_, instance_type="ml.g4dn.12xlarge").key() == key
    changed = [
        _with(request_, instance_type="ml.g5.xlarge").key(),
        _with(request_, precision="fp16").key(),
        replace(request_, image_uri="registry/other:24.09-py3").key(),
        replace(request_, max_batch_size=8).key(),
    ]
    (tmp_path / "onnx" / "model.onnx.data").write_bytes(b"others!")
    changed.append(request_.key())
    assert len({key, *changed}) == 6
