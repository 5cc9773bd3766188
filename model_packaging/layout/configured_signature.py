"""The signature that a model's own config.pbtxt declares; of an ONNX model, what Triton completes from it.

Source: Triton, model configuration, auto-generated model configuration; onnxruntime_backend, README.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from model_packaging.artifact.errors import ArtifactError
from model_packaging.artifact.onnx_signature import OnnxTensor, read_onnx_signature
from model_packaging.artifact.signature import Signature, TensorSpec
from model_packaging.errors import LayoutError
from model_packaging.layout.model_formats import MODEL_FORMATS

if TYPE_CHECKING:
    from tritonclient.grpc.model_config_pb2 import ModelConfig, ModelInput, ModelOutput

__all__ = ["configured_signature"]

_ONNX = MODEL_FORMATS["onnx"]


def configured_signature(config: "ModelConfig", folder: Path) -> Signature:
    """Return what the model in ``folder`` takes and gives, as its configuration says.

    Args:
        config: of its config.pbtxt.
        folder: the model's; its file is read where the configuration leaves tensors out.

    Raises:
        LayoutError: the configuration leaves out what only Triton can find in the model.
    """
    batched = config.max_batch_size > 0
    if config.input and config.output:
        inputs, outputs = tuple(map(_tensor, config.input)), tuple(map(_tensor, config.output))
        return Signature(inputs, outputs, batched=batched)
    if config.platform != _ONNX.served_by and config.backend != "onnxruntime":
        raise _incomplete(folder, "only Triton finds them in this kind of model")
    found = _onnx_file(config, folder)
    try:
        read = read_onnx_signature(found)
    except ArtifactError as error:
        raise _incomplete(folder, f"they can't be read from {found.name} ({error})") from error
    tensors = (*read.inputs, *read.outputs)
    if any(not each.datatype or not each.shape for each in tensors):
        raise _incomplete(folder, f"{found.name} does not say all types and shapes")
    if not batched and all(each.shape[0] < 0 for each in tensors):
        raise _incomplete(folder, "without max_batch_size Triton chooses one by itself")
    return Signature(
        inputs=tuple(map(_tensor, config.input)) or _completed(read.inputs, batched=batched),
        outputs=tuple(map(_tensor, config.output)) or _completed(read.outputs, batched=batched),
        batched=batched,
    )


def _tensor(tensor: "ModelInput | ModelOutput") -> TensorSpec:
    values = tensor.DESCRIPTOR.fields_by_name["data_type"].enum_type.values_by_number
    datatype = values[tensor.data_type].name.removeprefix("TYPE_")
    return TensorSpec(
        tensor.name,
        "BYTES" if datatype == "STRING" else datatype,
        tuple(tensor.dims),
        # Outputs have no such field.
        optional=getattr(tensor, "optional", False),
    )


def _completed(tensors: tuple[OnnxTensor, ...], *, batched: bool) -> tuple[TensorSpec, ...]:
    return tuple(
        TensorSpec(each.name, each.datatype, each.shape[1:] if batched else each.shape) for each in tensors
    )


def _onnx_file(config: "ModelConfig", folder: Path) -> Path:
    versions = [path for path in folder.iterdir() if path.is_dir() and path.name.isdecimal()]
    newest = max(versions, key=lambda path: int(path.name), default=folder)
    return newest / (config.default_model_filename or _ONNX.file_name)


def _incomplete(folder: Path, why: str) -> LayoutError:
    return LayoutError(
        f"{folder.name}/config.pbtxt leaves out inputs or outputs, and {why}.",
        "write them, and max_batch_size, into config.pbtxt.",
    )
