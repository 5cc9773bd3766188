"""The rules about what config.pbtxt tells its backend."""

from dataclasses import replace

import pytest

from model_packaging.artifact import ArtifactInspection, RecordedFinding
from preflight import inspect_artifact
from tests.preflight.rules.echo_configs import GOOD, artifact_of

RULES = {f"SEA{number}" for number in range(290, 295)}


def told(backend: str, *parameters: tuple[str, str], words: str = "") -> ArtifactInspection:
    given = "".join(
        f'parameters: {{ key: "{name}" value: {{ string_value: "{value}" }} }}\n'
        for name, value in parameters
    )
    return artifact_of(GOOD.replace("python", backend) + given + words, {"env.tar.gz": 1})


def found(artifact: ArtifactInspection) -> list[RecordedFinding]:
    return [each for each in inspect_artifact(artifact) if each.rule in RULES]


def test_sea290_environment_missing() -> None:
    """In the model's folder, under its name."""
    [finding] = found(told("python", ("EXECUTION_ENV_PATH", "$$TRITON_MODEL_DIRECTORY/other.tar.gz")))
    assert (finding.rule, finding.what, finding.allowed) == (
        "SEA290",
        (
            "EXECUTION_ENV_PATH is '$$TRITON_MODEL_DIRECTORY/other.tar.gz', and the archive has no "
            "echo/other.tar.gz."
        ),
        "echo/other.tar.gz in the archive.",
    )


def test_sea290_environments_that_are_there() -> None:
    """Packed, unpacked, in another model's folder, and in the image, which is not seen."""
    for path in (
        "$$TRITON_MODEL_DIRECTORY/env.tar.gz",
        "/opt/env.tar.gz",
        "$$TRITON_MODEL_DIRECTORY/../../x",
    ):
        assert found(told("python", ("EXECUTION_ENV_PATH", path))) == []
    unpacked = told("python", ("EXECUTION_ENV_PATH", "$$TRITON_MODEL_DIRECTORY/env"))
    assert found(replace(unpacked, files=artifact_of(GOOD, {"env/bin/python": 1}).files)) == []
    shared = told("python", ("EXECUTION_ENV_PATH", "$$TRITON_MODEL_DIRECTORY/../shared/env.tar.gz"))
    assert [each.rule for each in found(shared)] == ["SEA290"]
    beside = artifact_of(GOOD, {"env.tar.gz": 1}, name="shared")
    assert found(replace(shared, beside=(beside,))) == []


def test_sea291_environment_beside_the_server() -> None:
    """The path starts where the server was started."""
    [finding] = found(told("python", ("EXECUTION_ENV_PATH", "env.tar.gz")))
    assert (finding.rule, finding.severity, finding.what, finding.allowed) == (
        "SEA291",
        "warning",
        "EXECUTION_ENV_PATH is 'env.tar.gz'.",
        "'$$TRITON_MODEL_DIRECTORY/env.tar.gz' or an absolute path.",
    )


@pytest.mark.parametrize(
    ("value", "rules"), [("yes", []), ("no", []), ("true", ["SEA292"]), ("Yes", ["SEA292"])]
)
def test_sea292_cpu_tensors(value: str, rules: list[str]) -> None:
    """Two words, as they are written."""
    artifact = told("python", ("FORCE_CPU_ONLY_INPUT_TENSORS", value))
    assert [each.rule for each in found(artifact)] == rules


@pytest.mark.parametrize(
    ("backend", "name", "value", "allowed"),
    [
        ("pytorch", "INFERENCE_MODE", "yes", '"true" or "false".'),
        ("pytorch", "INTRA_OP_THREAD_COUNT", "four", "a number."),
        ("onnxruntime", "enable_mem_pattern", "enabled", '"true" or "false".'),
        ("onnxruntime", "intra_op_thread_count", "auto", "a number."),
        ("onnxruntime", "execution_mode", "2", '"0", one operator after the other, or "1".'),
    ],
)
def test_sea293_parameter_unreadable(backend: str, name: str, value: str, allowed: str) -> None:
    """Flags and numbers of each backend."""
    [finding] = found(told(backend, (name, value)))
    assert (finding.rule, finding.what, finding.allowed) == ("SEA293", f"{name} is {value!r}.", allowed)


@pytest.mark.parametrize(
    ("backend", "name", "value"),
    [
        ("pytorch", "INFERENCE_MODE", "TRUE"),
        ("pytorch", "DISABLE_OPTIMIZED_EXECUTION", "off"),
        ("pytorch", "INTER_OP_THREAD_COUNT", " -1"),
        ("onnxruntime", "intra_op_thread_count", "4 threads"),
        ("onnxruntime", "execution_mode", "1"),
        ("python", "INFERENCE_MODE", "what a model makes of it"),
    ],
)
def test_parameters_that_are_read(backend: str, name: str, value: str) -> None:
    """As C++ reads them; a Python model's own are its own."""
    assert found(told(backend, (name, value))) == []


@pytest.mark.parametrize(
    ("backend", "name", "meant"),
    [
        ("onnxruntime", "INTRA_OP_THREAD_COUNT", "intra_op_thread_count"),
        ("pytorch", "inference_mode", "INFERENCE_MODE"),
    ],
)
def test_sea294_parameter_of_another_spelling(backend: str, name: str, meant: str) -> None:
    """Passed over without a word."""
    [finding] = found(told(backend, (name, "1")))
    assert (finding.rule, finding.severity) == ("SEA294", "warning")
    assert finding.what == f"The backend {backend} does not read {name!r}."
    assert finding.allowed == f"{meant!r}."
