"""The rules that hold config.pbtxt against what the model really takes and returns."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from model_packaging.artifact import RecordedFinding, TensorSpec
from model_packaging.artifact.inspection import ArtifactInspection

FoundIn = Callable[[ArtifactInspection, str], list[RecordedFinding]]


def with_config(artifact: ArtifactInspection, old: str, new: str) -> ArtifactInspection:
    assert artifact.config_pbtxt.count(old) == 1
    return replace(artifact, config_pbtxt=artifact.config_pbtxt.replace(old, new))


def with_inputs(artifact: ArtifactInspection, *inputs: TensorSpec) -> ArtifactInspection:
    return replace(artifact, signature=replace(artifact.signature, inputs=inputs))


def test_sea301_tensor_count(artifact: ArtifactInspection, found_in: FoundIn) -> None:
    """Both lists stand in the finding; names are not compared as well while their numbers differ."""
    mask = TensorSpec("mask", "BOOL", (32,))
    broken = with_inputs(artifact, *artifact.signature.inputs, mask)
    [finding] = found_in(broken, "SEA301")
    assert finding.what == "config.pbtxt declares 1 input ('image'), not 2 inputs ('image', 'mask')."
    assert found_in(broken, "SEA302") == []
    assert found_in(artifact, "SEA301") == []


def test_sea302_tensor_name(artifact: ArtifactInspection, found_in: FoundIn) -> None:
    """An input that forward does not have is named, and so are those it has."""
    [finding] = found_in(with_config(artifact, '"image"', '"INPUT__0"'), "SEA302")
    assert finding.what == (
        "config.pbtxt declares the inputs 'INPUT__0'; the model does not have 'INPUT__0'."
    )
    assert finding.allowed == "'image'."
    assert found_in(artifact, "SEA302") == []


def test_sea302_does_not_mind_the_order(artifact: ArtifactInspection, found_in: FoundIn) -> None:
    """Triton's PyTorch backend finds inputs by name."""
    one, other = artifact.signature.inputs[0], TensorSpec("mask", "BOOL", (32,))
    both = with_config(artifact, "input [ {", 'input [ { name: "mask" data_type: TYPE_BOOL dims: [ 32 ] }, {')
    assert found_in(with_inputs(both, one, other), "SEA302") == []


def test_sea303_datatype(artifact: ArtifactInspection, found_in: FoundIn) -> None:
    """The finding speaks config.pbtxt's names of data types."""
    broken = with_inputs(artifact, TensorSpec("image", "INT64", (3, 32, 32)))
    [finding] = found_in(broken, "SEA303")
    assert finding.what == "config.pbtxt gives the input 'image' TYPE_FP32; the model has TYPE_INT64."
    assert finding.allowed == "TYPE_INT64."
    assert found_in(artifact, "SEA303") == []


def test_sea303_knows_that_bytes_are_strings(artifact: ArtifactInspection, found_in: FoundIn) -> None:
    """KServe's BYTES is Triton's TYPE_STRING."""
    text = with_inputs(artifact, TensorSpec("image", "BYTES", (3, 32, 32)))
    assert (
        found_in(with_config(text, "TYPE_FP32 dims: [ 3, 32, 32 ]", "TYPE_STRING dims: [ 1 ]"), "SEA303")
        == []
    )
    [finding] = found_in(text, "SEA303")
    assert finding.allowed == "TYPE_STRING."


@pytest.mark.parametrize(
    ("dims", "words"),
    [
        ("[ 3, 64, 32 ]", "dims [3, 64, 32]; the model has [3, 32, 32]."),
        ("[ 16, 3, 32, 32 ]", "dims [16, 3, 32, 32]; the model has [3, 32, 32]."),
        ("[ 3072 ] reshape { shape: [ 3, 1024 ] }", "dims [3, 1024]; the model has [3, 32, 32]."),
    ],
)
def test_sea304_dims(artifact: ArtifactInspection, found_in: FoundIn, dims: str, words: str) -> None:
    """Another number of dimensions or another fixed size contradicts the model, after any reshape."""
    [finding] = found_in(with_config(artifact, "[ 3, 32, 32 ]", dims), "SEA304")
    assert finding.what == f"config.pbtxt gives the input 'image' {words}"


@pytest.mark.parametrize(
    "dims", ["[ 3, 32, 32 ]", "[ 3, -1, -1 ]", "[ 3072 ] reshape { shape: [ 3, 32, 32 ] }"]
)
def test_sea304_lets_decisions_pass(artifact: ArtifactInspection, found_in: FoundIn, dims: str) -> None:
    """Widening to -1 and reshaping to the model's shape are decisions."""
    assert found_in(with_config(artifact, "[ 3, 32, 32 ]", dims), "SEA304") == []


def test_sea304_lets_a_variable_dimension_be_fixed(artifact: ArtifactInspection, found_in: FoundIn) -> None:
    """Accepting one size of what the model takes in any is a decision as well."""
    assert found_in(with_inputs(artifact, TensorSpec("image", "FP32", (3, -1, -1))), "SEA304") == []


def test_sea304_wants_the_batch_dimension_without_batching(
    artifact: ArtifactInspection, found_in: FoundIn
) -> None:
    """With max_batch_size 0 Triton adds no dimension: a batched model's dims carry their own."""
    unbatched = with_config(artifact, "max_batch_size: 16", "max_batch_size: 0")
    [given, _] = found_in(unbatched, "SEA304")
    assert given.what.endswith("dims [3, 32, 32]; the model has [-1, 3, 32, 32].")
    assert found_in(with_config(unbatched, "[ 3, 32, 32 ]", "[ -1, 3, 32, 32 ]"), "SEA304")[
        0
    ].what.startswith("config.pbtxt gives the output")


def test_sea305_unbatched_behind_max_batch_size(artifact: ArtifactInspection, found_in: FoundIn) -> None:
    """A model without a batch dimension takes Triton's for data."""
    broken = replace(artifact, signature=replace(artifact.signature, batched=False))
    [finding] = found_in(broken, "SEA305")
    assert finding.what == "max_batch_size is 16, and the model's tensors have no batch dimension."
    assert found_in(with_config(broken, "max_batch_size: 16", "max_batch_size: 0"), "SEA305") == []
    assert found_in(artifact, "SEA305") == []


def test_sea306_max_batch_size_differs(artifact: ArtifactInspection, found_in: FoundIn) -> None:
    """What the file promises is what Triton accepts."""
    [finding] = found_in(replace(artifact, max_batch_size=32), "SEA306")
    assert finding.what == "config.pbtxt has max_batch_size 16, not 32."
    assert finding.allowed == "32."
    assert found_in(artifact, "SEA306") == []
