"""Triton's sequence batcher: requests of one sequence go to the same instance."""

from typing import Annotated, Literal

from pydantic import Field

from spec._base import Distinct, Items, SpecModel
from spec._triton_values import (
    INT32_MAXIMUM,
    BatchSize,
    DataType,
    Dims,
    FeatureName,
    Float32,
    TensorName,
    Uint64,
)

__all__ = [
    "Control",
    "ControlInput",
    "InitialState",
    "SequenceBatching",
    "State",
    "StrategyDirect",
    "StrategyOldest",
]

_Pair = Annotated[int, Field(ge=-(2**31), le=INT32_MAXIMUM)]


class Control(SpecModel):
    """One signal of an input that Triton fills (Triton, stateful models, control inputs)."""

    kind: Literal[
        "CONTROL_SEQUENCE_START", "CONTROL_SEQUENCE_READY", "CONTROL_SEQUENCE_END", "CONTROL_SEQUENCE_CORRID"
    ] = Field(description="What the signal says.")
    int32_false_true: Annotated[Items[_Pair], Field(max_length=2)] = Field(
        default=(), description="The values for no and yes, as integers. Default: another pair says so."
    )
    fp32_false_true: Annotated[Items[Float32], Field(max_length=2)] = Field(
        default=(), description="The values for no and yes, as floats. Default: another pair says so."
    )
    bool_false_true: Annotated[Items[bool], Field(max_length=2)] = Field(
        default=(), description="The values for no and yes, as booleans. Default: another pair says so."
    )
    data_type: Literal["TYPE_UINT64", "TYPE_INT64", "TYPE_UINT32", "TYPE_INT32", "TYPE_STRING"] | None = (
        Field(
            default=None,
            description="Of CONTROL_SEQUENCE_CORRID, the sequence's number. "
            "Default: none, right for every other kind.",
        )
    )


class ControlInput(SpecModel):
    """An input of forward() that Triton fills instead of the request."""

    name: TensorName = Field(description="The argument of forward().")
    control: Annotated[Items[Control], Field(min_length=1)] = Field(description="The signals it carries.")


class InitialState(SpecModel):
    """What a state holds before a sequence's first request."""

    name: FeatureName = Field(description="Free to choose.")
    data_type: DataType = Field(description="The state's.")
    dims: Dims = Field(description="The state's, without the batch dimension.")
    zero_data: Literal[True] = Field(
        default=True, description="Zeros; the only kind that needs no file. Default: true."
    )


class State(SpecModel):
    """A tensor that Triton keeps from one request of a sequence to the next (implicit state management)."""

    input_name: TensorName = Field(description="The argument of forward() that takes the state.")
    output_name: TensorName = Field(description="The output that gives the next one, such as OUTPUT__1.")
    data_type: DataType = Field(description="Of both.")
    dims: Items[Annotated[int, Field(ge=-1, le=INT32_MAXIMUM)]] = Field(
        description="Of both, without the batch dimension; -1 where the size varies."
    )
    initial_state: Annotated[Items[InitialState], Field(max_length=1)] = Field(
        default=(), description="What a new sequence begins with. Default: zeros."
    )
    use_same_buffer_for_input_output: bool = Field(
        default=False, description="Keep both in one buffer. Default: false."
    )
    use_growable_memory: bool = Field(
        default=False,
        description="Let the state grow in virtual memory of the GPU, without a copy. Default: false.",
    )


class StrategyDirect(SpecModel):
    """Every sequence has a slot of an instance's batch for itself."""

    max_queue_delay_microseconds: Uint64 = Field(
        default=0, description="How long a batch may wait for more slots. Default: 0."
    )
    minimum_slot_utilization: Annotated[float, Field(ge=0, le=1)] = Field(
        default=0.0, description="The part of the slots that ends the waiting. Default: 0."
    )


class StrategyOldest(SpecModel):
    """Requests of up to ``max_candidate_sequences`` sequences are batched, the oldest first."""

    max_candidate_sequences: BatchSize = Field(description="How many sequences are active at once.")
    preferred_batch_size: Annotated[Items[BatchSize], Distinct()] = Field(
        default=(), description="As of dynamic_batching. Default: none."
    )
    max_queue_delay_microseconds: Uint64 = Field(default=0, description="As of dynamic_batching. Default: 0.")
    preserve_ordering: bool = Field(default=False, description="As of dynamic_batching. Default: false.")


class SequenceBatching(SpecModel):
    """Triton's sequence batcher, for models that keep state (Triton, stateful models)."""

    direct: StrategyDirect | None = Field(
        default=None, description="A slot for each sequence; not with oldest. Default: this strategy."
    )
    oldest: StrategyOldest | None = Field(
        default=None, description="Batches over many sequences; not with direct. Default: none."
    )
    max_sequence_idle_microseconds: Uint64 = Field(
        default=0, description="When a silent sequence is given up. Default: 0, Triton's own 1000000."
    )
    control_input: Items[ControlInput] = Field(
        default=(), description="Inputs that Triton fills with signals. Default: none."
    )
    state: Items[State] = Field(default=(), description="What Triton keeps between requests. Default: none.")
    iterative_sequence: bool = Field(
        default=False,
        description="Let one request be executed again and again until the model says that it is done. "
        "Default: false.",
    )
