"""A model's configuration as the running Triton has it, completed by Triton itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from model_packaging.artifact import Signature, TensorSpec

__all__ = ["Configured", "read_configured"]


@dataclass(frozen=True, slots=True)
class Configured:
    """What a trial has to know of a model that has loaded.

    Attributes:
        signature: what it takes and gives; None where nothing says so.
        max_batch_size: 0 where it has no batch dimension.
        decoupled: whether it may answer a request any number of times.
        sequences: whether requests belong to sequences.
        dynamic_batching: whether Triton joins requests.
        response_cache: whether answers are kept.
        warm_up_samples: how many are run when it loads.
    """

    signature: Signature | None
    max_batch_size: int
    decoupled: bool = False
    sequences: bool = False
    dynamic_batching: bool = False
    response_cache: bool = False
    warm_up_samples: int = 0


def read_configured(document: Mapping[str, Any]) -> Configured:
    """Return what Triton answers to ``GET /v2/models/<model>/config``.

    Source: KServe v2, model configuration extension; the JSON of Triton's model_config.proto.
    """
    batched = int(document.get("max_batch_size", 0)) > 0
    return Configured(
        signature=Signature(
            tuple(_tensor(each) for each in document.get("input", ())),
            tuple(_tensor(each) for each in document.get("output", ())),
            batched=batched,
        ),
        max_batch_size=int(document.get("max_batch_size", 0)),
        decoupled=bool(document.get("model_transaction_policy", {}).get("decoupled", False)),
        sequences="sequence_batching" in document,
        dynamic_batching="dynamic_batching" in document,
        response_cache=bool(document.get("response_cache", {}).get("enable", False)),
        warm_up_samples=len(document.get("model_warmup", ())),
    )


def _tensor(document: Mapping[str, Any]) -> TensorSpec:
    datatype = str(document["data_type"]).removeprefix("TYPE_")
    return TensorSpec(
        name=str(document["name"]),
        datatype="BYTES" if datatype == "STRING" else datatype,
        dims=tuple(int(dim) for dim in document.get("dims", ())),
        optional=bool(document.get("optional", False)),
    )
