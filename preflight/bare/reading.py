"""Reads a bare artifact: what lies where, and what the few files say that rules look at."""

from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from model_packaging.artifact import ArchiveError, ArchiveFault, FileRecord
from model_packaging.artifact.config_pbtxt import MAX_CONFIG_PBTXT_BYTES
from model_packaging.artifact.effort import STEPS, Effort, EffortSpentError
from model_packaging.artifact.file_notes import FileNote, note_of
from model_packaging.artifact.forward_bytes import ForwardBytes
from model_packaging.artifact.layout import ENTRY_POINT_PATH
from model_packaging.artifact.model_files import MODEL_FILE_SUFFIXES, ModelFileReading, read_model_file
from preflight.bare.members import Member, archive_members, folder_members
from preflight.bare_artifact import Refusal

__all__ = ["CONFIG", "BareFiles", "read_bare"]

CONFIG = "config.pbtxt"
_MAX_TEXT_BYTES = 32 << 20
"""Of all texts together; those of a real repository have a few kilobytes."""
_MAX_PYTHON_BYTES = 256 << 10
"""Of one Python file: a syntax tree takes hundreds of times its text."""
_MAX_MODELS = 500
"""In one container; each rule about tensors between models looks at all of them."""
_PYTHON = ".py"


@dataclass(slots=True)
class BareFiles:
    """What was read.

    Attributes:
        is_archive: whether it was an archive, not a folder.
        refusal: why the reading ended before the end; None where it didn't. Then the rest is a part.
        records: of all files, in their order, without digests.
        folders: those that are there, by path, whether or not anything is in them.
        texts: of configurations and Python files, by path.
        model_files: what model files in versions' folders say.
        notes: what catches the eye in other files.
    """

    is_archive: bool
    refusal: Refusal | None = None
    records: list[FileRecord] = field(default_factory=list)
    folders: set[str] = field(default_factory=set)
    texts: dict[str, str] = field(default_factory=dict)
    model_files: list[ModelFileReading] = field(default_factory=list)
    notes: list[FileNote] = field(default_factory=list)

    @property
    def root_folders(self) -> tuple[str, ...]:
        """The names of the folders at the root, sorted."""
        below = {record.path.partition("/")[0] for record in self.records if "/" in record.path}
        return tuple(sorted(below | {path.partition("/")[0] for path in self.folders}))

    @property
    def root_files(self) -> tuple[str, ...]:
        """The names of the files at the root, in their order."""
        return tuple(record.path for record in self.records if "/" not in record.path)


def read_bare(path: Path) -> BareFiles:
    """Read the folder or archive at ``path``; what is wrong with it as a whole is told, not raised."""
    is_archive = not path.is_dir()
    files, effort = BareFiles(is_archive), Effort()
    try:
        for member in archive_members(path) if is_archive else folder_members(path):
            _take(files, member, effort)
    except ArchiveError as error:
        files.refusal = Refusal(error.fault, error.member, error.reason)
    except EffortSpentError:
        reason = f"holds texts and models that take more than {STEPS} steps to read"
        files.refusal = Refusal(ArchiveFault.LIMIT, "", reason)
    if len(files.root_folders) > _MAX_MODELS:
        reason = f"holds more than {_MAX_MODELS} models"
        files.refusal = files.refusal or Refusal(ArchiveFault.LIMIT, "", reason)
    return files


def _take(files: BareFiles, member: Member, effort: Effort) -> None:
    if member.content is None:
        files.folders.add(member.path)
        return
    files.records.append(FileRecord(member.path, member.mode, member.size_bytes, sha256=""))
    if _is_text(member.path):
        _take_text(files, member.path, member.content, effort)
    elif _is_model_file(member.path):
        files.model_files.append(read_model_file(member.path, member.content, review=True, effort=effort))
    elif (note := note_of(member.path, member.content, effort)) is not None:
        files.notes.append(note)


def _is_text(path: str) -> bool:
    name = PurePosixPath(path).name
    return name == CONFIG or path == ENTRY_POINT_PATH or (name.endswith(_PYTHON) and _is_in_version(path))


def _is_model_file(path: str) -> bool:
    return path.endswith(MODEL_FILE_SUFFIXES) and _is_in_version(path)


def _is_in_version(path: str) -> bool:
    return PurePosixPath(path).parent.name.isdecimal()


def _take_text(files: BareFiles, path: str, content: ForwardBytes, effort: Effort) -> None:
    """Keep a text up to one byte more than is parsed: what is longer is refused by whoever parses it.

    Raises:
        EffortSpentError: it is a configuration, and nothing is left to parse it with. Without one, nothing
            can be said of its model.
    """
    kept = sum(map(len, files.texts.values()))
    if kept > _MAX_TEXT_BYTES:
        files.notes.append(
            FileNote(path, unread=f"the texts before it have more than {_MAX_TEXT_BYTES} bytes")
        )
        return
    if path.endswith(_PYTHON) and content.size_bytes > _MAX_PYTHON_BYTES:
        files.notes.append(FileNote(path, unread=f"it has more than {_MAX_PYTHON_BYTES} bytes"))
        return
    if (note := note_of(path, content)) is not None:
        files.notes.append(note)
    text = content.take(MAX_CONFIG_PBTXT_BYTES + 1)
    try:
        if len(text) <= MAX_CONFIG_PBTXT_BYTES:
            effort.take_text(text)
    except EffortSpentError as error:
        if not path.endswith(_PYTHON):
            raise
        files.notes.append(FileNote(path, unread=str(error)))
        return
    files.texts[path] = text.decode("utf-8-sig" if path.endswith(_PYTHON) else "utf-8", errors="replace")
