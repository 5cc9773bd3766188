"""Lays out a Triton model repository for one model, and says what its config.pbtxt holds.

Layout and fields: Triton user guide, "Model Repository" and "Model Configuration".
"""

from collections.abc import Iterable
from pathlib import Path

from model_packaging.artifact.config_pbtxt import render_config_pbtxt
from model_packaging.artifact.signature import Signature, TensorSpec
from spec import TritonModelConfig

__all__ = ["CONFIG_FILE_NAME", "MODEL_FILE_NAME", "config_pbtxt_of", "model_file_path"]

CONFIG_FILE_NAME = "config.pbtxt"
MODEL_FILE_NAME = "model.pt"
_VERSION = "1"
_PLATFORM = "pytorch_libtorch"


def model_file_path(repository: Path, model_name: str) -> Path:
    """Return where the model file of ``model_name`` lies in ``repository``."""
    return repository / model_name / _VERSION / MODEL_FILE_NAME


def config_pbtxt_of(model_name: str, triton: TritonModelConfig, signature: Signature) -> str:
    """Return the text of the model's config.pbtxt.

    Args:
        model_name: also the folder's name, which Triton wants equal.
        triton: what the deployment file says.
        signature: what was observed; an output's place is in its name (``OUTPUT__<index>``), an input's
            name is forward's argument.
    """
    from tritonclient.grpc import model_config_pb2  # noqa: PLC0415 - 0.16 s, see artifact.config_pbtxt

    def tensors(specs: Iterable[TensorSpec], message: type) -> list[object]:
        return [
            message(
                name=spec.name,
                data_type=model_config_pb2.DataType.Value(f"TYPE_{spec.datatype}"),
                dims=spec.dims,
            )
            for spec in specs
        ]

    config = model_config_pb2.ModelConfig(
        name=model_name,
        platform=_PLATFORM,
        max_batch_size=triton.max_batch_size,
        input=tensors(signature.inputs, model_config_pb2.ModelInput),
        output=tensors(signature.outputs, model_config_pb2.ModelOutput),
        instance_group=[
            model_config_pb2.ModelInstanceGroup(
                count=group.count,
                kind=model_config_pb2.ModelInstanceGroup.Kind.Value(group.kind),
                gpus=group.gpus,
            )
            for group in triton.instance_group
        ],
    )
    if triton.dynamic_batching is not None:
        config.dynamic_batching.SetInParent()
        config.dynamic_batching.preferred_batch_size.extend(triton.dynamic_batching.preferred_batch_size)
        config.dynamic_batching.max_queue_delay_microseconds = (
            triton.dynamic_batching.max_queue_delay_microseconds
        )
    return render_config_pbtxt(config)
