"""The rules about warm-up, labels, versions, sequences and the cache of a config.pbtxt."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from model_packaging.artifact import FileRecord, RecordedFinding
from model_packaging.artifact.inspection import ArtifactInspection

FoundIn = Callable[[ArtifactInspection, str], list[RecordedFinding]]

GOOD_DATA = "data_type: TYPE_FP32 dims: [ 3, 32, 32 ] zero_data: true"


def with_words(artifact: ArtifactInspection, words: str) -> ArtifactInspection:
    return replace(artifact, config_pbtxt=f"{artifact.config_pbtxt}{words}\n")


def warmed_up(
    artifact: ArtifactInspection, *inputs: tuple[str, str], batch_size: int = 1
) -> ArtifactInspection:
    data = " ".join(f'inputs {{ key: "{name}" value {{ {value} }} }}' for name, value in inputs)
    return with_words(artifact, f'model_warmup {{ name: "w" batch_size: {batch_size} {data} }}')


def without(artifact: ArtifactInspection, *fields: str) -> ArtifactInspection:
    lines = [line for line in artifact.config_pbtxt.splitlines() if not line.startswith(fields)]
    return replace(artifact, config_pbtxt="\n".join([*lines, ""]))


@pytest.fixture
def plain(artifact: ArtifactInspection) -> ArtifactInspection:
    """Without a batcher, of which a model has one at most."""
    return without(artifact, "dynamic_batching")


@pytest.fixture
def good(artifact: ArtifactInspection) -> ArtifactInspection:
    return warmed_up(artifact, ("image", GOOD_DATA), batch_size=16)


@pytest.mark.parametrize("number", range(211, 220))
def test_a_good_configuration_has_no_finding(
    good: ArtifactInspection, found_in: FoundIn, number: int
) -> None:
    """With a warm-up request of the largest batch."""
    assert found_in(good, f"SEA{number}") == []


def test_sea211_warmup_input_missing(artifact: ArtifactInspection, found_in: FoundIn) -> None:
    """Triton's own words: expected 1 inputs but got 0."""
    [finding] = found_in(warmed_up(artifact), "SEA211")
    assert finding.what == "The warm-up 'w' has no data for 'image'."
    assert finding.allowed == "data for 'image'."


def test_sea212_warmup_input_unknown(artifact: ArtifactInspection, found_in: FoundIn) -> None:
    """Triton loads it without a word: a warning."""
    [finding] = found_in(warmed_up(artifact, ("image", GOOD_DATA), ("imgae", GOOD_DATA)), "SEA212")
    assert finding.what == "The warm-up 'w' has data for 'imgae', which the model does not have."
    assert finding.severity == "warning"


@pytest.mark.parametrize(
    ("data", "shown"),
    [
        ("data_type: TYPE_INT32 dims: [ 3, 32, 32 ]", "TYPE_INT32 with dims [3, 32, 32]"),
        ("data_type: TYPE_FP32 dims: [ 3, 32 ]", "TYPE_FP32 with dims [3, 32]"),
        ("data_type: TYPE_FP32 dims: [ 3, 32, 31 ]", "TYPE_FP32 with dims [3, 32, 31]"),
        ("data_type: TYPE_FP32 dims: [ 3, 32, -1 ]", "TYPE_FP32 with dims [3, 32, -1]"),
        ("dims: [ 3, 32, 32 ]", "TYPE_INVALID with dims [3, 32, 32]"),
    ],
)
def test_sea213_warmup_input_differs(
    artifact: ArtifactInspection, found_in: FoundIn, data: str, shown: str
) -> None:
    """Another type, another rank, another size, and a size that is none."""
    [finding] = found_in(warmed_up(artifact, ("image", data)), "SEA213")
    assert finding.what == f"The warm-up 'w' gives 'image' {shown}."
    assert finding.allowed == "TYPE_FP32 with dims [3, 32, 32], a size instead of each -1."


def test_sea213_any_size_fits_a_dimension_that_varies(
    artifact: ArtifactInspection, found_in: FoundIn
) -> None:
    """The size of a warm-up request is its own to choose."""
    text = artifact.config_pbtxt.replace("[ 3, 32, 32 ]", "[ 3, -1, -1 ]")
    assert found_in(warmed_up(replace(artifact, config_pbtxt=text), ("image", GOOD_DATA)), "SEA213") == []


def test_sea214_warmup_batch_size(artifact: ArtifactInspection, found_in: FoundIn) -> None:
    """As of any request."""
    [finding] = found_in(warmed_up(artifact, ("image", GOOD_DATA), batch_size=17), "SEA214")
    assert finding.what == "The warm-up 'w' has batch size 17, max_batch_size is 16."
    assert finding.allowed == "1 to 16."


@pytest.mark.parametrize("maximum", [16, 0])
def test_sea219_warmup_skipped(artifact: ArtifactInspection, found_in: FoundIn, maximum: int) -> None:
    """Whether the model has a batch dimension or not."""
    batched = replace(
        artifact,
        config_pbtxt=artifact.config_pbtxt.replace("max_batch_size: 16", f"max_batch_size: {maximum}"),
    )
    [finding] = found_in(warmed_up(batched, ("image", GOOD_DATA), batch_size=0), "SEA219")
    assert (finding.what, finding.severity) == ("The warm-up 'w' has batch size 0.", "warning")
    assert found_in(warmed_up(batched, ("image", GOOD_DATA), batch_size=1), "SEA219") == []


def test_sea215_label_file_missing(artifact: ArtifactInspection, found_in: FoundIn) -> None:
    """It lies beside config.pbtxt, nowhere else."""
    text = artifact.config_pbtxt.replace("dims: [ 10 ]", 'dims: [ 10 ] label_filename: "labels.txt"')
    labelled = replace(artifact, config_pbtxt=text)
    [finding] = found_in(labelled, "SEA215")
    assert finding.what == (
        "The labels of 'OUTPUT__0' are in 'labels.txt', and the archive has no classifier/labels.txt."
    )
    record = FileRecord("classifier/labels.txt", 0o644, 1, "0" * 64)
    assert found_in(replace(labelled, files=(*artifact.files, record)), "SEA215") == []


def test_sea216_version_missing(artifact: ArtifactInspection, found_in: FoundIn) -> None:
    """One finding for each."""
    [finding] = found_in(with_words(artifact, "version_policy { specific { versions: [ 1, 7 ] } }"), "SEA216")
    assert finding.what == "version_policy names the version 7, and the archive has no classifier/7/."


SEQUENCES = """sequence_batching {
  control_input { name: "%s" control { kind: CONTROL_SEQUENCE_START fp32_false_true: [ 0, 1 ] } }
  state { input_name: "image" output_name: "%s" data_type: TYPE_FP32 dims: [ 1 ] }
}"""


@pytest.mark.parametrize(
    ("control", "output", "words"),
    [
        ("start", "OUTPUT__0", "inputs 'start'; the model has 'image'."),
        ("image", "OUTPUT__7", "outputs 'OUTPUT__7'; the model has 'OUTPUT__0'."),
    ],
)
def test_sea217_sequence_tensor_unknown(
    plain: ArtifactInspection, found_in: FoundIn, control: str, output: str, words: str
) -> None:
    """Controls and states are arguments and results of forward()."""
    [finding] = found_in(with_words(plain, SEQUENCES % (control, output)), "SEA217")
    assert finding.what == f"sequence_batching names the {words}"


def test_what_triton_fills_and_keeps_is_no_part_of_a_request(
    plain: ArtifactInspection, found_in: FoundIn
) -> None:
    """The rules about a model's tensors don't miss controls and states among those of a request."""
    kept = without(plain, "input", "output")
    stateful = with_words(kept, SEQUENCES % ("image", "OUTPUT__0"))
    for number in (301, 302, 303, 304):
        assert found_in(stateful, f"SEA{number}") == []


@pytest.mark.parametrize(
    ("words", "other"),
    [
        ("sequence_batching { }", "sequence_batching"),
        ("model_transaction_policy { decoupled: true }", "decoupled"),
    ],
)
def test_sea218_response_cache_refused(
    plain: ArtifactInspection, found_in: FoundIn, words: str, other: str
) -> None:
    """What Triton 2.51 refuses to load."""
    [finding] = found_in(with_words(plain, f"response_cache {{ enable: true }} {words}"), "SEA218")
    assert finding.what == f"response_cache is enabled with {other}."
    assert found_in(with_words(plain, f"response_cache {{ enable: false }} {words}"), "SEA218") == []


def test_sea211_an_optional_input_may_be_left_out(artifact: ArtifactInspection, found_in: FoundIn) -> None:
    """Triton warms the model up without it: seen on Triton 2.51."""
    optional = 'input [ { name: "seed" data_type: TYPE_INT64 dims: [ 1 ] optional: true } ]'
    assert found_in(with_words(warmed_up(artifact, ("image", GOOD_DATA)), optional), "SEA211") == []


def test_sea212_controls_of_sequences_may_be_warmed_up(plain: ArtifactInspection, found_in: FoundIn) -> None:
    """Triton takes them: seen on Triton 2.51."""
    start = 'name: "START" control { kind: CONTROL_SEQUENCE_START fp32_false_true: [ 0, 1 ] }'
    sequences = with_words(plain, f"sequence_batching {{ control_input [ {{ {start} }} ] }}")
    data = ("START", "data_type: TYPE_FP32 dims: [ 1 ] zero_data: true")
    assert found_in(warmed_up(sequences, ("image", GOOD_DATA), data), "SEA212") == []


@pytest.mark.parametrize("name", ["./labels.txt", "../classifier/labels.txt", "../other/labels.txt"])
def test_sea215_paths_that_lead_to_the_labels(
    artifact: ArtifactInspection, found_in: FoundIn, name: str
) -> None:
    """Also by a detour, or in another model's folder: seen on Triton 2.51."""
    labelled = replace(
        artifact,
        config_pbtxt=artifact.config_pbtxt.replace("dims: [ 10 ]", f'dims: [ 10 ] label_filename: "{name}"'),
        files=(*artifact.files, FileRecord("classifier/labels.txt", 0o644, 1, "0" * 64)),
    )
    other = replace(
        artifact, model="other", files=(FileRecord("other/labels.txt", 0o644, 1, "0" * 64),), config_pbtxt=""
    )
    assert found_in(replace(labelled, beside=(other,)), "SEA215") == []
