"""What a model's config.pbtxt says beyond its tensors, in Triton's own words."""

from typing import Annotated, Any

from pydantic import Field

from spec._base import Items, SpecModel, text
from spec._triton_values import INT32_MAXIMUM, MetricTagName, ParameterName, TensorName, Words
from spec.addresses import ProjectFile
from spec.triton_batching import DynamicBatching
from spec.triton_instances import InstanceGroup
from spec.triton_optimization import Optimization
from spec.triton_policies import ModelMetrics, ResponseCache, TransactionPolicy, VersionPolicy
from spec.triton_sequences import SequenceBatching
from spec.triton_tensor import BatchInput, BatchOutput, DeclaredInput, DeclaredOutput
from spec.triton_warmup import ModelWarmup

__all__ = ["TritonModelConfig"]

ModelFileName = Annotated[
    str,
    text(
        r"^[A-Za-z0-9_][A-Za-z0-9_.-]*$",
        allowed="a file's name without folders: letters, digits and _ . -",
        maximum=128,
    ),
]


class TritonModelConfig(SpecModel):
    """The part of config.pbtxt that is a decision; tensors are the model's own where it says them."""

    max_batch_size: int = Field(
        ge=0,
        le=INT32_MAXIMUM,
        description="The largest batch the model takes; 0 says that it has no batch dimension (Triton, model "
        "configuration, maximum batch size).",
    )
    input: Items[DeclaredInput] = Field(
        default=(),
        description="What it takes, where the model does not say so itself: for `python`, `ensemble` and a "
        "TorchScript or TensorRT `file`. Default: none, they are observed on the model or read from its "
        "file.",
    )
    output: Items[DeclaredOutput] = Field(
        default=(),
        description="What it gives, as for input. Default: none, they are observed on the model or read from "
        "its file.",
    )
    batch_input: Items[BatchInput] = Field(
        default=(), description="Inputs that Triton makes for batches of ragged requests. Default: none."
    )
    batch_output: Items[BatchOutput] = Field(
        default=(), description="Outputs that Triton takes apart for ragged requests. Default: none."
    )
    dynamic_batching: DynamicBatching | None = Field(
        default=None,
        description="Default: no dynamic batching, each request is executed by itself. {} turns it on with "
        "Triton's defaults.",
    )
    sequence_batching: SequenceBatching | None = Field(
        default=None,
        description="Keeps the requests of a sequence together; not with dynamic_batching. "
        "Default: requests know nothing of each other.",
    )
    instance_group: Items[InstanceGroup] = Field(
        default=(),
        description="Default: Triton's own, one instance on every available GPU, or one on the CPU.",
    )
    optimization: Optimization | None = Field(default=None, description="Default: Triton's own.")
    model_warmup: Items[ModelWarmup] = Field(
        default=(),
        description="Requests that are answered before the model is ready. Default: none, the first real "
        "request pays for what is done once.",
    )
    response_cache: ResponseCache | None = Field(
        default=None, description="Default: off, every request is executed."
    )
    version_policy: VersionPolicy | None = Field(
        default=None, description="Default: the newest version is served."
    )
    model_transaction_policy: TransactionPolicy | None = Field(
        default=None, description="Default: one answer for each request."
    )
    model_metrics: ModelMetrics | None = Field(
        default=None, description="Triton 25.04 and newer know it. Default: metrics as Triton counts them."
    )
    metric_tags: dict[MetricTagName, Words] = Field(
        default_factory=dict, description="Labels that the model's metrics carry. Default: none."
    )
    parameters: dict[ParameterName, Words] = Field(
        default_factory=dict,
        description='Settings of the backend, values in quotes, such as INFERENCE_MODE: "true" (PyTorch '
        "backend, parameters). Default: none.",
    )
    default_model_filename: ModelFileName | None = Field(
        default=None,
        description="The model file's name in its version folder. Default: the "
        "backend's own, such as model.pt or model.onnx.",
    )
    label_filename: dict[TensorName, ProjectFile] = Field(
        default_factory=dict,
        description="A file of the project with one label per line, by output: answers to classification "
        "requests name them (Triton, classification extension). Default: none.",
    )

    def canonical_document(self) -> dict[str, Any]:
        """Return what is said here as JSON can hold it; equal documents give equal configurations.

        The keys that models were first packaged with are always there, newer ones only where they say
        something else than their default: so a key that becomes sayable rebuilds no model.
        """
        document = self.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        batching = self.dynamic_batching
        document["dynamic_batching"] = batching and {
            **document["dynamic_batching"],
            "preferred_batch_size": list(batching.preferred_batch_size),
            "max_queue_delay_microseconds": batching.max_queue_delay_microseconds,
        }
        document["instance_group"] = [
            {**said, "count": group.count, "kind": group.kind, "gpus": list(group.gpus)}
            for said, group in zip(document.get("instance_group", ()), self.instance_group, strict=True)
        ]
        return document
