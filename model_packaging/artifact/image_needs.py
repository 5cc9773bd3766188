"""What an archive asks of the image that serves it; deployment rules compare it with the chosen release."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from model_packaging.artifact.config_pbtxt import parse_config_pbtxt
from model_packaging.artifact.errors import ConfigPbtxtError
from model_packaging.artifact.onnx_signature import OnnxSignature
from model_packaging.artifact.python_syntax import OLDEST_MINOR, needed_python_minor

if TYPE_CHECKING:
    from model_packaging.artifact.inspection import ArtifactInspection

__all__ = ["ImageNeeds", "image_needs"]

_STUB = "triton_python_backend_stub"
"""A file of this name in the model's folder runs it in a Python of its own (Python backend, README)."""

_ONNX_RUNTIME = ("onnxruntime", "onnxruntime_onnx")
_BACKEND_OF_PLATFORM = {"tensorflow_graphdef": "tensorflow", "tensorflow_savedmodel": "tensorflow"}


@dataclass(frozen=True, slots=True)
class ImageNeeds:
    """The newest of everything that the models of one archive need.

    Attributes:
        config_fields: of Triton's model_config.proto that config.pbtxt uses, such as ``ModelConfig.runtime``,
            sorted.
        backends: that are named, by the backend's or TensorFlow's platform's name, and that no file of the
            model's folder brings, sorted.
        onnx_opset: version of ONNX's own operators; 0 without an ONNX model that Triton's ONNX Runtime reads:
            what a Python model does with one of its own is not known.
        onnx_ir: version of the ONNX file's format; 0 likewise.
        python_minor: of Python 3, by the syntax of Python models; 0 where any will do.
    """

    config_fields: tuple[str, ...] = ()
    backends: tuple[str, ...] = ()
    onnx_opset: int = 0
    onnx_ir: int = 0
    python_minor: int = 0

    @classmethod
    def of_document(cls, document: Mapping[str, Any]) -> "ImageNeeds":
        """Return what ``dataclasses.asdict`` gave, read back from JSON.

        Raises:
            KeyError: a field is missing.
        """
        return cls(
            config_fields=tuple(document["config_fields"]),
            backends=tuple(document["backends"]),
            onnx_opset=document["onnx_opset"],
            onnx_ir=document["onnx_ir"],
            python_minor=document["python_minor"],
        )


def image_needs(models: Iterable["ArtifactInspection"]) -> ImageNeeds:
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
