"""A model file that was made elsewhere."""

from typing import Annotated, Literal, cast

from pydantic import Field

from spec._base import SpecModel
from spec.addresses import Sha256, file_address

__all__ = ["ModelFile", "ModelFileFormat"]

ModelFileFormat = Literal["torchscript", "onnx", "tensorrt"]

_FORMATS = {".pt": "torchscript", ".onnx": "onnx", ".plan": "tensorrt"}
FileAddress = Annotated[
    str,
    file_address(
        "pt",
        "onnx",
        "plan",
        allowed="a .pt, .onnx or .plan: a file of the project such as weights/model.onnx, "
        "s3://bucket/key.onnx, or hf://owner/name@revision/model.onnx",
    ),
]


class ModelFile(SpecModel):
    """A TorchScript, ONNX or TensorRT file, held to its digest; it is packed as it is."""

    from_: FileAddress = Field(
        alias="from",
        description="Where it is: in the project, in Amazon S3, or on a hub at a revision. Its suffix says "
        "the format: .pt TorchScript, .onnx ONNX, .plan a TensorRT plan.",
    )
    sha256: Sha256 = Field(description="The file's digest, in quotes; another file there is an error.")

    @property
    def format(self) -> ModelFileFormat:
        """What its suffix says."""
        return cast("ModelFileFormat", _FORMATS[self.from_[self.from_.rindex(".") :]])
