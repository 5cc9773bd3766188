"""config.pbtxt against an ONNX model's own graph."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from model_packaging.artifact import RecordedFinding
from model_packaging.artifact.inspection import ArtifactInspection
from model_packaging.artifact.manifest import FileRecord
from model_packaging.artifact.model_files import ModelFileReading
from model_packaging.artifact.onnx_signature import OnnxSignature, OnnxTensor

FoundIn = Callable[[ArtifactInspection, str], list[RecordedFinding]]
PATH = "classifier/1/model.onnx"
IMAGE = OnnxTensor("image", "FP32", (-1, 3, 32, 32))
SCORES = OnnxTensor("OUTPUT__0", "FP32", (-1, 10))
RULES = [f"SEA22{number}" for number in range(2, 8)]


def record(path: str) -> FileRecord:
    return FileRecord(path=path, mode=0o644, size_bytes=1, sha256="0" * 64)


def graph(
    *inputs: OnnxTensor,
    outputs: tuple[OnnxTensor, ...] = (SCORES,),
    overridable: tuple[OnnxTensor, ...] = (),
    external: tuple[str, ...] = (),
) -> ModelFileReading:
    return ModelFileReading(PATH, OnnxSignature(inputs or (IMAGE,), overridable, outputs, 18, external))


@pytest.fixture
def onnx(artifact: ArtifactInspection) -> Callable[..., ArtifactInspection]:
    """``(reading, old=new, ...)``: the good artifact as ONNX, with a file and edits of its configuration."""

    def made(reading: ModelFileReading | None = None, *edits: tuple[str, str]) -> ArtifactInspection:
        text = artifact.config_pbtxt.replace("pytorch_libtorch", "onnxruntime_onnx")
        for old, new in edits:
            assert text.count(old) == 1
            text = text.replace(old, new)
        files = (record("classifier/config.pbtxt"), record(PATH), record("classifier/1/model.onnx.data"))
        return replace(artifact, config_pbtxt=text, files=files, model_files=(reading or graph(),))

    return made


Onnx = Callable[..., ArtifactInspection]
INPUT = 'input [ { name: "image" data_type: TYPE_FP32 dims: [ 3, 32, 32 ] } ]'
OUTPUT = "dims: [ 10 ]"


def test_what_fits_is_not_spoken_of(onnx: Onnx, found_in: FoundIn) -> None:
    """Neither where the graph leaves a size open that the configuration fixes, nor with weights beside."""
    open_image = OnnxTensor("image", "FP32", (-1, 3, -1, -1))
    for artifact in (
        onnx(),
        onnx(graph(open_image)),
        onnx(graph(outputs=(OnnxTensor("OUTPUT__0", "FP32", (-1, -1)), OnnxTensor("more", "", ())))),
        onnx(graph(external=("model.onnx.data",))),
        onnx(graph(overridable=(OnnxTensor("scale", "FP32", (1,)),))),
    ):
        assert [finding for rule in RULES for finding in found_in(artifact, rule)] == []


@pytest.mark.parametrize("backend", ['backend: "onnxruntime"', 'backend: "onnxruntime" platform: ""'])
def test_the_backend_may_be_named_either_way(onnx: Onnx, found_in: FoundIn, backend: str) -> None:
    """Of another backend's model nothing is known here."""
    wrong = graph(OnnxTensor("image", "INT8", (-1, 3, 32, 32)))
    assert found_in(onnx(wrong, ('platform: "onnxruntime_onnx"', backend)), "SEA225")
    assert found_in(onnx(wrong, ("onnxruntime_onnx", "mine")), "SEA225") == []


def test_sea222_external_data(onnx: Onnx, found_in: FoundIn) -> None:
    """A file that is not packed, and one that no archive may hold."""
    [missing, outside] = found_in(onnx(graph(external=("other.data", "../weights"))), "SEA222")
    assert missing.what == (
        "classifier/1/model.onnx keeps weights in 'other.data', and the archive holds no "
        "classifier/1/other.data."
    )
    assert missing.allowed == "classifier/1/other.data in the archive."
    assert outside.what == "classifier/1/model.onnx keeps weights in '../weights', outside of its folder."


def test_sea223_input_count(onnx: Onnx, found_in: FoundIn) -> None:
    """Optional inputs don't count; those that Triton fills for a sequence do."""
    mask = OnnxTensor("mask", "BOOL", (-1, 32))
    [finding] = found_in(onnx(graph(IMAGE, mask)), "SEA223")
    assert finding.what == "config.pbtxt gives 1 inputs; classifier/1/model.onnx has 2: 'image', 'mask'."
    scale = OnnxTensor("scale", "FP32", (1,))
    optional = f'{INPUT[:-1]}, {{ name: "scale" data_type: TYPE_FP32 dims: [ 1 ] optional: true }} ]'
    assert found_in(onnx(graph(overridable=(scale,)), (INPUT, optional)), "SEA223") == []
    control = """sequence_batching { control_input [ { name: "START" control [
      { kind: CONTROL_SEQUENCE_START fp32_false_true: [ 0, 1 ] } ] } ] }"""
    start = OnnxTensor("START", "FP32", (-1, 1))
    batching = "dynamic_batching { preferred_batch_size: [ 8, 16 ] max_queue_delay_microseconds: 100 }"
    assert found_in(onnx(graph(IMAGE, start), (batching, control)), "SEA223") == []
    made = 'batch_input [ { kind: BATCH_ELEMENT_COUNT target_name: "mask" data_type: TYPE_FP32 } ]'
    assert found_in(onnx(graph(IMAGE, mask), (batching, made)), "SEA223") == []


def test_sea224_unknown_tensor(onnx: Onnx, found_in: FoundIn) -> None:
    """Of both roles; what the graph has is said."""
    artifact = onnx(graph(), ('"image"', '"picture"'), ('"OUTPUT__0"', '"scores"'))
    [of_input, of_output] = found_in(artifact, "SEA224")
    assert of_input.what == "classifier/1/model.onnx has no input 'picture'."
    assert of_input.allowed == "'image'."
    assert of_output.what == "classifier/1/model.onnx has no output 'scores'."
    assert of_output.allowed == "'OUTPUT__0'."


def test_sea225_datatype(onnx: Onnx, found_in: FoundIn) -> None:
    """In config.pbtxt's words; a type that the backend does not take is another matter."""
    artifact = onnx(
        graph(OnnxTensor("image", "BYTES", (-1, 3, 32, 32)), outputs=(OnnxTensor("OUTPUT__0", "", ()),))
    )
    [differs, refused] = found_in(artifact, "SEA225")
    assert differs.what == (
        "config.pbtxt gives the input 'image' TYPE_FP32; in classifier/1/model.onnx it is TYPE_STRING."
    )
    assert differs.allowed == "TYPE_STRING."
    assert refused.what == (
        "The output 'OUTPUT__0' of classifier/1/model.onnx is of a type that Triton's backend does not take."
    )


@pytest.mark.parametrize("dims", ["[ 3, 32 ]", "[ 3, 32, 31 ]", "[ -1, 32, 32 ]", "[ 3, 32, 32, 1 ]"])
def test_sea226_dims(onnx: Onnx, found_in: FoundIn, dims: str) -> None:
    """Another number, another size, and one left open that the graph fixes."""
    [finding] = found_in(onnx(graph(), ("dims: [ 3, 32, 32 ]", f"dims: {dims}")), "SEA226")
    assert "in classifier/1/model.onnx it has the shape [-1, 3, 32, 32]." in finding.what
    assert finding.allowed == "[3, 32, 32], which leaves the batch dimension out."


def test_sea226_heeds_what_changes_dims(onnx: Onnx, found_in: FoundIn) -> None:
    """A reshape is what the graph is given; ragged inputs and those without batches have their own shapes."""
    reshaped = ("dims: [ 3, 32, 32 ]", "dims: [ 3072 ] reshape { shape: [ 3, 32, 32 ] }")
    assert found_in(onnx(graph(), reshaped), "SEA226") == []
    ragged = ("dims: [ 3, 32, 32 ]", "dims: [ -1 ] allow_ragged_batch: true")
    assert found_in(onnx(graph(OnnxTensor("image", "FP32", (-1,))), ragged), "SEA226") == []
    unbatched = ("max_batch_size: 16", "max_batch_size: 0")
    [finding, _] = found_in(onnx(graph(), unbatched), "SEA226")
    assert finding.allowed == "[-1, 3, 32, 32]."
    scalar = onnx(graph(OnnxTensor("image", "FP32", ())), unbatched, ("dims: [ 3, 32, 32 ]", "dims: [ 1 ]"))
    assert ["'image'" in finding.what for finding in found_in(scalar, "SEA226")] == [False]
    unknown = onnx(graph(OnnxTensor("image", "FP32", (), has_shape=False)))
    assert found_in(unknown, "SEA226") == []


def test_sea227_fixed_batch(onnx: Onnx, found_in: FoundIn) -> None:
    """One finding for each tensor, none of other dims besides; without batches it is fine."""
    fixed = graph(
        OnnxTensor("image", "FP32", (1, 3, 32, 32)), outputs=(OnnxTensor("OUTPUT__0", "FP32", (1, 10)),)
    )
    [of_input, of_output] = found_in(onnx(fixed), "SEA227")
    assert of_input.what == (
        "The input 'image' of classifier/1/model.onnx has the shape [1, 3, 32, 32]; max_batch_size is 16."
    )
    assert of_input.allowed == "[-1, 3, 32, 32]."
    assert "'OUTPUT__0'" in of_output.what
    assert found_in(onnx(fixed), "SEA226") == []
    unbatched = ("max_batch_size: 16", "max_batch_size: 0")
    assert found_in(onnx(fixed, unbatched), "SEA227") == []
