"""What catches the eye in the files of an archive that are no model's own file."""

from dataclasses import dataclass
from pathlib import PurePosixPath

from model_packaging.artifact.effort import Effort, EffortSpentError
from model_packaging.artifact.file_content import FIRST_BYTES, FileContent, content_of
from model_packaging.artifact.forward_bytes import ForwardBytes
from model_packaging.artifact.pickle_review import PickleReview, review_checkpoint, review_pickle
from model_packaging.artifact.torch_zip import TorchZip, TorchZipError
from model_packaging.artifact.zip_stream import ZIP_MAGIC, ZipStreamError

__all__ = ["FileNote", "note_of"]

_WEIGHTS = (".bin", ".ckpt", ".data", ".engine", ".h5", ".onnx", ".plan", ".pt", ".pth", ".safetensors")
"""Names of files with a model's numbers: never empty, never a page."""

_PICKLES = (".ckpt", ".joblib", ".pickle", ".pkl", ".pth")
_POINTERS = (FileContent.LFS_POINTER, FileContent.ANNEX_POINTER)
_HELD_BYTES = 16 << 20


@dataclass(frozen=True, slots=True)
class FileNote:
    """One file with something about it.

    Attributes:
        path: in the archive.
        content: what was saved in its place; None where it is what its name says.
        pickled: what its pickle names of the machine, in words.
        unread: why it was not looked into; empty where it was.
    """

    path: str
    content: FileContent | None = None
    pickled: tuple[str, ...] = ()
    unread: str = ""


def note_of(path: str, source: ForwardBytes, effort: Effort | None = None) -> FileNote | None:
    """Return what catches the eye in one file; None where nothing does.

    Args:
        path: in the archive.
        source: its bytes, from the first one on.
        effort: of the whole archive; what is read of pickles is taken from it.
    """
    suffix = PurePosixPath(path).suffix.lower()
    content = content_of(source.peek(FIRST_BYTES), source.size_bytes)
    if content is not None and (content in _POINTERS or suffix in _WEIGHTS):
        return FileNote(path, content)
    if suffix not in _PICKLES or not source.size_bytes:
        return None
    effort = effort or Effort()
    try:
        refused = _review(source, effort).refused
    except EffortSpentError as error:
        return FileNote(path, unread=str(error))
    if effort.is_spent:
        return FileNote(path, None, refused, str(EffortSpentError()))
    return FileNote(path, None, refused) if refused else None


def _review(source: ForwardBytes, effort: Effort) -> PickleReview:
    """Look into a pickle; one that can't be read, or is too long, is whoever loads it to judge."""
    if not source.peek(len(ZIP_MAGIC)).startswith(ZIP_MAGIC):
        held = source.size_bytes <= _HELD_BYTES
        return review_pickle(source.take(source.size_bytes), effort) if held else PickleReview()
    try:
        records = TorchZip.of_stream(source)
    except (TorchZipError, ZipStreamError):
        return PickleReview()
    effort.take(len(records.names))
    return review_checkpoint(records, effort) if records.is_eager else PickleReview()
