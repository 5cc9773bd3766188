"""The file of a Python-backend model in its folder."""

from pathlib import Path
from typing import TYPE_CHECKING

from model_packaging.layout.model_formats import MODEL_FORMATS

if TYPE_CHECKING:
    from tritonclient.grpc.model_config_pb2 import ModelConfig

__all__ = ["python_model_text"]

_BYTES_MAXIMUM = 1 << 20
"""Of a file that is read; what people write is a few kilobytes."""


def python_model_text(folder: Path, config: "ModelConfig") -> str:
    """Return the text of the newest version's file; nothing where the model is of another backend.

    Nothing, too, where the file is missing: a rule says so.
    """
    python = MODEL_FORMATS["python"]
    if config.backend != python.served_by:
        return ""
    versions = [path for path in folder.iterdir() if path.is_dir() and path.name.isdecimal()]
    newest = max(versions, key=lambda path: int(path.name), default=folder)
    path = newest / (config.default_model_filename or python.file_name)
    if not path.is_file():
        return ""
    with path.open("rb") as file:
        return file.read(_BYTES_MAXIMUM).decode("utf-8", errors="replace")
