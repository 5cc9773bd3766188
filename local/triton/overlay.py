"""Overlays a Triton repository so that a machine without a GPU can serve it, and says so.

A model that asks for a GPU (``instance_group { kind: KIND_GPU }``) would not load on a laptop. The overlay is
a folder of symbolic links into the untouched repository, in which only such a model's config.pbtxt is
rewritten: KIND_GPU becomes KIND_CPU and ``gpus`` is dropped. Comments and line numbers stay as they are.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from model_packaging.artifact.config_text import ConfigTextError, Message, parse_config_text

__all__ = ["CONFIG_FILE_NAME", "Overlay", "config_for_cpu", "overlay_repository"]

CONFIG_FILE_NAME = "config.pbtxt"
_GPU_KINDS = {"KIND_GPU", "1"}  # model_config.proto, ModelInstanceGroup.Kind: KIND_GPU = 1
_KINDS_THAT_TAKE_GPUS = {*_GPU_KINDS, "KIND_AUTO", "0"}  # beside KIND_CPU, `gpus` is the user's error


@dataclass(frozen=True, slots=True)
class Overlay:
    """One value that the laptop serves differently from what the repository says.

    Attributes:
        model: the model's folder in the repository.
        line: in its config.pbtxt, counted from 1.
        declared: the value there, such as ``KIND_GPU``.
        served: the value served instead, such as ``KIND_CPU``; empty where it is left out.
    """

    model: str
    line: int
    declared: str
    served: str

    def __str__(self) -> str:
        served = f"served as {self.served}" if self.served else "left out"
        return f"{self.model}/{CONFIG_FILE_NAME}:{self.line}: {self.declared} is {served} on this machine"


@dataclass(frozen=True, slots=True)
class _Edit:
    start: int
    end: int
    overlay: Overlay


def config_for_cpu(text: str, model: str) -> tuple[str, tuple[Overlay, ...]]:
    """Return the config.pbtxt ``text`` of ``model`` as a machine without a GPU serves it, and what changed.

    A text that breaks the format's syntax comes back as it is: Triton says best what is wrong with it.
    """
    try:
        config = parse_config_text(text)
    except ConfigTextError:
        return text, ()
    edits = [edit for group in config.messages("instance_group") for edit in _edits(group, text, model)]
    for edit in reversed(edits):
        text = text[: edit.start] + edit.overlay.served + text[edit.end :]
    return text, tuple(edit.overlay for edit in edits)


def overlay_repository(repository: Path, destination: Path) -> tuple[Overlay, ...]:
    """Make ``destination`` a repository that serves ``repository`` without a GPU.

    Where nothing changes, ``destination`` is not made: the repository itself can be served.

    Returns:
        What changed.
    """
    rewritten: dict[str, str] = {}
    overlays: list[Overlay] = []
    for config in sorted(repository.glob(f"*/{CONFIG_FILE_NAME}")):
        text = config.read_text(encoding="utf-8", errors="surrogateescape")
        served, changes = config_for_cpu(text, config.parent.name)
        if changes:
            rewritten[config.parent.name] = served
            overlays.extend(changes)
    if rewritten:
        _link(repository, destination, rewritten)
    return tuple(overlays)


def _edits(group: Message, text: str, model: str) -> Iterator[_Edit]:
    kinds = group.scalars("kind")
    if kinds and kinds[-1].text not in _KINDS_THAT_TAKE_GPUS:
        return
    edits = [
        _Edit(kind.start, kind.end, Overlay(model, kind.line, kind.text, "KIND_CPU"))
        for kind in kinds
        if kind.text in _GPU_KINDS
    ]
    for field in group.all("gpus"):
        declared = " ".join(text[field.start : field.end].rstrip(",;").split())
        edits.append(_Edit(field.start, field.end, Overlay(model, field.line, declared, "")))
    yield from sorted(edits, key=lambda edit: edit.start)


def _link(repository: Path, destination: Path, rewritten: dict[str, str]) -> None:
    destination.mkdir(parents=True)
    for entry in repository.resolve().iterdir():
        if entry.name not in rewritten:
            (destination / entry.name).symlink_to(entry)
            continue
        model = destination / entry.name
        model.mkdir()
        for inner in entry.iterdir():
            if inner.name != CONFIG_FILE_NAME:
                (model / inner.name).symlink_to(inner)
        text = rewritten[entry.name]
        (model / CONFIG_FILE_NAME).write_text(text, encoding="utf-8", errors="surrogateescape")
