"""Reading a traffic file: everything that is wrong with it at once, or a Traffic."""

from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError

from local.replay._traffic_checks import contradictions, schema_complaints
from local.replay.errors import TrafficFileError
from local.replay.traffic import Traffic
from spec import Deployment, Problem
from spec.documents import Complaint, Document, dotted, nearest_line, one_line, read_document, shorten

__all__ = ["MAXIMUM_FILE_BYTES", "load_traffic", "parse_traffic"]

MAXIMUM_FILE_BYTES = 1024 * 1024


def load_traffic(path: Path, deployment: Deployment) -> Traffic:
    """Read the traffic file at ``path``, whose arms are endpoints of ``deployment``.

    Raises:
        TrafficFileError: it can't be read, is not YAML, or says something that can't be.
    """
    allowed = f"a text file in UTF-8 of at most {MAXIMUM_FILE_BYTES} bytes"
    if path.is_file() and path.stat().st_size > MAXIMUM_FILE_BYTES:
        raise _unreadable(path, f"the file has more than {MAXIMUM_FILE_BYTES} bytes", allowed, "shorten it")
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise _unreadable(path, "this is no text in UTF-8", allowed, "save the file as UTF-8") from error
    except OSError as error:
        what = f"the file can't be read: {error.strerror}"
        raise _unreadable(path, what, allowed, "name a file under examples/traffic/") from error
    return parse_traffic(text, path, deployment)


def parse_traffic(text: str, path: Path, deployment: Deployment) -> Traffic:
    """Return the traffic that ``text`` says, as ``load_traffic`` does; ``path`` is only named.

    Raises:
        TrafficFileError: as ``load_traffic``.
    """
    document = read_document(text)
    complaints = list(document.complaints)
    traffic: Traffic | None = None
    try:
        traffic = Traffic.model_validate(document.data)
    except ValidationError as error:
        complaints += _of_readable_parts(schema_complaints(error, document), document)
    if traffic is not None:
        complaints += contradictions(traffic, document, deployment)
    if complaints or traffic is None:
        raise TrafficFileError(_problems(complaints, document, path))
    return traffic


def _of_readable_parts(complaints: Iterator[Complaint], document: Document) -> Iterator[Complaint]:
    for each in complaints:
        if not any(each.path[:end] in document.unreadable for end in range(len(each.path) + 1)):
            yield each


def _problems(complaints: list[Complaint], document: Document, path: Path) -> tuple[Problem, ...]:
    placed = [(each.line or nearest_line(document.lines, each.path), each) for each in complaints]
    placed.sort(key=lambda pair: pair[0])
    return tuple(
        Problem(
            location=f"{path}:{line}",
            path=dotted(each.path),
            value=shorten(each.value),
            what=one_line(each.what),
            allowed=one_line(each.allowed),
            fix=one_line(each.fix),
        )
        for line, each in placed
    )


def _unreadable(path: Path, what: str, allowed: str, fix: str) -> TrafficFileError:
    return TrafficFileError((Problem(str(path), "", "", what, allowed, fix),))
