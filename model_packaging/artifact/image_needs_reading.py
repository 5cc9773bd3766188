"""Reads off an archive what it asks of its image; deployment rules compare that with a release."""

from collections.abc import Iterable, Iterator
from typing import Any

from model_packaging.artifact.config_pbtxt import parse_config_pbtxt
from model_packaging.artifact.errors import ConfigPbtxtError
from model_packaging.artifact.image_needs import ImageNeeds
from model_packaging.artifact.inspection import ArtifactInspection
from model_packaging.artifact.onnx_signature import OnnxSignature
from model_packaging.artifact.python_syntax import OLDEST_MINOR, needed_python_minor

__all__ = ["image_needs"]

_STUB = "triton_python_backend_stub"
"""A file of this name in the model's folder runs it in a Python of its own (Python backend, README)."""

_ONNX_RUNTIME = ("onnxruntime", "onnxruntime_onnx")
_BACKEND_OF_PLATFORM = {"tensorflow_graphdef": "tensorflow", "tensorflow_savedmodel": "tensorflow"}


def image_needs(models: Iterable[ArtifactInspection]) -> ImageNeeds:
    """Return what the models of one archive need together."""
    config_fields: set[str] = set()
    backends: set[str] = set()
    opset, ir, python = 0, 0, 0
    for model in models:
        config = _config(model.config_pbtxt)
        names = {record.path.rpartition("/")[2] for record in model.files}
        if config is not None:
            config_fields.update(_used_fields(config))
            backend = config.backend or _BACKEND_OF_PLATFORM.get(config.platform, "")
            if backend and f"libtriton_{backend}.so" not in names:
                backends.add(backend)
        for reading in model.model_files if _is_for_onnx_runtime(config) else ():
            if isinstance(reading.found, OnnxSignature):
                opset, ir = max(opset, reading.found.opset), max(ir, reading.found.ir_version)
        if model.python_model and _STUB not in names:
            minor = needed_python_minor(model.python_model)
            python = max(python, minor if minor > OLDEST_MINOR else 0)
    return ImageNeeds(tuple(sorted(config_fields)), tuple(sorted(backends)), opset, ir, python)


def _config(text: str) -> Any | None:  # noqa: ANN401 - protobuf's generated classes ship no types
    try:
        return parse_config_pbtxt(text) if text else None
    except ConfigPbtxtError:
        return None


def _is_for_onnx_runtime(config: Any | None) -> bool:  # noqa: ANN401 - see _config
    """Say whether ONNX Runtime's backend reads the model's ONNX file: by its name, or by the file's alone."""
    named = (config.backend or config.platform) if config is not None else ""
    return not named or named in _ONNX_RUNTIME


def _used_fields(message: Any) -> Iterator[str]:  # noqa: ANN401 - protobuf's generated classes ship no types
    """Yield the fields that are set, each as ``Message.field``, and those of the messages in them."""
    for field, value in message.ListFields():
        yield f"{message.DESCRIPTOR.name}.{field.name}"
        if field.message_type is None:
            continue
        if field.message_type.GetOptions().map_entry:
            for each in value.values():
                if hasattr(each, "ListFields"):
                    yield from _used_fields(each)
        elif hasattr(value, "ListFields"):
            yield from _used_fields(value)
        else:
            for each in value:
                yield from _used_fields(each)
