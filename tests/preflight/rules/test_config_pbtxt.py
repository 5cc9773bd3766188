"""The rules about what Triton refuses in a config.pbtxt, or silently does something else with."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model_packaging.artifact import FileRecord, RecordedFinding, Signature, TensorSpec
from model_packaging.artifact.inspection import ArtifactInspection
from preflight import inspect_artifact

FoundIn = Callable[[ArtifactInspection, str], list[RecordedFinding]]


def with_config(artifact: ArtifactInspection, old: str, new: str) -> ArtifactInspection:
    assert artifact.config_pbtxt.count(old) == 1
    return replace(artifact, config_pbtxt=artifact.config_pbtxt.replace(old, new))


def test_sea202_name_differs_from_folder(artifact: ArtifactInspection, found_in: FoundIn) -> None:
    """The folder's name is the model's name; a configuration may leave it out."""
    [finding] = found_in(with_config(artifact, '"classifier"', '"resnet"'), "SEA202")
    assert finding.what == "config.pbtxt names the model 'resnet' in the folder 'classifier'."
    assert found_in(artifact, "SEA202") == []
    assert found_in(with_config(artifact, 'name: "classifier"', ""), "SEA202") == []


@pytest.mark.parametrize(
    ("maximum", "sizes", "words"),
    [
        (16, "[ 8, 32, 64 ]", "is 32, 64, max_batch_size 16. Allowed: 1 to 16."),
        (16, "[ 0 ]", "is 0, max_batch_size 16. Allowed: 1 to 16."),
        (0, "[ 4 ]", "is 4, max_batch_size 0. Allowed: none, as max_batch_size is 0."),
    ],
)
def test_sea203_preferred_batch_size(
    artifact: ArtifactInspection, found_in: FoundIn, maximum: int, sizes: str, words: str
) -> None:
    """The batcher can't prefer what it may not form."""
    broken = with_config(
        with_config(artifact, "[ 8, 16 ]", sizes), "max_batch_size: 16", f"max_batch_size: {maximum}"
    )
    [finding] = found_in(broken, "SEA203")
    assert f"{finding.what} Allowed: {finding.allowed}" == f"preferred_batch_size {words}"
    assert found_in(artifact, "SEA203") == []


def test_sea204_backend_missing(artifact: ArtifactInspection, found_in: FoundIn) -> None:
    """By the usual name of the model's file Triton knows the backend, by another it does not."""
    unnamed = with_config(artifact, 'platform: "pytorch_libtorch"', "")
    assert found_in(artifact, "SEA204") == found_in(unnamed, "SEA204") == []
    files = tuple(replace(each, path=each.path.replace("model.pt", "weights.pt")) for each in artifact.files)
    [finding] = found_in(replace(unnamed, files=files), "SEA204")
    assert finding.what == "config.pbtxt names neither a backend nor a platform."
    assert finding.severity == "error"


@pytest.mark.parametrize("field", ["input", "output"])
def test_sea205_tensors_missing(artifact: ArtifactInspection, found_in: FoundIn, field: str) -> None:
    """Triton loads a model without inputs, and no request reaches it."""
    lines = [line for line in artifact.config_pbtxt.splitlines() if not line.startswith(field)]
    [finding] = found_in(replace(artifact, config_pbtxt="\n".join(lines)), "SEA205")
    assert finding.what == f"config.pbtxt declares no {field}."
    assert found_in(artifact, "SEA205") == []


def test_sea206_response_cache(artifact: ArtifactInspection, found_in: FoundIn) -> None:
    """A cache that the server does not have caches nothing: a warning, which the deployment may settle."""
    cached = replace(artifact, config_pbtxt=f"{artifact.config_pbtxt}response_cache {{ enable: true }}")
    [finding] = found_in(cached, "SEA206")
    assert finding.what == "response_cache is enabled and the server is started without a cache."
    assert finding.severity == "warning"
    off = replace(artifact, config_pbtxt=f"{artifact.config_pbtxt}response_cache {{ enable: false }}")
    assert found_in(off, "SEA206") == []


@pytest.mark.parametrize(("dims", "shown"), [("[ 0 ]", [0]), ("[ -2, 4 ]", [-2, 4]), ("[ ]", [])])
def test_sea207_impossible_dims(
    artifact: ArtifactInspection, found_in: FoundIn, dims: str, shown: list[int]
) -> None:
    """A dimension is at least 1, or -1."""
    [finding] = found_in(with_config(artifact, "[ 10 ]", dims), "SEA207")
    assert finding.what == f"'OUTPUT__0' has dims {shown}."
    assert found_in(with_config(artifact, "[ 10 ]", "[ -1 ]"), "SEA207") == []


def test_sea208_datatype_missing(artifact: ArtifactInspection, found_in: FoundIn) -> None:
    """Every tensor has a data type; the signature's rules don't say it a second time."""
    broken = with_config(artifact, "data_type: TYPE_FP32 dims: [ 10 ]", "dims: [ 10 ]")
    [finding] = inspect_artifact(broken)
    assert finding.rule == "SEA208"
    assert finding.what == "'OUTPUT__0' has no data_type."
    assert found_in(artifact, "SEA208") == []


def test_sea209_negative_max_batch_size(artifact: ArtifactInspection, found_in: FoundIn) -> None:
    """0 is a model without batch dimension, less is nothing."""
    [finding] = found_in(with_config(artifact, "max_batch_size: 16", "max_batch_size: -1"), "SEA209")
    assert finding.what == "max_batch_size is -1."
    assert found_in(artifact, "SEA209") == []


def test_sea210_gpus_on_cpu_group(artifact: ArtifactInspection, found_in: FoundIn) -> None:
    """Instances on the CPU have no GPUs."""
    [finding] = found_in(with_config(artifact, "kind: KIND_GPU", "kind: KIND_CPU gpus: [ 0, 1 ]"), "SEA210")
    assert finding.what == "An instance_group of KIND_CPU names the GPUs [0, 1]."
    assert found_in(with_config(artifact, "kind: KIND_GPU", "kind: KIND_GPU gpus: [ 0 ]"), "SEA210") == []


FRAGMENTS = st.sampled_from(
    [
        'name: "classifier"',
        'name: "\\303\\050"',
        'platform: "ensemble"',
        'backend: "python"',
        "max_batch_size: -2147483648",
        "max_batch_size: 16",
        'input { name: "image" data_type: TYPE_FP32 dims: [ 3, 32, 32 ] }',
        'input { name: "" dims: -9223372036854775808 reshape { } }',
        "output { data_type: 99 dims: [ 0 ] }",
        "instance_group { kind: 7 gpus: -1 count: -1 }",
        "dynamic_batching { preferred_batch_size: [ -1, 0, 2147483647 ] }",
        "response_cache { enable: true }",
        "version_policy { latest { num_versions: 0 } }",
        "version_policy { specific { versions: -1 } }",
        "# only words",
        "}{",
        "\x00",
    ]
)
DIMS = st.lists(st.integers(-(2**63), 2**63 - 1), max_size=4).map(tuple)
TENSORS = st.lists(st.builds(TensorSpec, st.text(max_size=6), st.text(max_size=6), DIMS), max_size=4).map(
    tuple
)


@settings(deadline=None)  # the first example imports protobuf
@given(
    config=st.text() | st.lists(FRAGMENTS).map("\n".join),
    signature=st.builds(Signature, TENSORS, TENSORS, st.booleans()),
    paths=st.lists(st.text(max_size=20) | st.sampled_from(["m/1/model.pt", "m/00/x", "/", "m"])),
    max_batch_size=st.integers(),
)
def test_no_artifact_makes_a_rule_fail(
    config: str, signature: Signature, paths: list[str], max_batch_size: int
) -> None:
    """Whatever stands in config.pbtxt, signature and archive, every rule answers with whole sentences."""
    files = tuple(FileRecord(path, 0o644, 1, "0" * 64) for path in ["m/config.pbtxt", *paths])
    for finding in inspect_artifact(ArtifactInspection("m", files, config, signature, max_batch_size)):
        assert finding.what.endswith(".")
        assert finding.allowed.endswith(".")
        assert finding.fix.endswith(".")
