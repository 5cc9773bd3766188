"""What a model's config.pbtxt holds: what the deployment file says, and what was observed on the model.

Sections of the deployment file carry the names of Triton's own message (common/protobuf/model_config.proto),
so they become it as they are. Only what the file leaves to the model is filled in here.
"""

from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import Any

from model_packaging.artifact.config_pbtxt import render_config_pbtxt
from model_packaging.artifact.signature import Signature, TensorSpec
from model_packaging.layout.model_formats import MODEL_FORMATS
from spec import Ensemble, TritonModelConfig

__all__ = ["config_pbtxt_of"]


def config_pbtxt_of(
    model_name: str,
    triton: TritonModelConfig,
    signature: Signature,
    model_format: str = "torchscript",
    ensemble: Ensemble | None = None,
) -> str:
    """Return the text of the model's config.pbtxt.

    Args:
        model_name: also the folder's name, which Triton wants equal.
        triton: what the deployment file says.
        signature: what was observed or declared; of TorchScript, an output's place is in its name
            (``OUTPUT__<index>``), an input's name is forward's argument.
        model_format: in the manifest's words; it decides what serves the model.
        ensemble: the steps, of an ensemble.
    """
    from google.protobuf import json_format  # noqa: PLC0415 - 0.16 s, see artifact.config_pbtxt
    from tritonclient.grpc import model_config_pb2  # noqa: PLC0415 - as above

    inputs, outputs = _request_tensors(triton, signature)
    document = triton.model_dump(mode="json", by_alias=True, exclude_none=True)
    labels = {name: PurePosixPath(file).name for name, file in document.pop("label_filename").items()}
    served = MODEL_FORMATS[model_format]
    if ensemble is not None:
        document["ensemble_scheduling"] = ensemble.model_dump(mode="json")
    document |= {
        "name": model_name,
        served.key: served.served_by,
        "input": [_tensor(each) for each in inputs],
        "output": [
            {**_tensor(each), **({"label_filename": labels[each.name]} if each.name in labels else {})}
            for each in outputs
        ],
        "parameters": {key: {"string_value": value} for key, value in triton.parameters.items()},
        "model_warmup": [_warmup(each, inputs) for each in document["model_warmup"]],
    }
    return render_config_pbtxt(json_format.ParseDict(document, model_config_pb2.ModelConfig()))


def _request_tensors(
    triton: TritonModelConfig, signature: Signature
) -> tuple[tuple[TensorSpec, ...], tuple[TensorSpec, ...]]:
    """Return the inputs and outputs of a request: without what Triton itself fills and keeps.

    Source: Triton, stateful models, control inputs and implicit state management.
    """
    sequences = triton.sequence_batching
    if sequences is None:
        return signature.inputs, signature.outputs
    filled = {each.name for each in sequences.control_input} | {each.input_name for each in sequences.state}
    kept = {each.output_name for each in sequences.state}
    return _without(signature.inputs, filled), _without(signature.outputs, kept)


def _without(tensors: Iterable[TensorSpec], names: set[str]) -> tuple[TensorSpec, ...]:
    return tuple(each for each in tensors if each.name not in names)


def _tensor(tensor: TensorSpec) -> dict[str, Any]:
    return {"name": tensor.name, "data_type": _data_type(tensor), "dims": list(tensor.dims)}


def _data_type(tensor: TensorSpec) -> str:
    """Return Triton's name of a KServe v2 data type (Triton, model configuration, datatypes)."""
    return "TYPE_STRING" if tensor.datatype == "BYTES" else f"TYPE_{tensor.datatype}"


def _warmup(said: dict[str, Any], inputs: Iterable[TensorSpec]) -> dict[str, Any]:
    """Return a warm-up request with data for every input; inputs that the model lacks stay, as a rule's.

    Its batch size is 1 without a batch dimension, too: Triton skips one of 0.
    """
    data = dict(said["inputs"])
    for tensor in inputs:
        observed = {"data_type": _data_type(tensor), "dims": list(tensor.dims)}
        data[tensor.name] = {**observed, **data.get(tensor.name, {})}
    for each in data.values():
        if "random_data" not in each:
            each["zero_data"] = True
    return {"batch_size": 1, **said, "inputs": data}
