"""Lays out what SageMaker's PyTorch images read: the model, its entry point, and what that needs installed.

Layout: SageMaker Python SDK, "Using PyTorch with the SageMaker Python SDK", "Model Directory Structure".
"""

from collections.abc import Iterator
from pathlib import Path

from model_packaging.artifact.layout import ENTRY_POINT_PATH, REQUIREMENTS_PATH, TORCHSCRIPT_PATH
from model_packaging.errors import LayoutError
from spec import PyTorchServing

__all__ = [
    "DEFAULT_ENTRY_POINT",
    "declared_files",
    "torchscript_path",
    "write_entry_point",
]

DEFAULT_ENTRY_POINT = '''"""Loads the TorchScript model; the toolkit's own functions do the rest."""

import os

import torch


def model_fn(model_dir):
    """Return the model on the GPU where there is one, else on the CPU."""
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    return torch.jit.load(os.path.join(model_dir, "model.pt"), map_location=device).eval()
'''
"""What the standard images need besides ``model.pt``, in words that the oldest one's Python takes, too."""

_EMPTY_ENTRY_POINT = ""
_FILE_FIX = "correct the path, which starts from the project's root, or remove the key."


def torchscript_path(root: Path) -> Path:
    """Return where the model file lies below ``root``."""
    return root / TORCHSCRIPT_PATH


def declared_files(serving: PyTorchServing, project_root: Path) -> Iterator[tuple[str, Path]]:
    """Yield the project's files that become part of the archive: where there, and from where.

    Raises:
        LayoutError: one is missing.
    """
    declared = {
        "entry_point": (serving.entry_point, ENTRY_POINT_PATH),
        "requirements": (serving.requirements, REQUIREMENTS_PATH),
    }
    for key, (path, place) in declared.items():
        if path is None:
            continue
        source = project_root / path
        if not source.is_file():
            raise LayoutError(f"pytorch.{key} is {path!r}, and the project has no such file.", _FILE_FIX)
        yield place, source


def write_entry_point(root: Path, serving: PyTorchServing, project_root: Path) -> str:
    """Write everything but the model below ``root``, and return the text of the entry point.

    Raises:
        LayoutError: a file that the section names is missing, or the entry point is no UTF-8 text.
    """
    files = {
        ENTRY_POINT_PATH: (_EMPTY_ENTRY_POINT if serving.default_handlers else DEFAULT_ENTRY_POINT).encode()
    }
    files |= {place: source.read_bytes() for place, source in declared_files(serving, project_root)}
    for place, content in files.items():
        (root / place).parent.mkdir(parents=True, exist_ok=True)
        (root / place).write_bytes(content)
    try:
        return files[ENTRY_POINT_PATH].decode()
    except UnicodeDecodeError as error:
        raise LayoutError(
            f"pytorch.entry_point is {serving.entry_point!r}, which is no UTF-8 text ({error}).",
            "save it as UTF-8.",
        ) from error
