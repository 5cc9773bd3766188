"""SEA260 to SEA266: the inputs and outputs of a config.pbtxt, by themselves and as parts of a batch."""

from collections import Counter
from collections.abc import Iterator, Sequence
from math import prod
from typing import Any

from model_packaging.artifact.inspection import ArtifactInspection
from model_packaging.artifact.signature import VARIABLE
from preflight.finding import Severity
from preflight.registry import rule
from preflight.rule import ARTIFACT, Enforcer, SeenAfter, Violation
from preflight.rules._completion import completes_batch_size, completes_tensors
from preflight.rules._config_message import enum_name, message_of
from preflight.rules._triton_config import config_of

__all__ = [
    "batch_tensor_impossible",
    "image_format_without_image",
    "input_declared_twice",
    "reshape_impossible",
    "tensor_of_tensorrt_alone",
    "tensor_without_name",
]

_NOT_LOADED = "and the endpoint fails after its start-up time-out."
_CORE = "Triton core, src/model_config_utils.cc"
_IMAGE_RANK = 3
_BATCH_DATATYPES = ("TYPE_INT32", "TYPE_FP32")


@rule(
    "SEA260",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="an input or output without a name",
    scope=ARTIFACT,
    source=f"{_CORE}, ValidateIOShape; seen on Triton 2.51",
    symptom=f"Triton says \"model input must specify 'name'\", {_NOT_LOADED}",
    fix="Name it as requests do.",
)
def tensor_without_name(artifact: ArtifactInspection) -> Iterator[Violation]:
    """A request finds tensors by their names."""
    for role, index, tensor in _tensors(artifact):
        if not tensor.name:
            yield Violation(f"{role} {index} has no name.", "a name.", field=(role, index))


@rule(
    "SEA261",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AT_REQUEST,
    title="an input declared twice",
    scope=ARTIFACT,
    source="Triton core, src/model.cc, Model::Init; seen on Triton 2.51: it loads",
    symptom="The endpoint is InService, and every request fails: 'expected 2 inputs but got 1 inputs', which "
    "no request can mend.",
    fix="Remove one of the two, or give it a name of its own.",
)
def input_declared_twice(artifact: ArtifactInspection) -> Iterator[Violation]:
    """Triton counts what is declared, and a request can send each name once."""
    config = config_of(artifact)
    names = Counter(each.name for each in config.inputs) if config is not None else Counter[str]()
    for name, count in names.items():
        if name and count > 1:
            yield Violation(
                f"The input {name!r} is declared {count} times.", "each input once.", field=("input",)
            )


@rule(
    "SEA262",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="a reshape that can't hold what dims hold",
    scope=ARTIFACT,
    source=f"Triton, model configuration, reshape; {_CORE}, ValidateIOShape; seen on Triton 2.51",
    symptom=f"Triton says 'has different size for dims and reshape', {_NOT_LOADED}",
    fix="Give reshape as many elements as dims, and a -1 where dims has one.",
)
def reshape_impossible(artifact: ArtifactInspection) -> Iterator[Violation]:
    """A reshape regroups the same elements; between two sizes that vary there are as many on both sides."""
    config = message_of(artifact)
    if config is None:
        return
    for role, index, tensor in _tensors(artifact):
        if not tensor.HasField("reshape") or _is_completed(artifact, tensor):
            continue
        dims, shape = list(tensor.dims), list(tensor.reshape.shape)
        field = (role, index, "reshape")
        if not shape and config.max_batch_size == 0 and not completes_batch_size(artifact):
            yield Violation(
                f"{tensor.name!r} is reshaped to a scalar, and max_batch_size is 0.",
                "at least one dimension, such as [ 1 ].",
                field=field,
            )
        elif any(size < 1 and size != VARIABLE for size in shape):
            yield Violation(
                f"{tensor.name!r} is reshaped to {shape}.", "sizes of at least 1, or -1.", field=field
            )
        elif _elements(dims) != _elements(shape):
            yield Violation(
                f"{tensor.name!r} has dims {dims} and is reshaped to {shape}.",
                "as many elements, and as many before, between and behind each -1.",
                field=field,
            )


@rule(
    "SEA263",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="an image format for what has not three dimensions",
    scope=ARTIFACT,
    source=f"{_CORE}, ValidateModelInput; seen on Triton 2.51",
    symptom=f"Triton says 'model input NHWC/NCHW require 3 dims', {_NOT_LOADED}",
    fix="Leave format out: Triton converts nothing by it.",
)
def image_format_without_image(artifact: ArtifactInspection) -> Iterator[Violation]:
    """FORMAT_NCHW and FORMAT_NHWC are said of height, width and channels; the batch is no part of dims."""
    for role, index, tensor in _tensors(artifact):
        if (
            role == "input"
            and enum_name(tensor, "format") != "FORMAT_NONE"
            and len(tensor.dims) != _IMAGE_RANK
            and not _is_completed(artifact, tensor)
        ):
            yield Violation(
                f"{tensor.name!r} has {enum_name(tensor, 'format')} and dims {list(tensor.dims)}.",
                "three dims, or no format.",
                field=("input", index, "format"),
            )


@rule(
    "SEA264",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="what only a TensorRT plan's tensors can be",
    scope=ARTIFACT,
    source=f"{_CORE}, ValidateModelInput and ValidateNonLinearFormatIO; seen on Triton 2.51",
    symptom=f"Triton says 'shape tensors are only supported for TensorRT platform', {_NOT_LOADED}",
    fix="Leave is_shape_tensor and is_non_linear_format_io out.",
)
def tensor_of_tensorrt_alone(artifact: ArtifactInspection) -> Iterator[Violation]:
    """Shape tensors and non-linear formats are TensorRT's; the latter has three dims."""
    config = config_of(artifact)
    if config is None:
        return
    is_plan = config.serving_backend == "tensorrt"
    for role, index, tensor in _tensors(artifact):
        for name in ("is_shape_tensor", "is_non_linear_format_io"):
            if getattr(tensor, name) and not is_plan and (config.backend or config.platform):
                yield Violation(
                    f"{tensor.name!r} has {name}.", f"{name} with TensorRT alone.", field=(role, index, name)
                )
        is_short = len(tensor.dims) != _IMAGE_RANK and not _is_completed(artifact, tensor)
        if is_plan and tensor.is_non_linear_format_io and is_short:
            yield Violation(
                f"{tensor.name!r} has is_non_linear_format_io and dims {list(tensor.dims)}.",
                "three dims.",
                field=(role, index, "is_non_linear_format_io"),
            )


@rule(
    "SEA265",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="a batch_input or batch_output that Triton can't make",
    scope=ARTIFACT,
    source=f"Triton, ragged batching, batch input; {_CORE}, ValidateBatchIO; seen on Triton 2.51",
    symptom=f"Triton says 'expects 1 source input' or 'unknown source input name', {_NOT_LOADED}",
    fix="Name one of the inputs as source_input, and outputs as target_name of a batch_output.",
)
def batch_tensor_impossible(artifact: ArtifactInspection) -> Iterator[Violation]:
    """A batch tensor is made of one input; its type is INT32 or FP32."""
    config = message_of(artifact)
    if config is None:
        return
    inputs, outputs = [each.name for each in config.input], [each.name for each in config.output]
    completes = completes_tensors(artifact)
    for role in ("batch_input", "batch_output"):
        for index, batch in enumerate(getattr(config, role)):
            yield from _batch_sources(role, index, batch, inputs if inputs or not completes else None)
    for index, batch in enumerate(config.batch_input):
        if enum_name(batch, "data_type") not in _BATCH_DATATYPES:
            yield Violation(
                f"batch_input {index} is {enum_name(batch, 'data_type')}.",
                f"{' or '.join(_BATCH_DATATYPES)}.",
                field=("batch_input", index, "data_type"),
            )
    for index, batch in enumerate(config.batch_output):
        for name, count in Counter(batch.target_name).items():
            is_unknown = name not in outputs and bool(outputs or not completes)
            if is_unknown or count > 1:
                yield Violation(
                    f"batch_output {index} has the target {name!r}{' twice' if count > 1 else ''}.",
                    f"{_listed(outputs)}, each once.",
                    field=("batch_output", index, "target_name"),
                )


def _batch_sources(
    role: str,
    index: int,
    batch: Any,  # noqa: ANN401 - protobuf's classes ship no types
    inputs: Sequence[str] | None,
) -> Iterator[Violation]:
    """Yield what is wrong with the sources; ``inputs`` is None where the backend completes them."""
    sources = list(batch.source_input)
    if len(sources) != 1 or (inputs is not None and sources[0] not in inputs):
        yield Violation(
            f"{role} {index} of kind {enum_name(batch, 'kind')} has the source_input "
            f"{_listed(sources) or 'none'}.",
            f"one of {_listed(inputs or ()) or 'the inputs'}.",
            field=(role, index),
        )


def _tensors(artifact: ArtifactInspection) -> Iterator[tuple[str, int, Any]]:
    """Yield every input and output: the role, its index and the message."""
    config = message_of(artifact)
    if config is not None:
        for role in ("input", "output"):
            for index, tensor in enumerate(getattr(config, role)):
                yield role, index, tensor


def _is_completed(artifact: ArtifactInspection, tensor: Any) -> bool:  # noqa: ANN401 - see _batch_sources
    """Say whether the backend gives the tensor the dims that it lacks."""
    return not tensor.dims and completes_tensors(artifact)


def _elements(sizes: Sequence[int]) -> list[int]:
    """Return how many elements lie before, between and behind the sizes that vary."""
    groups: list[list[int]] = [[]]
    for size in sizes:
        if size == VARIABLE:
            groups.append([])
        else:
            groups[-1].append(size)
    return [prod(group) for group in groups]


def _listed(names: Sequence[str]) -> str:
    return ", ".join(map(repr, names))
