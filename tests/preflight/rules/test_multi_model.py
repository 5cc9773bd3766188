"""The rules about multi-model endpoints."""

from pathlib import Path

import pytest

from preflight import Severity
from tests.preflight.rules.packaged import SeveralModels

TRITON = "triton: {max_batch_size: 4, instance_group: [{kind: KIND_CPU}]}"
PYTORCH = "pytorch: {max_batch_size: 4}"
MANY = "type: multi-model, models: [one, two]"


def project(root: Path, serving: str = TRITON, instance_type: str = "ml.m5.large") -> SeveralModels:
    return SeveralModels(root, MANY, {"one": serving, "two": serving}, instance_type)


@pytest.mark.parametrize("instance_type", ["ml.g5.12xlarge", "ml.g6.xlarge", "ml.p4d.24xlarge"])
def test_sea609_a_gpu_type_that_aws_does_not_name(tmp_path: Path, instance_type: str) -> None:
    """Several GPUs, or a family that is newer than the list."""
    [finding] = project(tmp_path, instance_type=instance_type).found("SEA609")
    assert finding.severity is Severity.ERROR
    assert finding.what == f"Multi-model endpoints don't run on {instance_type}."
    assert "ml.g5.xlarge" in finding.allowed
    assert finding.subject == "endpoints.endpoint"


@pytest.mark.parametrize("instance_type", ["ml.g5.xlarge", "ml.g4dn.16xlarge", "ml.m5.large", "ml.c7g.large"])
def test_sea609_lets_the_named_ones_and_those_without_a_gpu_pass(tmp_path: Path, instance_type: str) -> None:
    """Every type without a GPU is supported."""
    assert project(tmp_path, instance_type=instance_type).found("SEA609") == []


def test_sea610_the_pytorch_image_on_a_gpu(tmp_path: Path) -> None:
    """On GPUs only Triton serves several models; each model is told."""
    found = project(tmp_path, PYTORCH, "ml.g5.xlarge").found("SEA610")
    assert [each.what for each in found] == [
        f"SageMaker's PyTorch image serves {name}, and ml.g5.xlarge has a GPU." for name in ("one", "two")
    ]


@pytest.mark.parametrize(("serving", "on"), [(TRITON, "ml.g5.xlarge"), (PYTORCH, "ml.m5.large")])
def test_sea610_lets_triton_and_cpus_pass(tmp_path: Path, serving: str, on: str) -> None:
    """Triton on a GPU, and the PyTorch image without one."""
    assert project(tmp_path, serving, on).found("SEA610") == []


@pytest.mark.parametrize(
    ("variable", "value"),
    [("SAGEMAKER_TRITON_DEFAULT_MODEL_NAME", "one"), ("SAGEMAKER_TRITON_INFERENCE_TYPE", "generate_stream")],
)
def test_sea611_a_variable_that_nobody_heeds(tmp_path: Path, variable: str, value: str) -> None:
    """A request names its model, which infers."""
    container = f"container: {{environment: {{{variable}: {value}}}}}"
    found = project(tmp_path, f"{TRITON}\n    {container}").found("SEA611")
    assert [each.what for each in found] == [
        f"{variable} is set for {name}, which endpoint serves." for name in ("one", "two")
    ]
    assert found[0].severity is Severity.WARNING
    assert found[0].subject == "models.one"


def test_sea611_lets_other_variables_pass(tmp_path: Path) -> None:
    """They are for all models alike."""
    container = 'container: {environment: {SAGEMAKER_TRITON_LOG_INFO: "false"}}'
    assert project(tmp_path, f"{TRITON}\n    {container}").found("SEA611") == []


def test_sea612_an_archive_with_several_folders(tmp_path: Path) -> None:
    """An ensemble with its members: the frontend refuses to load it."""
    several = project(tmp_path)
    several.folders = {"two": ("two", "tokenizer")}
    [finding] = several.found("SEA612")
    assert finding.what == "The archive of two holds tokenizer, two."
    assert finding.allowed == "one model in each archive of a multi-model endpoint."
    assert project(tmp_path).found("SEA612") == []


def test_sea612_is_about_triton_alone(tmp_path: Path) -> None:
    """An archive of PyTorch's images has a folder for code."""
    several = project(tmp_path, PYTORCH)
    several.folders = {"one": ("code", "other")}
    assert several.found("SEA612") == []
