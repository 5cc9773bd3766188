"""The project's files as one run sees them: each is looked at once, and read only if it may have changed.

What was read is remembered between runs as git does it in its index: a file whose size, times and inode are
what they were has the content that it had. The time of the inode's change is among them, which no copying
program sets. A file that was changed in the last moments before it was read is not remembered: a second
change within one tick of the file system's clock would not show (git documentation, "Racy Git").
"""

import ast
import contextlib
import hashlib
import io
import json
import os
import stat
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from model_packaging.artifact.python_source import parse_python
from model_packaging.errors import FactoryError

__all__ = ["CACHE_PATH", "ImportStatement", "SourceFiles"]

CACHE_PATH = ".seatrial/source-files.json"
"""Relative to the project; it may be deleted at any time."""

MAX_REMEMBERED = 50_000
"""Files; with more, those that were longest not asked for are forgotten. 50,000 are read in 0.2 s."""

_RACY_NS = 2_000_000_000
"""The coarsest tick of a common file system is FAT's two seconds."""

_FORMAT = f"seatrial-source-files-1 python-{sys.version_info.major}.{sys.version_info.minor}"
"""Python's release decides what an import statement is."""


@dataclass(frozen=True, slots=True)
class ImportStatement:
    """One import of a Python file: ``from <level dots><module> import <names>``; without names ``import``."""

    module: str
    level: int
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Facts:
    """What is known of a file's content; ``imports`` is None where it has not been parsed."""

    identity: tuple[int, ...]
    sha256: str
    imports: tuple[ImportStatement, ...] | None


class SourceFiles:
    """Digests and imports of the files below ``root``.

    A run sees one state of the project: what it has looked at it doesn't look at again.

    Args:
        root: the project's folder.
        remember: whether what earlier runs read is believed, and what this one reads is kept for later ones.
            Without it nothing is read or written but the project's own files: so a synth asks, whose result
            follows from the commit alone.

    Attributes:
        root: as given.
        read_bytes: how much was read so far.
    """

    def __init__(self, root: Path, *, remember: bool = False) -> None:
        self.root = root
        self.read_bytes = 0
        self._remember = remember
        self._lock = threading.RLock()
        self._statuses: dict[Path, os.stat_result | None] = {}
        self._listings: dict[Path, frozenset[str]] = {}
        self._asked: dict[str, _Facts] = {}
        self._unsettled: set[str] = set()
        self._known = _load(root / CACHE_PATH) if remember else {}

    def exists(self, path: Path) -> bool:
        """Whether something is at ``path``."""
        with self._lock:
            if path.parent not in self._listings:
                self._listings[path.parent] = _names_in(path.parent)
            return path.name in self._listings[path.parent]

    def is_file(self, path: Path) -> bool:
        """Whether ``path`` is a regular file, or a link to one."""
        status = self._status(path) if self.exists(path) else None
        return status is not None and stat.S_ISREG(status.st_mode)

    def sha256(self, path: Path) -> str:
        """Return the digest of a file.

        Raises:
            OSError: it can't be read.
        """
        return self._facts(path, parsed=False).sha256

    def imports(self, path: Path) -> tuple[ImportStatement, ...]:
        """Return the import statements of a Python file, wherever they stand in it.

        Raises:
            FactoryError: it can't be read as Python.
        """
        try:
            facts = self._facts(path, parsed=True)
        except SyntaxError as error:
            cause = f"{self._shown(path)}:{error.lineno}: {error.msg}."
        except (OSError, ValueError) as error:
            cause = f"{self._shown(path)} can't be read ({error})."
        else:
            return facts.imports or ()
        raise FactoryError(cause, "the factory's source files must be readable Python.")

    def save(self) -> None:
        """Keep what is known for later runs, where that was asked for.

        It costs only time where that can't be written, so nothing is said of it.
        """
        with self._lock:
            settled = {name: facts for name, facts in self._asked.items() if name not in self._unsettled}
            kept = {name: facts for name, facts in self._known.items() if name not in self._asked} | settled
            if self._remember and kept != self._known:
                self._known = dict(list(kept.items())[-MAX_REMEMBERED:])
                with contextlib.suppress(OSError):
                    _store(self._known, self.root / CACHE_PATH)

    def _status(self, path: Path) -> os.stat_result | None:
        with self._lock:
            if path not in self._statuses:
                try:
                    self._statuses[path] = os.stat(path)  # noqa: PTH116 - this very call is counted by a test
                except OSError:
                    self._statuses[path] = None
            return self._statuses[path]

    def _facts(self, path: Path, *, parsed: bool) -> _Facts:
        name = self._shown(path)
        with self._lock:
            facts = self._asked.get(name)
            if facts is None:
                known, status = self._known.get(name), self._status(path)
                facts = known if known and status and known.identity == _identity(status) else None
            if facts is None or (parsed and facts.imports is None):
                facts = self._read(path, parsed=parsed)
            self._asked[name] = facts
            return facts

    def _read(self, path: Path, *, parsed: bool) -> _Facts:
        now = time.time_ns()
        with path.open("rb") as file:
            before = os.fstat(file.fileno())
            content = file.read() if parsed else b""
            digest = hashlib.file_digest(io.BytesIO(content) if parsed else file, "sha256")
            after = os.fstat(file.fileno())
        self.read_bytes += after.st_size
        self._statuses[path] = after
        if (
            _identity(before) != _identity(after)
            or max(after.st_mtime_ns, after.st_ctime_ns) > now - _RACY_NS
        ):
            self._unsettled.add(self._shown(path))
        imports = tuple(_imports_in(content)) if parsed else None
        return _Facts(_identity(after), digest.hexdigest(), imports)

    def _shown(self, path: Path) -> str:
        return path.relative_to(self.root).as_posix()


def _names_in(folder: Path) -> frozenset[str]:
    try:
        with os.scandir(folder) as entries:
            return frozenset(entry.name for entry in entries)
    except OSError:
        return frozenset()  # no folder, or nobody may look into it: no module can be imported from there


def _identity(status: os.stat_result) -> tuple[int, ...]:
    return (status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)


def _imports_in(content: bytes) -> Iterator[ImportStatement]:
    for node in ast.walk(parse_python(content)):
        if isinstance(node, ast.Import):
            yield from (ImportStatement(alias.name, 0, ()) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield ImportStatement(node.module or "", node.level, tuple(alias.name for alias in node.names))


def _load(path: Path) -> dict[str, _Facts]:
    """Return what earlier runs kept; nothing where that is missing or damaged, for then it is read again."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        if document["format"] != _FORMAT:
            return {}
        return {name: _facts_of(each) for name, each in document["files"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _facts_of(document: dict[str, Any]) -> _Facts:
    imports = document["imports"]
    return _Facts(
        identity=tuple(map(int, document["identity"])),
        sha256=str(document["sha256"]),
        imports=None
        if imports is None
        else tuple(
            ImportStatement(str(each["module"]), int(each["level"]), tuple(map(str, each["names"])))
            for each in imports
        ),
    )


def _store(known: dict[str, _Facts], path: Path) -> None:
    """Write ``known`` atomically; a power cut may take it, which costs a reading."""
    path.parent.mkdir(parents=True, exist_ok=True)
    document = {"format": _FORMAT, "files": {name: asdict(facts) for name, facts in known.items()}}
    descriptor, beside = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(document, file, separators=(",", ":"))
        Path(beside).replace(path)
    finally:
        Path(beside).unlink(missing_ok=True)
