"""A factory of eager PyTorch modules, by name and arguments."""

import math
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from spec._base import Distinct, Items, SpecModel, text
from spec.addresses import ProjectFile
from spec.weights import Weights

__all__ = ["Arguments", "Factory", "FactoryName", "Scalar"]


@dataclass(frozen=True, slots=True)
class _OneScalar:
    """Annotation: a value without parts, kept exactly as the file has it."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:  # noqa: ANN401 - pydantic's protocol
        """Replace the union's validator, whose errors would name each of its members."""
        return core_schema.no_info_plain_validator_function(self._check)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Say the same to editors."""
        return {"type": ["string", "number", "boolean", "null"]}

    def _check(self, value: object) -> object:
        finite = not isinstance(value, float) or math.isfinite(value)
        if finite and (value is None or isinstance(value, str | int | float)):
            return value
        raise PydanticCustomError("not_a_scalar", "not a scalar")


Scalar = Annotated[str | int | float | bool | None, _OneScalar()]
"""A string, a finite number, true, false or null."""

_NAME = "[A-Za-z_][A-Za-z0-9_]*"
FactoryName = Annotated[
    str,
    text(
        rf"^{_NAME}(\.{_NAME})*:{_NAME}$",
        allowed="module:factory, such as examples.vision:classifier",
        maximum=256,
    ),
]
ArgumentName = Annotated[str, text(rf"^{_NAME}$", allowed="the name of a Python parameter", maximum=128)]
Arguments = dict[ArgumentName, Scalar]


_PLACES_OF_WEIGHTS: dict[str, Any] = {
    "weights": {"from_"},
    "versions": {"__all__": {"weights": {"from_"}}},
}
"""An export's versions have weights, too."""


class Factory(SpecModel):
    """Where an eager PyTorch module comes from."""

    from_: FactoryName = Field(
        alias="from",
        description="module:factory. The factory returns the torch.nn.Module and a sample(batch, generator) "
        "of its inputs; the module is imported with the project's folder on the path.",
    )
    arguments: Arguments = Field(
        default_factory=dict,
        description="Keyword arguments of the factory: strings, numbers, true, false or null. "
        "Default: none, the factory is called without arguments.",
    )
    weights: Weights | None = Field(
        default=None,
        description="Weights that replace those of the factory's module: every parameter and buffer, and "
        "nothing else. Default: the module keeps what the factory gives it.",
    )
    files: Annotated[Items[ProjectFile], Distinct()] = Field(
        default=(),
        description="Data files of the project that the factory reads, such as a vocabulary: a changed one "
        "builds the model again. Default: none, only source files are watched.",
    )

    def canonical_document(self) -> dict[str, Any]:
        """Return what is said here as JSON can hold it.

        Keys that models were first packaged without are there only where they say something: so a key that
        becomes sayable rebuilds no model. Where weights lie is no part of it: their digest says which.
        """
        document = self.model_dump(
            mode="json", by_alias=True, exclude_defaults=True, exclude=_PLACES_OF_WEIGHTS
        )
        return {**document, "arguments": dict(self.arguments)}
