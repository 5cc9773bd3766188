"""One model: what is exported, which server serves it, in which container."""

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from spec._base import SpecModel, text
from spec.acknowledgments import Acknowledgments
from spec.container import Container
from spec.export import Export
from spec.pytorch import PyTorchServing
from spec.triton import TritonModelConfig
from spec.triton_instances import InstanceGroup

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
    """One model and the container that serves it; exactly one of ``triton`` and ``pytorch`` is given."""

    model_config = ConfigDict(
        json_schema_extra={
            "oneOf": [
                {"required": [layout], "patternProperties": {f"^{layout}$": {"type": "object"}}}
                for layout in ("triton", "pytorch")
            ]
        }
    )

    export: Export = Field(description="Where the module comes from and how it is exported.")
    triton: TritonModelConfig | None = Field(
        default=None,
        description="How Triton serves it. Default: not by Triton, then `pytorch` must say how it is served.",
    )
    pytorch: PyTorchServing | None = Field(
        default=None,
        description="How a SageMaker PyTorch image serves it. Default: not by one, then `triton` must say "
        "how it is served.",
    )
    container: Container = Field(
        default_factory=Container,
        description="The serving container. Default: AWS's image of the default release, Triton's or "
        "PyTorch's.",
    )
    tolerance: Tolerance = Field(
        default_factory=Tolerance,
        description="How far an answer may be from eager PyTorch's in every comparison. "
        "Default: 1e-5 absolute, 1e-4 relative.",
    )
    acknowledge: Acknowledgments = Field(default_factory=dict)

    @property
    def layout(self) -> Literal["triton", "pytorch"]:
        """What lies where in the artifact: a Triton repository, or what SageMaker's PyTorch images read."""
        return "pytorch" if self.pytorch is not None else "triton"

    @property
    def max_batch_size(self) -> int:
        """The largest batch; 0 where the model has no batch dimension."""
        serving = self.triton if self.triton is not None else self.pytorch
        return serving.max_batch_size if serving is not None else 0

    @property
    def instance_groups(self) -> tuple[InstanceGroup, ...]:
        """What Triton runs the model on, as declared; none in another layout."""
        return self.triton.instance_group if self.triton is not None else ()

    def canonical_document(self) -> dict[str, Any]:
        """Return what decides the artifact and its recorded samples, defaults filled in, as JSON can hold it.

        The container, the acknowledgments and the model's place in the file are no part of it: they change
        how an artifact is served or judged, not its bytes.
        """
        document = self.model_dump(mode="json", by_alias=True, include={self.layout, "tolerance"})
        document["export"] = self.export.canonical_document()
        if self.triton is not None and self.layout == "triton":
            document["triton"] = self.triton.canonical_document()
        return document
