"""The section of what is built in the account."""

from pathlib import Path

import pytest

from spec import DeploymentFileError, parse_deployment

_TEXT = """\
name: t
environment: {account: "123456789012", region: us-east-1, availability_zones: [us-east-1a, us-east-1b]}
build: {type: account, models: [%s]}
models:
  large:
    export: {from: "m:f", to: torchscript, how: trace}
    triton: {max_batch_size: 4}
  planned:
    export: {from: "m:f", to: tensorrt, tensorrt: {instance_type: ml.g4dn.xlarge}}
    triton: {max_batch_size: 4}
"""


def _problems(text: str) -> list[str]:
    with pytest.raises(DeploymentFileError) as refused:
        parse_deployment(text, Path("t.yaml"))
    return [str(each) for each in refused.value.problems]


def test_defaults_are_as_documented() -> None:
    """Two hours, 50 GiB, the largest machine, no model by CodeBuild, logs for a month."""
    build = parse_deployment(_TEXT.replace(", models: [%s]", ""), Path("t.yaml")).deployment.build
    assert build is not None
    assert (build.timeout_minutes, build.volume_gib, build.log_retention_days) == (120, 50, 30)
    assert (build.compute_type, build.models, build.package_index) == ("BUILD_GENERAL1_2XLARGE", (), None)


@pytest.mark.parametrize(
    "index", ["https://user:secret@packages.example/simple", "https://token@packages.example/simple"]
)
def test_the_index_has_no_credentials(index: str) -> None:
    """The project's variables are plain text, in the template and in the console."""
    (problem,) = _problems((_TEXT % "large").replace("[large]", f"[large], package_index: '{index}'"))
    assert "build.package_index" in problem
    assert "without a user's name or password" in problem


def test_models_of_the_file_are_named() -> None:
    """A model that exists is taken."""
    build = parse_deployment(_TEXT % "large", Path("t.yaml")).deployment.build
    assert build is not None
    assert build.models == ("large",)


def test_unknown_model_is_told() -> None:
    """With the one that may be meant."""
    (problem,) = _problems(_TEXT % "larg")
    assert "build.models[0]: there is no model 'larg'" in problem
    assert "did you mean 'large'?" in problem


def test_plan_is_no_business_of_codebuild() -> None:
    """A TensorRT plan is built by a processing job, whoever lists it."""
    (problem,) = _problems(_TEXT % "planned")
    assert "the model 'planned' is a TensorRT plan, which a processing job builds" in problem


def test_plan_needs_to_know_its_gpu() -> None:
    """A plan without an instance type can't be built."""
    text = (_TEXT % "large").replace(", tensorrt: {instance_type: ml.g4dn.xlarge}", "")
    (problem,) = _problems(text)
    assert "nothing says on which GPU the plan is built" in problem
    assert "add tensorrt with the instance_type of the endpoints that serve the model" in problem


def test_endpoint_called_build_is_refused() -> None:
    """No endpoint's stack takes the name of what builds."""
    text = (_TEXT % "large") + (
        "endpoints:\n  build: {type: realtime, model: large, instances: {type: ml.m5.xlarge}}\n"
    )
    (problem,) = _problems(text)
    assert "the stack of this endpoint would have the name of the build's: t-build" in problem


@pytest.mark.parametrize("shape", ["0x3", "3x", "x3", "3X4", ""])
def test_shapes_are_as_trtexec_writes_them(shape: str) -> None:
    """Dimensions joined by x, none of them 0."""
    text = (_TEXT % "large").replace(
        "ml.g4dn.xlarge}", f'ml.g4dn.xlarge, shapes: {{x: {{min: "{shape}", opt: "1", max: "1"}}}}}}'
    )
    (problem,) = _problems(text)
    assert "dimensions without the batch, as trtexec writes them, such as 3x224x224" in problem


def _with_shapes(smallest: str, optimal: str, largest: str) -> str:
    shapes = f'shapes: {{x: {{min: "{smallest}", opt: "{optimal}", max: "{largest}"}}}}'
    return (_TEXT % "large").replace("ml.g4dn.xlarge}", f"ml.g4dn.xlarge, {shapes}}}")


@pytest.mark.parametrize(
    "shapes", [("2", "1", "3"), ("1", "4", "3"), ("3x9", "3x9", "3x8"), ("1", "1x1", "1")]
)
def test_shapes_ascend(shapes: tuple[str, str, str]) -> None:
    """What trtexec would refuse in a job that costs money."""
    (problem,) = _problems(_with_shapes(*shapes))
    smallest, optimal, largest = shapes
    assert "models.planned.export.tensorrt.shapes.x: " in problem
    assert f"from min {smallest} over opt {optimal} to max {largest} dimensions do not ascend" in problem
    assert "as many dimensions in each, and none that is smaller in the next" in problem
    assert "correct min, opt or max" in problem


def test_shapes_may_be_equal() -> None:
    """A dimension of one size, and one that varies."""
    parse_deployment(_with_shapes("3x1", "3x8", "3x8"), Path("t.yaml"))
