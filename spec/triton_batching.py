"""Triton's dynamic batcher and the queues in front of it, in Triton's own words."""

from typing import Annotated, Literal

from pydantic import Field

from spec._base import Distinct, Items, SpecModel
from spec._triton_values import BatchSize, PriorityLevel, Uint32, Uint64

__all__ = ["DynamicBatching", "QueuePolicy"]


class QueuePolicy(SpecModel):
    """How requests wait in one queue (Triton, model configuration, dynamic batcher, queue policy)."""

    timeout_action: Literal["REJECT", "DELAY"] = Field(
        default="REJECT",
        description="What happens to a request that has waited too long: it is refused, or comes after all "
        "others. Default: REJECT.",
    )
    default_timeout_microseconds: Uint64 = Field(
        default=0, description="How long a request may wait. Default: 0, for ever."
    )
    allow_timeout_override: bool = Field(
        default=False,
        description="Whether a request may bring a shorter time of its own. Default: false.",
    )
    max_queue_size: Uint32 = Field(
        default=0,
        description="How many requests may wait; further ones are refused. Default: 0, any number.",
    )


class DynamicBatching(SpecModel):
    """Triton's dynamic batcher: requests that arrive together are answered by one execution."""

    preferred_batch_size: Annotated[Items[BatchSize], Distinct()] = Field(
        default=(),
        description="Batch sizes the batcher tries to reach, none above max_batch_size (Triton, model "
        "configuration, dynamic batcher). Default: none, it makes batches as large as it can.",
    )
    max_queue_delay_microseconds: Uint64 = Field(
        default=0,
        description="How long a request may wait for others to make a preferred batch. "
        "Default: 0, requests never wait.",
    )
    preserve_ordering: bool = Field(
        default=False,
        description="Answer requests in the order of their arrival; only with one priority level. "
        "Default: false.",
    )
    priority_levels: Uint64 = Field(
        default=0,
        description="How many priorities requests may have; 1 is the highest. Default: 0, all are equal.",
    )
    default_priority_level: Uint64 = Field(
        default=0,
        description="The priority of a request that names none, from 1 to priority_levels. "
        "Default: 0, right only where there are no levels.",
    )
    default_queue_policy: QueuePolicy | None = Field(
        default=None,
        description="Of every queue that priority_queue_policy does not name. "
        "Default: requests wait for ever and in any number.",
    )
    priority_queue_policy: dict[PriorityLevel, QueuePolicy] = Field(
        default_factory=dict,
        description="Policies by priority level; the level in quotes. Default: none of their own.",
    )
