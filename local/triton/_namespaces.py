"""Puts archives' models beside each other into one repository, each archive's under names of its own.

SageMaker's frontend registers every archive as a repository, and Triton keeps their models apart as
namespaces (``--model-namespacing``). Registering takes Triton's C API; over HTTP there is none, but under
names of their own the same models load from one repository.
"""

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from local.triton.overlay import CONFIG_FILE_NAME, Overlay, config_for_cpu
from model_packaging.artifact.config_text import ConfigTextError, Message, Scalar, parse_config_text

__all__ = ["member_name", "place_model", "triton_name"]

_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")
"""What may stand in a folder's name and, since KServe's paths are not unquoted, in a path."""


def triton_name(target: str) -> str:
    """Return the model name that stands for a target model, and for no other: itself, if it is plain."""
    name = "".join(c if c in _PLAIN else "".join(f"~{byte:02X}" for byte in c.encode()) for c in target)
    return name.replace(".", "~2E") if set(name) == {"."} else name


def member_name(name: str, member: str) -> str:
    """Return the name of an ensemble's member in the namespace of the model called ``name``."""
    return f"{name}::{member}"


def place_model(folder: Path, repository: Path, name: str, members: Mapping[str, str]) -> tuple[Overlay, ...]:
    """Put the model in ``folder`` into ``repository`` as ``name``; what is there under that name goes.

    Args:
        folder: of the model; it is read, never written.
        repository: which Triton serves.
        name: what it is to be called.
        members: what the models that its ensemble steps name are called there.

    Returns:
        What is served differently, for want of a GPU.
    """
    placed = repository / name
    shutil.rmtree(placed, ignore_errors=True)
    placed.mkdir(parents=True)
    overlays: tuple[Overlay, ...] = ()
    for entry in folder.iterdir():
        if entry.name != CONFIG_FILE_NAME:
            (placed / entry.name).symlink_to(entry.resolve())
            continue
        text = entry.read_text(encoding="utf-8", errors="surrogateescape")
        text, overlays = config_for_cpu(text, folder.name)
        text = _renamed(text, name, members)
        (placed / CONFIG_FILE_NAME).write_text(text, encoding="utf-8", errors="surrogateescape")
    return overlays


def _renamed(text: str, name: str, members: Mapping[str, str]) -> str:
    try:
        config = parse_config_text(text)
    except ConfigTextError:
        return text  # Triton says best what is wrong with it
    edits = [(scalar, name) for scalar in config.scalars("name")]
    edits += [(scalar, members[scalar.string]) for scalar in _step_models(config) if scalar.string in members]
    for scalar, new in sorted(edits, key=lambda edit: edit[0].start, reverse=True):
        text = f'{text[: scalar.start]}"{new}"{text[scalar.end :]}'
    return text


def _step_models(config: Message) -> Iterator[Scalar]:
    for scheduling in config.messages("ensemble_scheduling"):
        for step in scheduling.messages("step"):
            yield from step.scalars("model_name")
