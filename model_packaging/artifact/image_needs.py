"""What an archive asks of the image that serves it, as its manifest records it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["ImageNeeds"]


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
