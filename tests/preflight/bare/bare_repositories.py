"""Repositories and archives for the tests of bare artifacts: whole files in memory, written where they go."""

import io
import tarfile
import warnings
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import torch

__all__ = ["CONFIG", "archive", "config", "folder", "repository", "torchscript"]


def config(name: str = "classifier", platform: str = "pytorch_libtorch", more: str = "") -> bytes:
    """The text of a config.pbtxt that ``torchscript()`` fits."""
    return f"""\
name: "{name}"
platform: "{platform}"
max_batch_size: 8
input [ {{ name: "input" data_type: TYPE_FP32 dims: [ 4 ] }} ]
output [ {{ name: "OUTPUT__0" data_type: TYPE_FP32 dims: [ 3 ] }} ]
{more}""".encode()


CONFIG = config()


@lru_cache
def torchscript() -> bytes:
    """A TorchScript file, as torch writes it."""
    file = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        scripted = torch.jit.script(torch.nn.Linear(4, 3))
        torch.jit.save(scripted, file)
    return file.getvalue()


def repository(name: str = "classifier") -> dict[str, bytes]:
    """A repository of one model, with nothing wrong in it."""
    return {f"{name}/config.pbtxt": config(name), f"{name}/1/model.pt": torchscript()}


def folder(path: Path, files: Mapping[str, bytes]) -> Path:
    """Write ``files`` below ``path``, and return it."""
    path.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(content)
    return path


def archive(path: Path, files: Mapping[str, bytes]) -> Path:
    """Pack ``files`` at ``path``, and return it."""
    with tarfile.open(path, "w:gz", compresslevel=1) as packed:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            packed.addfile(member, io.BytesIO(content))
    return path
