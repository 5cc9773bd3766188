"""The key of a model under ``models``."""

from typing import Annotated

from spec._base import text

__all__ = ["ModelName"]

ModelName = Annotated[
    str,
    text(
        r"^[A-Za-z0-9][A-Za-z0-9_-]*$",
        allowed="the model's name in Triton: letters, digits, _ and -, a letter or digit first",
        maximum=63,
    ),
]
"""A model's key: its name in requests, the folder in the Triton repository and in ``build/``."""
