"""One model: what is exported, how Triton serves it, in which container."""

from typing import Annotated, Any

from pydantic import Field

from spec._base import SpecModel, text
from spec.acknowledgments import Acknowledgments
from spec.container import Container
from spec.export import Export
from spec.triton import TritonModelConfig

__all__ = ["Model", "ModelName", "Tolerance"]

ModelName = Annotated[
    str,
    text(
        r"^[A-Za-z0-9][A-Za-z0-9_-]*$",
        allowed="the model's name in Triton: letters, digits, _ and -, a letter or digit first",
        maximum=63,
    ),
]
"""A model's key: its name in requests, the folder in the Triton repository and in ``build/``."""


class Tolerance(SpecModel):
    """How far an answer may be from eager PyTorch's: absolute + relative * |eager|."""

    absolute: float = Field(default=1e-5, ge=0, description="Default: 1e-5.")
    relative: float = Field(default=1e-4, ge=0, description="Default: 1e-4.")


class Model(SpecModel):
    """One model and the container that serves it."""

    export: Export = Field(description="Where the module comes from and how it is exported.")
    triton: TritonModelConfig = Field(description="How Triton serves it.")
    container: Container = Field(
        default_factory=Container,
        description="The serving container. Default: AWS's Triton image of the default release.",
    )
    tolerance: Tolerance = Field(
        default_factory=Tolerance,
        description="How far an answer may be from eager PyTorch's in every comparison. "
        "Default: 1e-5 absolute, 1e-4 relative.",
    )
    acknowledge: Acknowledgments = Field(default_factory=dict)

    def canonical_document(self) -> dict[str, Any]:
        """Return what decides the artifact and its recorded samples, defaults filled in, as JSON can hold it.

        The container, the acknowledgments and the model's place in the file are no part of it: they change
        how an artifact is served or judged, not its bytes.
        """
        return self.model_dump(mode="json", by_alias=True, include={"export", "triton", "tolerance"})
