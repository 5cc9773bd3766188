"""What all parts of the schema have in common."""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler, GetJsonSchemaHandler, Strict
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

__all__ = ["Distinct", "Item", "Items", "OneOf", "SpecModel", "text"]

Item = TypeVar("Item")
Items = Annotated[tuple[Item, ...], Strict(strict=False)]
"""A list in YAML, a tuple in Python; the items stay as strict as everything else."""


class SpecModel(BaseModel):
    """A section of a deployment file: no unknown keys, no conversion of values, never changed once read."""

    # defer_build: Deployment compiles one validator for the whole tree; its parts need none of their own.
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False, defer_build=True)


def text(pattern: str, *, allowed: str, maximum: int) -> Any:  # noqa: ANN401 - as pydantic's Field
    """Return the annotation of a string that matches ``pattern`` and has at most ``maximum`` characters.

    Args:
        pattern: anchored, in the syntax that ECMA 262, Python and Rust share, so that the JSON Schema and the
            loader agree.
        allowed: the pattern in words; editors and our own messages show it instead of the pattern.
        maximum: in Unicode characters.
    """
    return Field(pattern=pattern, max_length=maximum, json_schema_extra={"patternErrorMessage": allowed})


@dataclass(frozen=True, slots=True)
class OneOf:
    """Annotation: the value is one of the names or numbers that ``options`` returns when first needed."""

    options: Callable[[], Iterable[str | int]]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:  # noqa: ANN401 - pydantic's protocol
        """Check the value after its type."""
        return core_schema.no_info_after_validator_function(self._check, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Show the options to editors."""
        return {**handler(schema), "enum": list(self.options())}

    def _check(self, value: str | int) -> str | int:
        if value not in tuple(self.options()):
            raise PydanticCustomError("not_one_of", "not one of the options")
        return value


@dataclass(frozen=True, slots=True)
class Distinct:
    """Annotation: no item of the list stands in it twice."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:  # noqa: ANN401 - pydantic's protocol
        """Check the items after their types."""
        return core_schema.no_info_after_validator_function(self._check, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Say the same to editors."""
        return {**handler(schema), "uniqueItems": True}

    def _check(self, items: tuple[Hashable, ...]) -> tuple[Hashable, ...]:
        repeated = [item for index, item in enumerate(items) if item in items[:index]]
        if repeated:
            raise PydanticCustomError("repeated_item", "repeated", {"repeated": repeated[0]})
        return items
