"""Looks into a TorchScript file without loading it: what a model needs may be in it, and nothing else.

``torch.jit.save`` writes a zip: ``<name>/data.pkl`` and ``constants.pkl`` hold attributes as pickles,
``data/`` and ``constants/`` the bytes of tensors, ``code/`` the source of methods
(torch/csrc/jit/docs/serialization.md). torch reads its pickles with a reader of its own that calls only what
it knows; Python's would call anything, so here they are held to what torch's knows
(torch/csrc/jit/serialization/unpickler.cpp). A file that passes is loaded in a process with limits all the
same: see ``sandbox``.
"""

import re
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from model_packaging.artifact.pickle_scan import refused_in_torchscript
from model_packaging.errors import TorchScriptError

__all__ = ["TorchScriptLimits", "scan_torchscript"]


@dataclass(frozen=True, slots=True)
class TorchScriptLimits:
    """Bounds that hold before a record is read.

    Attributes:
        records: files in the zip; a model of 10,000 tensors has about 12,000.
        total_bytes: unpacked size of all records.
        pickle_bytes: size of one pickle; that of a model of thousands of tensors has about 1 MB.
        code_bytes: size of one source record.
        name_bytes: length of one record's name in UTF-8.
        ratio: unpacked over packed size of one record; torch compresses sources alone, about 8 to 1.
        ratio_free_bytes: unpacked size up to which any ratio is fine.
    """

    records: int = 200_000
    total_bytes: int = 64 << 30
    pickle_bytes: int = 64 << 20
    code_bytes: int = 64 << 20
    name_bytes: int = 1024
    ratio: float = 200.0
    ratio_free_bytes: int = 1 << 20


_REQUIRED = ("data.pkl", "constants.pkl", "version")
_PICKLES = (".pkl", ".debug_pkl")
_FILE_OPERATORS = re.compile(rb"\.[\s\\]*(save|from_file)\b")
"""``aten::save`` and ``aten::from_file`` write and map files: the only operators of torch that do."""

_FIX = "take the file from whom you trust, or export the module here with `export` instead of `file`."
_NO_TORCHSCRIPT_FIX = (
    "save the module with `torch.jit.trace(...).save(...)` or `torch.jit.script(...).save(...)`; weights "
    "alone are declared with `export.weights` beside the factory that makes their module."
)


def scan_torchscript(path: Path, shown: str, limits: TorchScriptLimits | None = None) -> None:
    """Do nothing where ``path`` is a TorchScript file with nothing in it but a model.

    Args:
        path: the file; it is read, nothing of it is executed or unpickled.
        shown: how errors name it.
        limits: bounds; the defaults where not given.

    Raises:
        TorchScriptError: it is no TorchScript, passes a limit, or has a record that is refused.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            _Scan(archive, shown, limits or TorchScriptLimits()).check(path.stat().st_size)
    except (OSError, EOFError, ValueError, RuntimeError, zipfile.BadZipFile, zlib.error) as error:
        what = "a bare pickle" if _is_pickle(path) else "no zip of torch.jit.save"
        raise TorchScriptError(f"{shown} is {what} ({error}).", _NO_TORCHSCRIPT_FIX) from error


def _is_pickle(path: Path) -> bool:
    """Whether it begins as pickles from protocol 2 on do: so ``torch.save`` wrote before PyTorch 1.6."""
    try:
        with path.open("rb") as file:
            return file.read(1) == b"\x80"
    except OSError:
        return False


class _Scan:
    """One look into one file."""

    def __init__(self, archive: zipfile.ZipFile, shown: str, limits: TorchScriptLimits) -> None:
        self._archive = archive
        self._shown = shown
        self._limits = limits

    def check(self, file_bytes: int) -> None:
        records = self._archive.infolist()
        self._check_sizes(records, file_bytes)
        self._check_names(records)
        names = {_inner(record) for record in records}
        if missing := [name for name in _REQUIRED if name not in names]:
            raise TorchScriptError(
                f"{self._shown} is {_kind(names)}: it is without {', '.join(missing)}.", _NO_TORCHSCRIPT_FIX
            )
        for record in records:
            # Whatever the case of its letters: torch's reader finds records without regard to it.
            if record.filename.lower().endswith(_PICKLES):
                self._check_pickle(record)
            elif _inner(record).lower().startswith("code/"):
                self._check_code(record)

    def _check_sizes(self, records: Sequence[zipfile.ZipInfo], file_bytes: int) -> None:
        limits = self._limits
        if len(records) > limits.records:
            self._refuse(f"{len(records)} records; at most {limits.records} are read")
        total = sum(record.file_size for record in records)
        if total > limits.total_bytes:
            self._refuse(f"{total} bytes unpacked; at most {limits.total_bytes} are read")
        if sum(record.compress_size for record in records) > file_bytes:
            self._refuse("records that overlap")
        for record in records:
            # compressed size may be 0
            grows = record.file_size > limits.ratio * max(record.compress_size, 1)
            if grows and record.file_size > limits.ratio_free_bytes:
                self._refuse(f"{record.filename!r} that grows more than {limits.ratio:.0f} times")

    def _check_names(self, records: Sequence[zipfile.ZipInfo]) -> None:
        seen: set[str] = set()
        roots = {record.filename.partition("/")[0] for record in records}
        for record in records:
            name = record.filename
            parts = name.split("/")
            # orig_filename is what C++ sees: Python's cuts at NUL and turns the separator of Windows.
            is_plain = name == record.orig_filename and "\\" not in name
            if not is_plain or {"", ".", ".."} & set(parts) or len(parts) == 1:
                self._refuse(f"the record {record.orig_filename!r}, no path below one folder")
            if len(name.encode()) > self._limits.name_bytes:
                self._refuse(f"a record whose name has more than {self._limits.name_bytes} bytes")
            if name.lower() in seen:
                self._refuse(f"two records {name!r}, which torch does not tell apart")
            seen.add(name.lower())
        if len(roots) > 1:
            self._refuse(f"records in the folders {', '.join(sorted(roots))}")

    def _check_pickle(self, record: zipfile.ZipInfo) -> None:
        content = self._read(record, self._limits.pickle_bytes)
        try:
            refused = sorted(set(refused_in_torchscript(content)))
        except ValueError as error:
            raise TorchScriptError(
                f"{self._shown}: {record.filename} is a pickle that can't be read ({error}).", _FIX
            ) from error
        if refused:
            self._refuse(f"more than a model: {record.filename} has {', '.join(refused)}")

    def _check_code(self, record: zipfile.ZipInfo) -> None:
        content = self._read(record, self._limits.code_bytes)
        if found := _FILE_OPERATORS.search(content):
            line = content.count(b"\n", 0, found.start()) + 1
            self._refuse(
                f"more than a model: {record.filename}:{line} reaches for files with `{found[1].decode()}`"
            )

    def _read(self, record: zipfile.ZipInfo, limit_bytes: int) -> bytes:
        if record.file_size > limit_bytes:
            self._refuse(f"{record.filename} of {record.file_size} bytes; at most {limit_bytes} are read")
        return self._archive.read(record)

    def _refuse(self, what: str) -> None:
        raise TorchScriptError(f"{self._shown} has {what}.", _FIX)


def _inner(record: zipfile.ZipInfo) -> str:
    """Return a record's name below the root folder, which is named after the file."""
    return record.filename.partition("/")[2]


def _kind(names: set[str]) -> str:
    if "data.pkl" in names:
        return "a pickle of torch.save, which only running it would turn into a model, no TorchScript"
    if "archive_format" in names or "models/model.json" in names:
        return "an archive of torch.export, no TorchScript"
    return "no TorchScript"
