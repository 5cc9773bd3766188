"""What the model files of a repository say of themselves, whoever made them: read, never run."""

from dataclasses import dataclass
from pathlib import Path

from model_packaging.artifact.effort import Effort, EffortSpentError
from model_packaging.artifact.errors import ArtifactError
from model_packaging.artifact.file_content import FIRST_BYTES, content_of
from model_packaging.artifact.forward_bytes import FileBytes, ForwardBytes
from model_packaging.artifact.onnx_signature import OnnxSignature, onnx_signature_of
from model_packaging.artifact.pickle_review import (
    PickleReview,
    review_checkpoint,
    review_pickle,
    review_torchscript,
)
from model_packaging.artifact.plan_header import PLAN_TAG, PlanHeader, parse_plan_header
from model_packaging.artifact.torch_zip import TorchZip, TorchZipError
from model_packaging.artifact.torchscript_signature import TorchScriptSignature, torchscript_signature_of
from model_packaging.artifact.zip_stream import ZIP_MAGIC, ZipEndsError, ZipStreamError

__all__ = ["MODEL_FILE_SUFFIXES", "ModelFileReading", "read_model_file", "read_model_files"]

MODEL_FILE_SUFFIXES = (".onnx", ".pt", ".plan")
"""Of Triton's own file names (Triton user guide, "Model Repository", model files)."""

_HELD_BYTES = 32 << 20
"""A zip in an archive up to this size is held in memory and read like a file; a larger one is read once."""

_PICKLE_PROTOCOL = b"\x80"
"""The first byte of pickles from protocol 2 on (Python, ``pickletools``, PROTO)."""

_UNREADABLE = "is no readable TorchScript ({}); save it with torch.jit.save"
_NO_ZIP = _UNREADABLE.format("it is no zip")
_BARE_PICKLE = _UNREADABLE.format("a bare pickle, an eager checkpoint as torch.save wrote before PyTorch 1.6")
_TOO_LONG = f"its pickle is in a file of more than {_HELD_BYTES} bytes"


@dataclass(frozen=True, slots=True)
class ModelFileReading:
    """One model file of the archive.

    Attributes:
        path: in the archive, such as ``classifier/1/model.onnx``.
        found: what it says; None where it can't be read.
        problem: why it can't be read; empty where it can, and where it was not looked at.
        unread: why something in it was not looked at; empty where everything was.
        pickled: what its pickles hold beyond a model's own data, in words; only where that was asked for.
    """

    path: str
    found: OnnxSignature | TorchScriptSignature | PlanHeader | None
    problem: str = ""
    unread: str = ""
    pickled: tuple[str, ...] = ()


def read_model_files(folder: Path) -> tuple[ModelFileReading, ...]:
    """Read every model file in the versions of ``folder``, a model's in the repository.

    Returns:
        One for each TorchScript, ONNX or TensorRT file, by path.
    """
    versions = (path for path in folder.iterdir() if path.is_dir() and path.name.isdecimal())
    files = sorted(
        file for version in versions for file in version.iterdir() if file.suffix in MODEL_FILE_SUFFIXES
    )
    return tuple(_read(file, file.relative_to(folder.parent).as_posix()) for file in files)


def _read(file: Path, path: str) -> ModelFileReading:
    try:
        with file.open("rb") as opened:
            return read_model_file(path, FileBytes(opened, file, file.stat().st_size))
    except OSError as error:
        return ModelFileReading(path, None, f"can't be read ({error.strerror or error})")


def read_model_file(
    path: str, source: ForwardBytes, *, review: bool = False, effort: Effort | None = None
) -> ModelFileReading:
    """Read one model file: as what its first bytes say, whatever its name, since backends go by content.

    Args:
        path: in the archive; its suffix says what the file should be.
        source: its bytes, from the first one on.
        review: whether to look into its pickles, too, which are never run.
        effort: of the whole archive; what is read is taken from it, and once it is spent nothing is read.
    """
    first = source.peek(FIRST_BYTES)
    if (instead := content_of(first, source.size_bytes)) is not None:
        return ModelFileReading(path, None, f"{instead.value}; {instead.fix}")
    try:
        return _Reader(path, source, effort or Effort(), review=review).read(first)
    except EffortSpentError as error:
        return ModelFileReading(path, None, unread=str(error))


@dataclass(frozen=True, slots=True)
class _Reader:
    """One model file's reading; see ``read_model_file``."""

    path: str
    source: ForwardBytes
    effort: Effort
    review: bool

    def read(self, first: bytes) -> ModelFileReading:
        self.effort.take()
        if first.startswith(ZIP_MAGIC):
            return self._zip()
        if first.startswith(PLAN_TAG):
            return self._plan(first)
        if self.path.endswith(".pt") and first.startswith(_PICKLE_PROTOCOL):
            return self._bare_pickle()
        return self._onnx(first)

    def _onnx(self, first: bytes) -> ModelFileReading:
        """Read what begins like nothing else as an ONNX model; failing that it is what its name says."""
        try:
            return ModelFileReading(self.path, onnx_signature_of(self.source, self.path, self.effort))
        except ArtifactError as error:
            if self.path.endswith(".plan"):
                return self._plan(first)
            return ModelFileReading(
                self.path, None, _NO_ZIP if self.path.endswith(".pt") else self._words(error)
            )

    def _plan(self, first: bytes) -> ModelFileReading:
        try:
            return ModelFileReading(self.path, parse_plan_header(first, self.path))
        except ArtifactError as error:
            return ModelFileReading(self.path, None, self._words(error))

    def _bare_pickle(self) -> ModelFileReading:
        looked = PickleReview()
        if self.review and self._is_held():
            looked = review_pickle(self.source.take(self.source.size_bytes), self.effort)
        elif self.review:
            looked = PickleReview(unread=_TOO_LONG)
        return ModelFileReading(self.path, None, _BARE_PICKLE, looked.unread, looked.refused)

    def _zip(self) -> ModelFileReading:
        """Read a zip on disk by its directory, one in an archive as it comes."""
        try:
            if isinstance(self.source, FileBytes):
                with self.source.path.open("rb") as file:
                    return self._of_records(TorchZip.of_file(file))
            if self._is_held():
                return self._of_records(TorchZip.of_content(self.source.take(self.source.size_bytes)))
            return self._of_records(TorchZip.of_stream(self.source))
        except (ZipEndsError, TorchZipError) as error:
            return ModelFileReading(self.path, None, _UNREADABLE.format(error))
        except ZipStreamError as error:
            return ModelFileReading(self.path, None, unread=str(error))

    def _of_records(self, records: TorchZip) -> ModelFileReading:
        self.effort.take(len(records.names))
        looked = PickleReview()
        if self.review:
            review = review_torchscript if records.is_torchscript else review_checkpoint
            looked = review(records, self.effort)
        try:
            found = torchscript_signature_of(records, self.path)
        except ArtifactError as error:
            return ModelFileReading(self.path, None, self._words(error), looked.unread, looked.refused)
        return ModelFileReading(self.path, found, "", looked.unread, looked.refused)

    def _words(self, error: ArtifactError) -> str:
        return str(error).removeprefix(f"{self.path}: ")

    def _is_held(self) -> bool:
        return self.source.size_bytes <= _HELD_BYTES
