"""How a model leaves PyTorch."""

import math
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from spec._base import SpecModel, text

__all__ = ["Export", "Scalar"]


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


class Export(SpecModel):
    """Where the PyTorch module comes from and how it becomes a file that a server can load."""

    from_: FactoryName = Field(
        alias="from",
        description="module:factory. The factory returns the torch.nn.Module and a sample(batch, generator) "
        "of its inputs; the module is imported with the project's folder on the path.",
    )
    arguments: dict[ArgumentName, Scalar] = Field(
        default_factory=dict,
        description="Keyword arguments of the factory: strings, numbers, true, false or null. "
        "Default: none, the factory is called without arguments.",
    )
    to: Literal["torchscript"] = Field(
        description="The format: torchscript, served by Triton's pytorch_libtorch platform."
    )
    how: Literal["trace", "script"] = Field(
        description="trace records the operations of one call, so that Python control flow is frozen as the "
        "sample took it; script compiles forward() with its control flow (PyTorch documentation, "
        "TorchScript)."
    )
