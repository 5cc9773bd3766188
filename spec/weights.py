"""Weights of one's own, loaded into the module that a factory makes."""

from typing import Annotated

from pydantic import Field

from spec._base import SpecModel
from spec.addresses import Sha256, file_address

__all__ = ["Weights"]

WeightsFile = Annotated[
    str,
    file_address(
        "safetensors",
        "pt",
        "pth",
        "bin",
        allowed="a file that ends in .safetensors, or in .pt, .pth or .bin for a state dict of torch.save: "
        "of the project such as weights/classifier.safetensors, s3://bucket/key.safetensors, or "
        "hf://owner/name@revision/model.safetensors",
    ),
]


class Weights(SpecModel):
    """A file of weights, held to its digest: another file under the same name is an error."""

    from_: WeightsFile = Field(
        alias="from",
        description="The file, in the project, in Amazon S3 or on a hub at a revision: safetensors, or a "
        "state dict of torch.save, which is scanned first and may hold nothing but tensors.",
    )
    sha256: Sha256 = Field(
        description="The file's digest, in quotes. It is part of the build key, the file's date is not."
    )

    @property
    def is_safetensors(self) -> bool:
        """Whether the file is of safetensors; otherwise it is a state dict of torch.save."""
        return self.from_.endswith(".safetensors")
