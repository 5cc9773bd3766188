"""Where a finding about a bare artifact stands: file and line of it, or the option that said it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from model_packaging.artifact.config_text import ConfigTextError, FieldLines, parse_config_text
from model_packaging.artifact.inspection import ArtifactInspection
from preflight.bare.reading import CONFIG
from preflight.bare_artifact import BareArtifact
from preflight.finding import Location
from preflight.rule import Violation
from preflight.running import Locate

__all__ = ["in_context", "in_model", "in_root"]

_MAX_CHARACTERS = 256 << 10
"""Of a config.pbtxt whose lines are looked up; findings about a longer one name the file."""
_TOLD_LINE = re.compile(r"config\.pbtxt:(\d+)")
_QUOTED = re.compile(r"'([^']+)'")
_WORD = re.compile(r"[a-z_]{4,}")
_TENSORS = ("input", "output")
_OPTIONS = {
    "instances": "--instance-type",
    "triton_release": "--image-tag",
    "pytorch_release": "--image-tag",
    "environment": "--env",
}


def in_root(shown: str, artifact: BareArtifact) -> Locate:
    """Return what places violations in an artifact as a whole.

    Args:
        shown: its path, as the user wrote it.
        artifact: itself; a violation's place is the path in it, where it is about one file.
    """

    def locate(violation: Violation) -> tuple[str, Location]:
        inside = violation.place[0] if violation.place else ""
        if not inside and artifact.refusal is not None:
            inside = artifact.refusal.member
        return inside or "the archive" if artifact.is_archive else inside or "the folder", _at(shown, inside)

    return locate


def in_model(shown: str, artifact: BareArtifact, model: ArtifactInspection) -> Locate:
    """Return what places violations of one model: in its config.pbtxt, or at the file that they name.

    Args:
        shown: the artifact's path, as the user wrote it.
        artifact: whose model it is.
        model: itself.
    """
    config_path = f"{model.model}/{CONFIG}"
    paths = {record.path for record in model.files}

    def locate(violation: Violation) -> tuple[str, Location]:
        named = next((word for word in _words(violation.what) if word in paths and word != config_path), "")
        if violation.place:
            named = violation.place[0]
        if named:
            return model.model, _at(shown, artifact.shown_path(named))
        if config_path not in paths:
            return model.model, Location(shown)
        line = _line(violation, model.config_pbtxt)
        return model.model, _at(shown, artifact.shown_path(config_path), line)

    return locate


def in_context(shown: str, model: str) -> Locate:
    """Return what places violations of a deployment in memory: at the option that said what is wrong.

    What is about neither the model nor the instance type has no location: nobody said it.

    Args:
        shown: the artifact's path, as the user wrote it.
        model: the name of the model that answers.
    """

    def locate(violation: Violation) -> tuple[str, Location | None]:
        if violation.place[:1] != ("models",) and "instances" not in violation.place:
            return model, None
        option = next((_OPTIONS[part] for part in violation.place if part in _OPTIONS), "")
        if option == _OPTIONS["environment"]:
            option = f"{option} {violation.place[-1]}"
        return model, Location(option or shown)

    return locate


def _at(shown: str, inside: str, line: int = 0) -> Location:
    return Location(f"{shown.rstrip('/')}/{inside}" if inside else shown, line)


def _words(text: str) -> list[str]:
    return [word.strip("'\",;:.()") for word in text.split()]


def _line(violation: Violation, text: str) -> int:
    """Return the line of the field that a violation names, or else that its words name; 0 where none."""
    told = _TOLD_LINE.match(violation.what)
    if told:
        return int(told[1])
    parsed = _parsed(text) if len(text) <= _MAX_CHARACTERS else None
    if parsed is None:
        return 0
    if violation.field:
        return parsed.of_fields.line(violation.field)
    return _line_by_name(parsed, violation.what)


@dataclass(frozen=True, slots=True)
class _Lines:
    """The lines of a config.pbtxt's fields by their place, and of tensors and outermost fields by name."""

    of_fields: FieldLines
    tensors: Mapping[str, int]
    fields: Mapping[str, int]


@lru_cache(maxsize=16)
def _parsed(text: str) -> _Lines | None:
    try:
        message = parse_config_text(text)
    except ConfigTextError:
        return None
    tensors = [name for kind in _TENSORS for each in message.messages(kind) for name in each.scalars("name")]
    return _Lines(
        FieldLines(message),
        {name.string: name.line for name in reversed(tensors)},
        {field.name: field.line for field in reversed(message.fields)},
    )


def _line_by_name(parsed: _Lines, words: str) -> int:
    """Return the line of the tensor that is quoted, or of the field whose name stands in the words."""
    quoted = (parsed.tensors[name] for name in _QUOTED.findall(words) if name in parsed.tensors)
    longest_first = sorted(set(_WORD.findall(words)), key=len, reverse=True)
    named = (parsed.fields[word] for word in longest_first if word in parsed.fields)
    return next(quoted, 0) or next(named, 0)
