"""A bare artifact as rules see it: what lies where in it, and each model as if it had been packaged."""

from dataclasses import dataclass

from model_packaging.artifact import ArchiveFault, Layout
from model_packaging.artifact.inspection import ArtifactInspection

__all__ = ["BareArtifact", "Refusal"]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a folder or an archive was not read to its end.

    Attributes:
        fault: the kind of it.
        member: the file or folder inside that it is about; empty where it is about the whole.
        reason: what is wrong, and behind a semicolon what to do.
    """

    fault: ArchiveFault
    member: str
    reason: str


@dataclass(frozen=True, slots=True)
class BareArtifact:
    """What the rules about bare artifacts look at.

    Attributes:
        is_archive: whether it is an archive, not a folder.
        root_folders: the names of the folders at the root, sorted.
        root_files: of the files there, in their order.
        layout: what the files are laid out for.
        nested_in: the folder that holds the model folders, where they lie one level too deep; else empty.
        is_model_folder: whether it is one model, whose config.pbtxt lies at the root.
        answering: the model that answers requests; None where there is none.
        refusal: why the reading ended before the end, and then no model is judged; None where it didn't.
    """

    is_archive: bool
    root_folders: tuple[str, ...]
    root_files: tuple[str, ...]
    layout: Layout
    nested_in: str
    is_model_folder: bool
    answering: ArtifactInspection | None = None
    refusal: Refusal | None = None

    @property
    def models(self) -> tuple[ArtifactInspection, ...]:
        """The model that answers, and those beside it."""
        return () if self.answering is None else (self.answering, *self.answering.beside)

    def shown_path(self, path: str) -> str:
        """Return where a file lies that the inspections know as ``path``: they see a repository."""
        if self.is_model_folder:
            return path.partition("/")[2]
        return f"{self.nested_in}/{path}" if self.nested_in else path
