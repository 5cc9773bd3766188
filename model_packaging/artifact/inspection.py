"""What the artifact rules look at while a model is packaged, before its manifest exists."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from model_packaging.artifact.file_notes import FileNote
from model_packaging.artifact.layout import Layout
from model_packaging.artifact.manifest import FileRecord, RecordedFinding
from model_packaging.artifact.model_files import ModelFileReading
from model_packaging.artifact.signature import Signature

__all__ = ["ArtifactInspection", "ArtifactInspector"]


@dataclass(frozen=True, slots=True)
class ArtifactInspection:
    """A packed model as the rules see it; nothing of it needs torch.

    Attributes:
        model: the model's name; in Triton's layout its folder in the repository.
        files: of the archive, in the archive's order.
        config_pbtxt: the text of ``<model>/config.pbtxt``; empty where the layout has none.
        layout: what should lie where in the archive.
        entry_point: the text of ``code/inference.py``; empty where the layout has none.
        signature: observed on samples of the eager model, read from the model's file, or declared.
        max_batch_size: as declared; 0 where the model has no batch dimension.
        python_model: the text of the model's file where it is one of Triton's Python backend; empty where it
            is not.
        load_models: what Triton is told to load, beside what the configurations of those name: the model that
            answers, and what it calls.
        beside: the other models of the archive, each with the files of its own folder; and what is beside it,
            which goes no further.
        model_files: what the model's own files say, read without running anything in them.
        other_files: what catches the eye in the rest of the archive's files; none where nobody looked.
        default_is_named: whether the container is told which model answers, where there are several folders:
            stacks tell it, of an artifact without a deployment file only what the user says is known.
    """

    model: str
    files: tuple[FileRecord, ...]
    config_pbtxt: str
    signature: Signature
    max_batch_size: int
    layout: Layout = Layout.TRITON
    entry_point: str = ""
    python_model: str = ""
    load_models: tuple[str, ...] = ()
    beside: tuple["ArtifactInspection", ...] = ()
    model_files: tuple[ModelFileReading, ...] = ()
    other_files: tuple[FileNote, ...] = ()
    default_is_named: bool = True


ArtifactInspector = Callable[[ArtifactInspection], Sequence[RecordedFinding]]
"""Applies the artifact rules; what it returns is recorded in the manifest."""
