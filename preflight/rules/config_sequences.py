"""SEA274 to SEA277: controls, strategies and states of a config.pbtxt's sequence batcher."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from model_packaging.artifact.inspection import ArtifactInspection
from model_packaging.artifact.signature import VARIABLE
from preflight.finding import Severity
from preflight.registry import rule
from preflight.rule import ARTIFACT, Enforcer, SeenAfter, Violation
from preflight.rules._config_message import enum_name, message_of
from preflight.rules._packed_path import packed_path

__all__ = [
    "control_impossible",
    "control_values_impossible",
    "initial_state_impossible",
    "strategy_out_of_range",
]

_NOT_LOADED = "and the endpoint fails after its start-up time-out."
_VALUES = ("int32_false_true", "fp32_false_true", "bool_false_true")
_CORRELATION_ID = "CONTROL_SEQUENCE_CORRID"
_CORRELATION_DATATYPES = ("TYPE_UINT64", "TYPE_INT64", "TYPE_UINT32", "TYPE_INT32", "TYPE_STRING")
_INITIAL_STATES = "initial_state"
"""The folder of their files, below the model's (Triton core, src/constants.h, kInitialStateFolder)."""


@rule(
    "SEA274",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="sequence controls without a name, or twice",
    scope=ARTIFACT,
    source="Triton, stateful models, control inputs; Triton core, src/model_config_utils.cc, "
    "GetBooleanSequenceControlProperties; seen on Triton 2.51",
    symptom=f"Triton says 'sequence batching specifies multiple ... tensors', {_NOT_LOADED}",
    fix="Give each control_input a name of its own, and each kind of control one control_input.",
)
def control_impossible(artifact: ArtifactInspection) -> Iterator[Violation]:
    """A control has one tensor, and a tensor one entry."""
    inputs = _controls(artifact)
    for index, tensor in enumerate(inputs):
        if not tensor.name:
            yield Violation(
                f"control_input {index} has no name.",
                "the name of a tensor of the model.",
                field=("sequence_batching", "control_input", index),
            )
    for name, count in Counter(tensor.name for tensor in inputs if tensor.name).items():
        if count > 1:
            yield Violation(
                f"{count} entries of control_input have the name {name!r}.",
                "one entry for each tensor.",
                field=("sequence_batching", "control_input"),
            )
    for kind, count in Counter(
        enum_name(each, "kind") for tensor in inputs for each in tensor.control
    ).items():
        if count > 1:
            yield Violation(
                f"{kind} has {count} tensors.",
                "one tensor for each kind of control.",
                field=("sequence_batching", "control_input"),
            )


@rule(
    "SEA275",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="a sequence control without the values that it needs",
    scope=ARTIFACT,
    source="Triton, stateful models, control inputs; Triton core, src/model_config_utils.cc, "
    "GetBooleanSequenceControlProperties and GetTypedSequenceControlProperties; seen on Triton 2.51",
    symptom="Triton says 'must specify either int32_false_true ...' or 'unexpected data type for control', "
    + _NOT_LOADED,
    fix="Give the control two values for false and true, such as fp32_false_true: [ 0, 1 ]; the correlation "
    "id a data_type instead.",
)
def control_values_impossible(artifact: ArtifactInspection) -> Iterator[Violation]:
    """START, END and READY say what false and true are; CORRID says its data type."""
    for index, tensor in enumerate(_controls(artifact)):
        for place, control in enumerate(tensor.control):
            kind = enum_name(control, "kind")
            given = [name for name in _VALUES if getattr(control, name)]
            field = ("sequence_batching", "control_input", index, "control", place)
            if kind != _CORRELATION_ID:
                if len(given) != 1 or len(getattr(control, given[0])) != 2:  # noqa: PLR2004 - false and true
                    values = ", ".join(f"{name}: {list(getattr(control, name))}" for name in given)
                    yield Violation(
                        f"{kind} of {tensor.name!r} has {values or 'no values'}.",
                        f"two values in one of {', '.join(_VALUES)}.",
                        field=field,
                    )
            elif given or enum_name(control, "data_type") not in _CORRELATION_DATATYPES:
                has = given[0] if given else enum_name(control, "data_type")
                yield Violation(
                    f"{kind} of {tensor.name!r} has {has}.",
                    f"a data_type of {', '.join(_CORRELATION_DATATYPES)}, and no values.",
                    field=field,
                )


@rule(
    "SEA276",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="a sequence strategy outside of its range",
    scope=ARTIFACT,
    source="Triton, sequence batcher, scheduling strategies; Triton core, src/model_config_utils.cc, "
    "ValidateModelConfig; seen on Triton 2.51",
    symptom=f"Triton says 'sequence batching preferred batch size must be <= max batch size', {_NOT_LOADED}",
    fix="Lower oldest.preferred_batch_size to max_batch_size, and direct.minimum_slot_utilization to 1.0.",
)
def strategy_out_of_range(artifact: ArtifactInspection) -> Iterator[Violation]:
    """A preferred batch is one that may be formed, and a utilization a part of the whole."""
    config = message_of(artifact)
    if config is None:
        return
    sequences = config.sequence_batching
    wrong = [size for size in sequences.oldest.preferred_batch_size if not 1 <= size <= config.max_batch_size]
    if wrong:
        yield Violation(
            f"oldest.preferred_batch_size is {', '.join(map(str, wrong))}, max_batch_size "
            f"{config.max_batch_size}.",
            "sizes from 1 to max_batch_size.",
            field=("sequence_batching", "oldest", "preferred_batch_size"),
        )
    utilization = sequences.direct.minimum_slot_utilization
    if not 0.0 <= utilization <= 1.0:
        yield Violation(
            f"direct.minimum_slot_utilization is {utilization:g}.",
            "0.0 to 1.0.",
            field=("sequence_batching", "direct", "minimum_slot_utilization"),
        )


@rule(
    "SEA277",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="an initial state that is not that of its state",
    scope=ARTIFACT,
    source="Triton, implicit state management, state initialization; Triton core, "
    "src/sequence_batch_scheduler.cc, GenerateInitialStateData; seen on Triton 2.51",
    symptom="Triton says \"'initial_state' ... doesn't match\" or 'failed to open text file for read', "
    + _NOT_LOADED,
    fix="Give initial_state a name, the state's data_type and dims with sizes, and zero_data or a data_file "
    "in the model's folder initial_state.",
)
def initial_state_impossible(artifact: ArtifactInspection) -> Iterator[Violation]:
    """A state begins as one tensor of its own type and shape, which is zeros or a file."""
    config = message_of(artifact)
    for index, state in enumerate(config.sequence_batching.state if config is not None else ()):
        for what, allowed in _initial_state_complaints(artifact, state):
            yield Violation(
                f"The state of {state.input_name!r} {what}.",
                f"{allowed}.",
                field=("sequence_batching", "state", index),
            )


def _initial_state_complaints(
    artifact: ArtifactInspection,
    state: Any,  # noqa: ANN401 - protobuf's classes ship no types
) -> Iterator[tuple[str, str]]:
    if len(state.initial_state) > 1:
        yield f"has {len(state.initial_state)} initial states", "one"
        return
    for initial in state.initial_state:
        if not initial.name:
            yield "has an initial_state without a name", "a name"
        if initial.data_type != state.data_type:
            yield (
                f"is {enum_name(state, 'data_type')}, its initial_state {enum_name(initial, 'data_type')}",
                enum_name(state, "data_type"),
            )
        dims, wanted = list(initial.dims), list(state.dims)
        if len(dims) != len(wanted) or any(
            size == VARIABLE or one not in (size, VARIABLE) for size, one in zip(dims, wanted, strict=True)
        ):
            yield f"has dims {wanted}, its initial_state {dims}", f"{wanted}, a size instead of each -1"
        path = packed_path(f"{artifact.model}/{_INITIAL_STATES}", initial.data_file)
        if initial.WhichOneof("state_data") is None:
            yield "has an initial_state without data", "zero_data or data_file"
        elif initial.data_file and path and all(record.path != path for record in artifact.files):
            yield (
                f"begins with {initial.data_file!r}, and the archive has no {path}",
                f"{path} in the archive",
            )


def _controls(artifact: ArtifactInspection) -> list[Any]:
    config = message_of(artifact)
    return list(config.sequence_batching.control_input) if config is not None else []
