"""SEA220, SEA229 and SEA230: the data of warm-up requests."""

from collections.abc import Iterator, Mapping
from math import prod
from typing import Any

from model_packaging.artifact.inspection import ArtifactInspection
from preflight.finding import Severity
from preflight.registry import rule
from preflight.rule import ARTIFACT, Enforcer, SeenAfter, Violation
from preflight.rules._config_message import enum_name, message_of
from preflight.rules._packed_path import packed_path

__all__ = ["warmup_file_missing", "warmup_file_short", "warmup_without_data"]

_NOT_LOADED = "and the endpoint fails after its start-up time-out."
_SOURCE = (
    "Triton, model configuration, model warmup; Triton core, src/backend_model_instance.cc, "
    "GenerateWarmupData"
)
_FOLDER = "warmup"
"""The folder of the files, below the model's (Triton core, src/constants.h, kWarmupDataFolder)."""
_BYTES: Mapping[str, int] = {
    "TYPE_BOOL": 1,
    "TYPE_UINT8": 1,
    "TYPE_UINT16": 2,
    "TYPE_UINT32": 4,
    "TYPE_UINT64": 8,
    "TYPE_INT8": 1,
    "TYPE_INT16": 2,
    "TYPE_INT32": 4,
    "TYPE_INT64": 8,
    "TYPE_FP16": 2,
    "TYPE_FP32": 4,
    "TYPE_FP64": 8,
    "TYPE_BF16": 2,
}
"""Of one element, for data types of a fixed size."""


@rule(
    "SEA220",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="a file of warm-up data is missing",
    scope=ARTIFACT,
    source=f"{_SOURCE}; seen on Triton 2.51",
    symptom=f"Triton says 'failed to open text file for read', {_NOT_LOADED}",
    fix="Put the file into the folder warmup, beside config.pbtxt.",
)
def warmup_file_missing(artifact: ArtifactInspection) -> Iterator[Violation]:
    """Files of warm-up data lie in a folder of their own in the model's."""
    for index, warmup, name, data in _data(artifact):
        path = _path(artifact, data)
        if data.input_data_file and path and path not in _sizes(artifact):
            yield Violation(
                f"The warm-up {warmup!r} reads {name!r} from {data.input_data_file!r}, and the archive has "
                f"no {path}.",
                f"{path} in the archive.",
                field=("model_warmup", index),
            )


@rule(
    "SEA229",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="a warm-up input without data",
    scope=ARTIFACT,
    source=f"{_SOURCE}; seen on Triton 2.51",
    symptom=f"Triton says 'expects input ... to have input_data_type set', {_NOT_LOADED}",
    fix="Add zero_data: true, random_data: true or input_data_file.",
)
def warmup_without_data(artifact: ArtifactInspection) -> Iterator[Violation]:
    """Each input says what it is filled with."""
    for index, warmup, name, data in _data(artifact):
        if data.WhichOneof("input_data_type") is None:
            yield Violation(
                f"The warm-up {warmup!r} gives {name!r} no data.",
                "zero_data, random_data or input_data_file.",
                field=("model_warmup", index),
            )


@rule(
    "SEA230",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="a file of warm-up data that is too short",
    scope=ARTIFACT,
    source=f"{_SOURCE}; seen on Triton 2.51",
    symptom=f"Triton says 'warmup setting expects N bytes, but the data provided only has M', {_NOT_LOADED}",
    fix="Write the whole tensor as raw bytes in the order of its elements.",
)
def warmup_file_short(artifact: ArtifactInspection) -> Iterator[Violation]:
    """A file holds at least one tensor of the declared type and dims, without the batch dimension."""
    sizes = _sizes(artifact)
    for index, warmup, name, data in _data(artifact):
        one, path = _BYTES.get(enum_name(data, "data_type")), _path(artifact, data)
        if (
            not data.input_data_file
            or one is None
            or path not in sizes
            or any(size < 1 for size in data.dims)
        ):
            continue
        expected = one * prod(data.dims)
        if sizes[path] < expected:
            yield Violation(
                f"The warm-up {warmup!r} reads {name!r} from {path}, of {sizes[path]} bytes.",
                f"{expected} bytes or more.",
                field=("model_warmup", index),
            )


def _data(artifact: ArtifactInspection) -> Iterator[tuple[int, str, str, Any]]:
    """Yield what each warm-up request gives each input: its index and name, the input's name, the message.

    Data for an input that the model does not have is rule SEA212's.
    """
    config = message_of(artifact)
    known = {each.name for each in config.input} if config is not None else set()
    for index, warmup in enumerate(config.model_warmup if config is not None else ()):
        for name in sorted(known.intersection(warmup.inputs)):
            yield index, warmup.name, name, warmup.inputs[name]


def _path(artifact: ArtifactInspection, data: Any) -> str:  # noqa: ANN401 - protobuf's classes ship no types
    return packed_path(f"{artifact.model}/{_FOLDER}", data.input_data_file)


def _sizes(artifact: ArtifactInspection) -> dict[str, int]:
    everything = (artifact, *artifact.beside)
    return {record.path: record.size_bytes for each in everything for record in each.files}
