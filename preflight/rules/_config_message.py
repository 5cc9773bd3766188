"""A config.pbtxt as Triton's whole message, for rules about fields that ``TritonConfig`` does not carry."""

from functools import lru_cache
from typing import Any

from model_packaging.artifact.config_pbtxt import parse_config_pbtxt
from model_packaging.artifact.errors import ConfigPbtxtError
from model_packaging.artifact.inspection import ArtifactInspection
from preflight.rules._triton_config import config_path_of

__all__ = ["ENSEMBLE", "enum_name", "message_of"]

ENSEMBLE = "ensemble"
"""The platform of a model that only joins others (Triton core, src/constants.h)."""


def message_of(artifact: ArtifactInspection) -> Any | None:  # noqa: ANN401 - protobuf's classes ship no types
    """Return the model's ``inference.ModelConfig``, to be read only.

    None where the file is missing or can't be read: rules SEA102 and SEA201 say so.
    """
    wanted = config_path_of(artifact)
    if not any(record.path == wanted for record in artifact.files):
        return None
    return _parse(artifact.config_pbtxt)


def enum_name(message: Any, field: str) -> str:  # noqa: ANN401 - protobuf's classes ship no types
    """Return the name of an enum's value, or the number as text where the schema has no name for it."""
    number = getattr(message, field)
    value = message.DESCRIPTOR.fields_by_name[field].enum_type.values_by_number.get(number)
    return str(number) if value is None else str(value.name)


@lru_cache(maxsize=1024)
def _parse(text: str) -> Any | None:  # noqa: ANN401 - protobuf's classes ship no types
    try:
        return parse_config_pbtxt(text)
    except ConfigPbtxtError:
        return None
