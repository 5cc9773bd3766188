"""Triton's captured log: why a model did not load stands there, and often nowhere else."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

__all__ = ["TritonLog", "cause_in"]

_READ_BYTES = 4 << 20  # the end of a log, where it is longer
_LONGEST_CAUSE = 600

_PARSE_ERROR = re.compile(r"Error parsing text-format inference\.ModelConfig: (?P<what>.+)")
_POLL_FAILED = re.compile(r'"Poll failed for model directory \'(?P<model>[^\']*)\': (?P<what>.*)"$')
_UNREADABLE_TEXT = "failed to read text proto from"
_LOAD_FAILED = re.compile(r'"failed to load \'(?P<model>.*?)\' version \d+: (?P<what>.*)"$')
_ENSEMBLE = re.compile(r'model_repository_manager\.cc:\d+\] "Invalid argument: (?P<what>ensemble .*)"$')
_SERVER_FAILED = re.compile(r"^error: creating server: [A-Z][a-z ]+ - (?P<what>.*)")
_BAD_OPTION = re.compile(
    r"tritonserver: (?P<what>(?:unrecognized|ambiguous) option .*|option .* requires .*)"
)
_LOADER = re.compile(r"(?P<what>error while loading shared libraries: .*)")
_PYTHON_ERROR = re.compile(r"^(?P<what>(?:\w+\.)*\w*(?:Error|Exception|Expired)\b.*)")
_ERROR_LINE = re.compile(r'^E\d{4} [\d:.]+ \d+ \S+\] "?(?P<what>.*?)"?$')

_STATUS = re.compile(r"^(?:Internal|Invalid argument|Unavailable|Unsupported|Not found|Unknown): ")
_STUB_EXCEPTION = "TritonModelException: "
_NO_BACKEND = "unable to find backend library for backend"
_NO_BACKEND_HINT = " (this machine's Triton has the backends python and pytorch, and ensembles)"
_HARMLESS = "CudaDriverHelper has not been initialized"  # said by every start without a GPU


class TritonLog:
    """The file that a server's output goes to.

    Attributes:
        path: the file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def create(cls, path: Path) -> "TritonLog":
        """Return a new, empty log at ``path``; what was there is gone."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
        return cls(path)

    def write(self, line: str) -> None:
        """Append a line of our own."""
        with self.path.open("a", encoding="utf-8") as file:
            file.write(f"{line}\n")

    def text(self) -> str:
        """Return the log, of a very long one the last 4 MiB."""
        with self.path.open("rb") as file:
            file.seek(max(0, self.path.stat().st_size - _READ_BYTES))
            return file.read().decode("utf-8", errors="replace")

    def cause(self) -> str:
        """Return why the server failed, on one line and in Triton's words, without its Python tracebacks."""
        return cause_in(self.text())


def cause_in(text: str) -> str:
    """Return the cause that the log ``text`` tells: what it says of models before what it sums up."""
    lines = text.splitlines()
    causes = list(dict.fromkeys(_model_causes(lines)))
    for find in _FINDERS:
        causes = causes or list(dict.fromkeys(find(lines)))
    said = [line for line in lines if line.strip()]
    cause = "; ".join(causes) or (f"Triton last said: {said[-1]}" if said else "Triton said nothing")
    return cause if len(cause) <= _LONGEST_CAUSE else f"{cause[: _LONGEST_CAUSE - 1]}…"


def _model_causes(lines: list[str]) -> Iterator[str]:
    """Yield why models failed, one line each: ``model 'm': ...`` or ``m/config.pbtxt:3:14: ...``."""
    parse_error = ""
    for line in lines:
        if match := _PARSE_ERROR.search(line):
            parse_error = match["what"]
        elif match := _POLL_FAILED.search(line):
            if match["what"].startswith(_UNREADABLE_TEXT) and parse_error:
                yield f"{match['model']}/config.pbtxt:{parse_error}"
                parse_error = ""
            else:
                yield f"model '{match['model']}': {match['what']}"
        elif match := _LOAD_FAILED.search(line):
            yield f"model '{match['model']}': {_without_traceback(match['what'])}{_hint(match['what'])}"
        elif match := _ENSEMBLE.search(line):
            yield match["what"]


def _without_traceback(what: str) -> str:
    message = what.split(r"\n\nAt:\n", 1)[0]
    message = _STATUS.sub("", message).removeprefix(_STUB_EXCEPTION)
    return " ".join(message.replace(r"\n", " ").replace(r"\"", '"').split())


def _hint(what: str) -> str:
    return _NO_BACKEND_HINT if _NO_BACKEND in what else ""


def _finder(pattern: re.Pattern[str]) -> Callable[[list[str]], Iterator[str]]:
    def find(lines: list[str]) -> Iterator[str]:
        for line in lines:
            match = pattern.search(line)
            if match and _HARMLESS not in line:
                yield match["what"].strip()

    return find


_FINDERS = tuple(map(_finder, (_BAD_OPTION, _LOADER, _SERVER_FAILED, _ERROR_LINE, _PYTHON_ERROR)))
