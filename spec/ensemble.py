"""An ensemble: models whose tensors are connected inside Triton."""

from typing import Annotated

from pydantic import Field

from spec._base import Items, SpecModel
from spec._triton_values import INT32_MAXIMUM, TensorName
from spec.model_name import ModelName

__all__ = ["Ensemble", "EnsembleStep"]


class EnsembleStep(SpecModel):
    """One execution of a model within an ensemble (Triton, model configuration, ensemble scheduling)."""

    model_name: ModelName = Field(description="A model of this file; it is packed beside the ensemble.")
    model_version: Annotated[int, Field(ge=-1, le=INT32_MAXIMUM)] = Field(
        default=-1, description="Default: -1, the newest that is served."
    )
    input_map: dict[TensorName, TensorName] = Field(
        min_length=1, description="The model's inputs, each with the ensemble's tensor that fills it."
    )
    output_map: dict[TensorName, TensorName] = Field(
        min_length=1, description="The model's outputs, each with the ensemble's tensor that it fills."
    )


class Ensemble(SpecModel):
    """The steps of an ensemble, in no order: a step runs as soon as its tensors are there."""

    step: Items[EnsembleStep] = Field(min_length=1, description="At least one.")

    @property
    def members(self) -> tuple[str, ...]:
        """The models it is made of, each once."""
        return tuple(dict.fromkeys(each.model_name for each in self.step))
