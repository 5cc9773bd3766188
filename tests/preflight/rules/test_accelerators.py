"""The rules about execution accelerators."""

import pytest

from model_packaging.artifact import ArtifactInspection, RecordedFinding
from preflight import inspect_artifact
from tests.preflight.rules.echo_configs import GOOD, artifact_of

RULES = {"SEA295", "SEA296", "SEA297"}
PRECISION = 'parameters { key: "precision_mode" value: "%s" }'


def accelerated(
    backend: str, name: str, parameters: str = "", *, kind: str = "KIND_GPU", device: str = "gpu"
) -> ArtifactInspection:
    accelerator = f'{device}_execution_accelerator : [ {{ name : "{name}" {parameters} }} ]'
    config = GOOD.replace("python", backend).replace("KIND_CPU", kind)
    return artifact_of(f"{config}optimization {{ execution_accelerators {{ {accelerator} }} }}")


def found(artifact: ArtifactInspection) -> list[RecordedFinding]:
    return [each for each in inspect_artifact(artifact) if each.rule in RULES]


def test_sea295_accelerator_unknown() -> None:
    """Refused of instances on GPUs."""
    [finding] = found(accelerated("onnxruntime", "openvino"))
    assert (finding.rule, finding.what) == ("SEA295", "The GPU execution accelerator is 'openvino'.")
    assert finding.allowed == "'tensorrt' or 'cuda'."


def test_sea295_precision() -> None:
    """In capitals."""
    assert found(accelerated("onnxruntime", "tensorrt", PRECISION % "FP16")) == []
    [finding] = found(accelerated("onnxruntime", "tensorrt", PRECISION % "fp16"))
    assert (finding.what, finding.allowed) == ("precision_mode is 'fp16'.", "FP32, FP16, BF16, INT8.")


def test_sea295_on_cpus_nobody_asks() -> None:
    """The backend reads the list for GPUs alone: what is wrong is that nothing uses it."""
    [finding] = found(accelerated("onnxruntime", "openvino", kind="KIND_CPU"))
    assert finding.rule == "SEA296"


def test_sea296_accelerator_of_no_instance() -> None:
    """Nothing is accelerated."""
    [finding] = found(accelerated("onnxruntime", "tensorrt", kind="KIND_CPU"))
    assert (finding.rule, finding.severity) == ("SEA296", "warning")
    assert finding.what == (
        "The GPU execution accelerator is 'tensorrt', and every instance_group is KIND_CPU."
    )
    assert finding.allowed == "an instance_group of KIND_GPU, or no such accelerator."


@pytest.mark.parametrize("kind", ["KIND_GPU", "KIND_AUTO", "KIND_CPU } , { kind: KIND_GPU"])
def test_sea296_where_an_instance_is_on_a_gpu(kind: str) -> None:
    """Or may be, or one of them is."""
    assert found(accelerated("onnxruntime", "tensorrt", kind=kind)) == []


def test_sea296_accelerators_of_cpus() -> None:
    """Are for the CPU."""
    assert found(accelerated("onnxruntime", "openvino", kind="KIND_CPU", device="cpu")) == []


@pytest.mark.parametrize("backend", ["pytorch", "tensorrt"])
def test_sea297_accelerator_passed_over(backend: str) -> None:
    """What they run is built already."""
    [finding] = found(accelerated(backend, "auto_mixed_precision"))
    assert (finding.rule, finding.severity, finding.allowed) == ("SEA297", "warning", "none.")
    assert (
        finding.what
        == f"The backend is {backend}, and its execution accelerators are 'auto_mixed_precision'."
    )


@pytest.mark.parametrize("backend", ["python", "tensorflow", "mine"])
def test_sea297_backends_that_read_them(backend: str) -> None:
    """TensorFlow's does; a Python model and a backend of the user's own may."""
    assert found(accelerated(backend, "paddle")) == []
