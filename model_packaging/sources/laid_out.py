"""What a source is asked for, and what it leaves."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from model_packaging.artifact.manifest import Manifest
from model_packaging.artifact.signature import Signature
from model_packaging.remote.plan_builder import PlanBuilder
from model_packaging.worker.protocol import WorkerFolder
from spec import Model

__all__ = ["RECORDED_SEED", "LaidOut", "Member", "ModelFolder", "SourceTask"]

RECORDED_SEED = 1
"""Of the recorded samples."""


@dataclass(frozen=True, slots=True)
class Member:
    """A packaged model that another one is made of.

    Attributes:
        manifest: of its artifact.
        archive: its file, which holds the folders of its own members, too.
    """

    manifest: Manifest
    archive: Path


@dataclass(frozen=True, slots=True)
class SourceTask:
    """A model to lay out.

    Attributes:
        name: of the model.
        model: its section.
        project_root: where the paths of the section start.
        work: the folder to work in; its ``repository`` is what is packed.
        members: the packaged models that it is made of, by name.
        cancelled: set to end it; whoever starts a process passes it on.
        plans: whoever builds TensorRT plans; None where nobody does.
    """

    name: str
    model: Model
    project_root: Path
    work: WorkerFolder
    members: Mapping[str, Member]
    cancelled: threading.Event = field(default_factory=threading.Event)
    plans: PlanBuilder | None = None


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """A model's folder beside that of the model that answers.

    Attributes:
        name: of the folder, and of the model in it.
        signature: of the model.
        max_batch_size: likewise; 0 where it has no batch dimension.
    """

    name: str
    signature: Signature
    max_batch_size: int


@dataclass(frozen=True, slots=True)
class LaidOut:
    """A folder that is ready to be packed.

    Attributes:
        format: as in the manifest.
        signature: of the model that answers.
        max_batch_size: likewise; 0 where it has no batch dimension.
        config_pbtxt: the text of its configuration; empty where the layout has none.
        entry_point: the text of ``code/inference.py``; empty where the layout has none.
        batch_sizes: of the samples that were recorded; None where there is nobody to ask.
        load_models: what Triton must be told to load beside it.
        default_model: the folder that answers, where it is not called like the model; None where it is.
        beside: the other models' folders.
    """

    format: str
    signature: Signature
    max_batch_size: int
    config_pbtxt: str = ""
    entry_point: str = ""
    batch_sizes: tuple[int, ...] | None = None
    load_models: tuple[str, ...] = ()
    default_model: str | None = None
    beside: tuple[ModelFolder, ...] = ()
