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


def compositions(root: Path, **sources: str) -> SeveralModels:
    """Two exported models, and others of ``sources`` that are served beside them."""
    (root / "model.py").write_text("", encoding="utf-8")
    of_both = "data_type: TYPE_FP32, dims: [4]"
    tensors = f"input: [{{name: x, {of_both}}}], output: [{{name: y, {of_both}}}]"
    declared = f"triton: {{max_batch_size: 4, {tensors}}}"
    models = {"one": TRITON, "two": TRITON} | dict.fromkeys(sources, declared)
    endpoint = f"type: multi-model, models: [one, {', '.join(sources)}]"
    return SeveralModels(root, endpoint, models, sources=sources)


def ensemble_of(*names: str) -> str:
    steps = (f"{{model_name: {name}, input_map: {{x: x}}, output_map: {{y: y}}}}" for name in names)
    return f"ensemble: {{step: [{', '.join(steps)}]}}"


def test_sea612_one_ensemble_is_loaded_with_its_steps(tmp_path: Path) -> None:
    """The frontend looks for it among the folders; a Python-backend model that calls nobody is one folder."""
    project = compositions(tmp_path, pair=ensemble_of("one", "alone"), alone="python: {from: model.py}")
    assert project.found("SEA612") == []


def test_sea612_an_ensemble_within_an_ensemble(tmp_path: Path) -> None:
    """Which of the two is loaded, nobody knows; the inner one has an archive of its own."""
    project = compositions(tmp_path, outer=ensemble_of("inner"), inner=ensemble_of("two"))
    [finding] = project.found("SEA612")
    assert finding.what == "The archive of outer holds the ensembles inner, outer."
    assert finding.allowed == "one ensemble in each archive of a multi-model endpoint."
    assert finding.subject == "endpoints.endpoint"


def test_sea612_a_model_that_calls_another(tmp_path: Path) -> None:
    """By itself, and as a step: nothing tells the server to load what it calls."""
    caller = "python: {from: model.py, calls: [two]}"
    found = compositions(tmp_path, caller=caller, pair=ensemble_of("caller")).found("SEA612")
    assert [each.what for each in found] == [
        f"The archive of {name} holds caller, which calls other models." for name in ("caller", "pair")
    ]
    assert found[0].allowed == "models that call no other in a multi-model endpoint."
