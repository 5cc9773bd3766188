"""Reading a deployment file: everything that is wrong with it at once, or a Deployment."""

import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from spec._cross_checks import cross_complaints
from spec._document import Complaint, Document, DocumentPath, dotted, nearest_line, one_line, shorten
from spec._yaml import read_document
from spec.deployment import Deployment
from spec.errors import DeploymentFileError, Problem

__all__ = ["MAXIMUM_FILE_BYTES", "DeploymentFile", "load_deployment", "parse_deployment"]

MAXIMUM_FILE_BYTES = 1024 * 1024
"""No deployment needs more; reading one stays a matter of seconds whatever is in it."""


@dataclass(frozen=True, slots=True)
class DeploymentFile:
    """A deployment and the file it stands in.

    Attributes:
        path: the file, as it was named.
        deployment: what the file says, valid.
    """

    path: Path
    deployment: Deployment
    _lines: Mapping[DocumentPath, int]

    def line_of(self, *path: str | int) -> int:
        """Return the line of ``path``; for what the file leaves out, that of the nearest thing around it.

        ``file.line_of("models", "classifier", "triton")`` is the line of that key; list items count from 0.
        """
        return nearest_line(self._lines, path)


def load_deployment(path: Path) -> DeploymentFile:
    """Read the deployment file at ``path``.

    Raises:
        DeploymentFileError: it can't be read, is not YAML, or says something that can't be; its ``problems``
            are all that is wrong, of YAML, of single values and between parts, in the file's order.
    """
    return parse_deployment(_read(path), path)


def parse_deployment(text: str, path: Path) -> DeploymentFile:
    """Return the deployment that ``text`` says, as ``load_deployment`` does; ``path`` is only named.

    Raises:
        DeploymentFileError: as ``load_deployment``.
    """
    document = read_document(text)
    deployment: Deployment | None = None
    complaints = list(document.complaints)
    invalid: ValidationError | None = None
    try:
        deployment = Deployment.model_validate(document.data)
    except ValidationError as error:
        invalid = error
    complaints += _checked(document, invalid)
    if complaints or deployment is None:
        raise DeploymentFileError(_problems(complaints, document, path))
    return DeploymentFile(path, deployment, document.lines)


def _checked(document: Document, invalid: ValidationError | None) -> Iterator[Complaint]:
    refused: set[DocumentPath] = set(document.unreadable)
    if invalid is not None:
        from spec._schema_check import schema_complaints  # noqa: PLC0415 - only a wrong file pays for it

        for complaint in schema_complaints(invalid, document):
            refused.add(complaint.path)
            yield complaint
    if () in document.unreadable:
        return
    yield from (each for each in cross_complaints(document) if each.path not in refused)


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


def _read(path: Path) -> str:
    allowed = f"a text file in UTF-8 of at most {MAXIMUM_FILE_BYTES} bytes"

    def refuse(what: str, fix: str) -> DeploymentFileError:
        return DeploymentFileError((Problem(str(path), "", "", what, allowed, fix),))

    try:
        content = _bytes_of(path)
    except FileNotFoundError:
        raise refuse("there is no such file", "name a file under deployments/, or create this one") from None
    except (OSError, ValueError) as error:
        cause = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise refuse(f"the file can't be read: {cause}", "check the path and its permissions") from error
    if content is None:
        raise refuse("this is not a file", "name the YAML file itself")
    if len(content) > MAXIMUM_FILE_BYTES:
        raise refuse(f"the file has more than {MAXIMUM_FILE_BYTES} bytes", "split the deployment")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        what = f"this is no text in UTF-8: byte 0x{content[error.start]:02x} on line {line}"
        raise refuse(what, "save the file as UTF-8") from error


def _bytes_of(path: Path) -> bytes | None:
    """Return at most one byte more than allowed; None for what is no regular file: a pipe would block."""
    if not stat.S_ISREG(path.stat().st_mode):
        return None
    with path.open("rb") as file:
        return file.read(MAXIMUM_FILE_BYTES + 1)
