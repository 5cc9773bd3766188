"""Reads files in processes with limits, each in one of its own: Python starts once, and forks for each file.

Run as a program it takes lines of two words, what to do and a path, and answers each with a line of JSON.
"""

import json
import math
import os
import resource
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from preflight.bare import ServingContext, check_bare
from preflight.sarif import sarif_document
from spec import DeploymentFileError, load_deployment

__all__ = ["LimitedReader", "Reading"]

CPU_SECONDS = 10
"""Of the processor, for one file; Python's start is counted in."""
SPIN_SECONDS = 1
"""That ``spin`` gets: the limit that ends it is the same one."""
DATA_MIB = 300
"""Of memory, Python with all that is imported included."""
_ROOT = Path(__file__).resolve().parents[3]
_FAILED = 1


@dataclass(frozen=True, slots=True)
class Reading:
    """One file's reading.

    Attributes:
        status: as ``os.waitstatus_to_exitcode`` gives it: 0, or what ended the process.
        found: the rules that found something, or the problems of a deployment file.
        error: the traceback of what it failed with; empty where it did not.
        cpu_seconds: what it took of the processor.
    """

    status: int
    found: tuple[str, ...]
    error: str
    cpu_seconds: float


class LimitedReader:
    """The process that forks for each file; ends with the ``with``."""

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, __file__],
            cwd=_ROOT,
            env={**os.environ, "PYTHONPATH": str(_ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.communicate()

    def check(self, path: Path) -> Reading:
        """Check the archive or folder at ``path``, and render what was found in every form."""
        return self._ask("check", path)

    def load(self, path: Path) -> Reading:
        """Load the deployment file at ``path``."""
        return self._ask("load", path)

    def spin(self) -> Reading:
        """Use the processor without end; ``SPIN_SECONDS`` are allowed."""
        return self._ask("spin", _ROOT)

    def fill(self) -> Reading:
        """Use as much memory as is allowed, and more."""
        return self._ask("fill", _ROOT)

    def _ask(self, what: str, path: Path) -> Reading:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{what} {path}\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return Reading(answer["status"], tuple(answer["found"]), answer["error"], answer["cpu_seconds"])


def _check(path: Path) -> list[str]:
    report = check_bare(path, ServingContext(instance_type="ml.g5.xlarge", image_tag="24.09"))
    report.render_terminal().encode()
    report.to_json().encode()
    json.dumps(sarif_document(report, _ROOT, checked=path), ensure_ascii=False).encode()
    return sorted({finding.rule for finding in report.findings})


def _load(path: Path) -> list[str]:
    try:
        load_deployment(path)
    except DeploymentFileError as error:
        return [str(each) for each in error.problems]
    return []


def _spin(_path: Path) -> list[str]:
    while True:
        pass


def _fill(_path: Path) -> list[str]:
    return [str(len(bytearray(DATA_MIB << 20)))]


_WAYS = {"check": _check, "load": _load, "spin": _spin, "fill": _fill}


def _child(what: str, path: Path, answer: int, started_seconds: int) -> int:
    """Do it within the limits; more of the processor than that kills it, more memory is a MemoryError."""
    seconds = SPIN_SECONDS if what == "spin" else CPU_SECONDS - started_seconds
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_DATA, (DATA_MIB << 20,) * 2)
    try:
        said: Mapping[str, object] = {"found": _WAYS[what](path), "error": ""}
        status = 0
    except Exception:  # noqa: BLE001 - whatever it is, the answer says it
        said, status = {"found": [], "error": traceback.format_exc()}, _FAILED
    os.write(answer, json.dumps(said).encode())
    return status


def _forked(what: str, path: Path, started_seconds: int) -> Mapping[str, object]:
    with tempfile.TemporaryFile() as answer:
        process = os.fork()
        if not process:
            os._exit(_child(what, path, answer.fileno(), started_seconds))
        _, status, used = os.wait4(process, 0)
        answer.seek(0)
        said = json.loads(answer.read() or b'{"found": [], "error": "nothing was said"}')
    return {
        **said,
        "status": os.waitstatus_to_exitcode(status),
        "cpu_seconds": used.ru_utime + used.ru_stime,
    }


def _warm(folder: Path) -> None:
    """Import what the first file of each kind would import."""
    (folder / "m" / "1").mkdir(parents=True)
    (folder / "m" / "config.pbtxt").write_text('backend: "onnxruntime"', encoding="utf-8")
    (folder / "m" / "1" / "model.onnx").write_bytes(b"\x08\x08")
    _check(folder)
    (folder / "deployment.yaml").write_text("a: 1", encoding="utf-8")
    _load(folder / "deployment.yaml")


def main() -> None:
    """Answer each line of stdin, to its end."""
    with tempfile.TemporaryDirectory() as folder:
        _warm(Path(folder))
    started_seconds = math.ceil(time.process_time())
    for line in sys.stdin:
        what, _, path = line.rstrip("\n").partition(" ")
        sys.stdout.write(json.dumps(_forked(what, Path(path), started_seconds)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
