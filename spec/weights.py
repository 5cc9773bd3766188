"""Weights of one's own, loaded into the module that a factory makes."""

from typing import Annotated

from pydantic import Field

from spec._base import SpecModel, text

__all__ = ["Weights"]

_PART = r"[A-Za-z0-9_][A-Za-z0-9_.-]*"
WeightsFile = Annotated[
    str,
    text(
        rf"^({_PART}/)*{_PART}\.(safetensors|pt|pth|bin)$",
        allowed="a file of the project, relative to its root, that ends in .safetensors, or in .pt, .pth or "
        ".bin for a state dict of torch.save, such as weights/classifier.safetensors",
        maximum=512,
    ),
]
Sha256 = Annotated[
    str,
    text(r"^[0-9a-f]{64}$", allowed="64 lower-case hexadecimal digits, as sha256sum prints them", maximum=64),
]


class Weights(SpecModel):
    """A file of weights, held to its digest: another file under the same name is an error."""

    from_: WeightsFile = Field(
        alias="from",
        description="The file, relative to the project's root: safetensors, or a state dict of torch.save, "
        "which is scanned first and may hold nothing but tensors.",
    )
    sha256: Sha256 = Field(
        description="The file's digest, in quotes. It is part of the build key, the file's date is not."
    )

    @property
    def is_safetensors(self) -> bool:
        """Whether the file is of safetensors; otherwise it is a state dict of torch.save."""
        return self.from_.endswith(".safetensors")
