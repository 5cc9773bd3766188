"""The records of a file of torch: a zip of TorchScript, of an eager checkpoint, or of an exported program.

Sources: PyTorch, torch/csrc/jit/docs/serialization.md (TorchScript: ``code/`` beside ``data.pkl``);
"Serialization semantics" (torch.save: ``data.pkl`` alone); torch/export/pt2_archive/constants.py
(torch.export: ``archive_format`` and ``models/``).
"""

import io
import zipfile
from collections.abc import Callable
from typing import BinaryIO, Self

from model_packaging.artifact.errors import ArtifactError
from model_packaging.artifact.forward_bytes import ForwardBytes
from model_packaging.artifact.zip_stream import read_zip_stream

__all__ = ["PICKLES", "TorchZip", "TorchZipError"]

PICKLES = ("data.pkl", "constants.pkl")
"""The pickles that hold a model's own data, where a file has them."""

_MAX_RECORDS = 200_000
_MAX_DIRECTORY_BYTES = 64 << 20
_END_RECORD = b"PK\x05\x06"
_END_RECORD_BYTES = 22
_DIRECTORY_SIZE = slice(12, 16)
_ENTRY = b"PK\x01\x02"
_EXTRA_SIZE = slice(30, 32)
_MAX_EXTRA_BYTES = 1024
"""Of one entry: zipfile's reading of it takes time that grows with the square. torch writes some 64."""
_CODE = "code/"
_SOURCE = ".py"


class TorchZipError(ArtifactError):
    """A file is no zip that can be read; the message says why."""


class TorchZip:
    """The records of one file, whose names are below the folder that is named after the file.

    Args:
        names: of all records, as the zip has them.
        read: returns the first bytes of a record, of which it is given the name and how many.
    """

    def __init__(self, names: tuple[str, ...], read: Callable[[str, int], bytes]) -> None:
        if len(names) > _MAX_RECORDS:
            raise TorchZipError(f"it has more than {_MAX_RECORDS} entries")
        self._root = next((name.partition("/")[0] for name in names if name.endswith("/data.pkl")), "")
        self._read = read
        self.names = frozenset(name.removeprefix(f"{self._root}/") for name in names)

    @classmethod
    def of_file(cls, file: BinaryIO) -> Self:
        """Return the records of a file that can be sought in, read while ``file`` is open.

        Raises:
            TorchZipError: it is no zip, or one whose directory would fill memory.
            OSError: it can't be read.
        """
        _check_directory(file)
        try:
            archive = zipfile.ZipFile(file)
            names = tuple(archive.namelist())
        except OSError:
            raise
        except Exception as error:  # zipfile raises many kinds at what others have made up
            raise TorchZipError(str(error) or type(error).__name__) from error

        def read(name: str, size: int) -> bytes:
            with archive.open(name) as record:
                return record.read(size)

        return cls(names, read)

    @classmethod
    def of_content(cls, content: bytes) -> Self:
        """Return the records of a file that lies in memory.

        Raises:
            TorchZipError: it is no zip.
        """
        return cls.of_file(io.BytesIO(content))

    @classmethod
    def of_stream(cls, source: ForwardBytes) -> Self:
        """Return the records of a file that is read once, from its beginning; the source of code is kept.

        Raises:
            ZipStreamError: it can't be read so.
            TorchZipError: it has too many records.
        """
        records = read_zip_stream(source, _is_kept)
        kept = {record.name: record.content for record in records if record.content is not None}
        return cls(tuple(record.name for record in records), lambda name, size: kept[name][:size])

    @property
    def is_torchscript(self) -> bool:
        """Whether it has what every TorchScript file has."""
        return "data.pkl" in self.names and any(name.startswith(_CODE) for name in self.names)

    @property
    def is_eager(self) -> bool:
        """Whether it is a checkpoint of torch.save."""
        return "data.pkl" in self.names and not self.is_torchscript

    @property
    def otherwise(self) -> str:
        """What it is where it is no TorchScript, in words."""
        if self.is_eager:
            return "it has no code beside its data.pkl: an eager checkpoint of torch.save, no TorchScript"
        if {"archive_format", "models/model.json"} & {name.partition("/")[2] for name in self.names}:
            return "an archive of torch.export, no TorchScript"
        return "it has no code beside its data.pkl, and no data.pkl"

    def read(self, name: str, size: int) -> bytes:
        """Return the first ``size`` bytes of the record ``name``.

        Raises:
            TorchZipError: there is none, or it is damaged.
        """
        if name not in self.names:
            raise TorchZipError(f"it has no {name}")
        try:
            return self._read(f"{self._root}/{name}", size)
        except Exception as error:  # zipfile and zlib raise many kinds at what others have made up
            raise TorchZipError(f"its {name} can't be read ({str(error) or type(error).__name__})") from error


def _is_kept(name: str) -> bool:
    inner = name.partition("/")[2]
    return inner in PICKLES or (inner.startswith(_CODE) and inner.endswith(_SOURCE))


def _check_directory(file: BinaryIO) -> None:
    """Refuse a zip whose directory alone would fill memory: the standard library reads it whole."""
    size_bytes = file.seek(0, io.SEEK_END)
    file.seek(max(0, size_bytes - (1 << 16) - _END_RECORD_BYTES))
    tail = file.read()
    record = tail[max(0, tail.rfind(_END_RECORD)) :]
    directory_bytes = int.from_bytes(record[_DIRECTORY_SIZE], "little")
    if directory_bytes > _MAX_DIRECTORY_BYTES:
        raise TorchZipError(f"its list of entries is longer than {_MAX_DIRECTORY_BYTES} bytes")
    file.seek(max(0, size_bytes - len(tail) + max(0, tail.rfind(_END_RECORD)) - directory_bytes))
    directory = file.read(directory_bytes)
    place = directory.find(_ENTRY)
    while place >= 0:
        entry = directory[place : place + _EXTRA_SIZE.stop]
        if int.from_bytes(entry[_EXTRA_SIZE], "little") > _MAX_EXTRA_BYTES:
            raise TorchZipError(f"an entry has more than {_MAX_EXTRA_BYTES} bytes of extra fields")
        place = directory.find(_ENTRY, place + len(_ENTRY))
