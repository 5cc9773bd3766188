"""Pydantic's verdict on a document, in our words: one function per kind of error, none of pydantic's text."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from spec._allowed import KEY, Allowed, without_tags
from spec._document import Complaint, Document, DocumentPath, dotted, shorten
from spec._scalars import NumberTooLongError, plain_scalar
from spec._suggest import did_you_mean

__all__ = ["schema_complaints"]


@dataclass(frozen=True, slots=True)
class _Fault:
    """One error of pydantic's, with what is known about its place."""

    path: DocumentPath
    value: object
    shown: str
    schema_path: DocumentPath
    allowed: Allowed
    context: Mapping[str, Any]

    def says(self, what: str, fix: str, allowed: str | None = None) -> Complaint:
        words = allowed or self.allowed.words(self.value)
        return Complaint(self.path, what, words, fix, value=self.shown)


def schema_complaints(error: ValidationError, document: Document) -> Iterator[Complaint]:
    """Yield what pydantic refuses in ``document``, without consequences of what YAML-level complaints say."""
    for each in error.errors(include_url=False):
        kind, schema_path, value = _plain(each)
        path = without_tags(schema_path)
        about_mapping = kind in _ABOUT_THE_MAPPING
        place = path[:-1] if about_mapping else path
        if any(path[:end] in document.unreadable for end in range(len(path) + 1)):
            continue
        if kind == "missing" and place in document.incomplete:
            continue
        about_key = path[-1:] == (KEY,) and not about_mapping and path not in document.lines
        in_file = path[:-1] if about_key else path
        fault = _Fault(
            path=in_file,
            value=value,
            shown=shorten(str(value)) if about_key else document.shown(in_file),
            schema_path=schema_path,
            allowed=Allowed(schema_path[:-1] if about_mapping else schema_path),
            context=each.get("ctx", {}),
        )
        yield _WORDS.get(kind, _other)(fault)


def _plain(error: ErrorDetails) -> tuple[str, DocumentPath, object]:
    """Return the error's kind, path and value; a wrong tag is an error of the key that holds it."""
    if error["type"] not in _ABOUT_THE_TAG:
        return error["type"], error["loc"], error["input"]
    key = error["ctx"]["discriminator"].strip("'")
    return _ABOUT_THE_TAG[error["type"]], (*error["loc"], key), error["input"].get(key)


def _missing(fault: _Fault) -> Complaint:
    parent, key = fault.path[:-1], fault.path[-1]
    under = f"under {dotted(parent)}" if parent else "at the top of the file"
    words = Allowed(fault.schema_path).words()
    return Complaint(fault.path, f"the key {key!r} is missing", words, f"add `{key}:` {under}")


def _unknown_key(fault: _Fault) -> Complaint:
    key = shorten(str(fault.path[-1]))
    keys = fault.allowed.keys
    return fault.says(f"the key {key!r} is unknown", did_you_mean(key, keys, "remove it"), ", ".join(keys))


def _needs_text(fault: _Fault) -> Complaint:
    if fault.value is None:
        return fault.says("text is needed, and nothing stands here", "write a value, or remove the key")
    if isinstance(fault.value, dict | list):
        return fault.says(f"text is needed, this is {fault.shown}", "write text")
    kind = "true or false" if isinstance(fault.value, bool) else "a number"
    return fault.says(
        f"{fault.shown} without quotes is {kind}, and text is needed", f'put it in quotes: "{fault.shown}"'
    )


def _needs(what: str, write: str, kinds: tuple[type, ...] = ()) -> Callable[[_Fault], Complaint]:
    """Return the words for a value of another type; of ``kinds`` is what quotes may have made text."""

    def words(fault: _Fault) -> Complaint:
        if fault.value is None:
            return fault.says(
                f"{what} is needed, and nothing stands here", "write a value, or remove the key"
            )
        fix = "remove the quotes" if type(_unquoted(fault.value)) in kinds else f"write {write}"
        return fault.says(f"{what} is needed, this is {fault.shown}", fix)

    return words


def _unquoted(value: object) -> object:
    try:
        return plain_scalar(value) if isinstance(value, str) else None
    except NumberTooLongError:
        return value


def _option(fault: _Fault) -> Complaint:
    value, options = fault.value, fault.allowed.options
    numbers = [each for each in options if isinstance(each, int)]
    if numbers and isinstance(value, int):
        fix = f"the nearest is {min(numbers, key=lambda each: abs(each - value))}"
    else:
        fix = did_you_mean(value, options, "take an allowed one")
    return fault.says(f"{fault.shown} is not an allowed value", fix)


def _pattern(fault: _Fault) -> Complaint:
    return fault.says(f"{fault.shown} does not have the right form", "rewrite it in that form")


def _too_long_text(fault: _Fault) -> Complaint:
    return fault.says(f"{len(str(fault.value))} characters are too many", "shorten it")


def _too_short_text(fault: _Fault) -> Complaint:
    return fault.says(f"{len(str(fault.value))} characters are too few", "write more")


def _too_small(fault: _Fault) -> Complaint:
    return fault.says(f"{fault.shown} is too small", "take a larger number")


def _too_large(fault: _Fault) -> Complaint:
    return fault.says(f"{fault.shown} is too large", "take a smaller number")


def _not_finite(fault: _Fault) -> Complaint:
    return fault.says(f"{fault.shown} is not a finite number", "write a number")


def _too_few(fault: _Fault) -> Complaint:
    count = fault.context["actual_length"]
    return fault.says(f"{count} of these are too few", f"add {fault.context['min_length'] - count} or more")


def _too_many(fault: _Fault) -> Complaint:
    count = (
        fault.context["actual_length"] or len(fault.value) if isinstance(fault.value, dict | list) else "so"
    )
    return fault.says(f"{count} of these are too many", f"keep at most {fault.context['max_length']}")


def _repeated(fault: _Fault) -> Complaint:
    repeated = fault.context["repeated"]
    return fault.says(f"{repeated!r} stands in this list twice", "remove one of the two")


def _not_a_scalar(fault: _Fault) -> Complaint:
    return fault.says(
        f"a single finite value is needed, this is {fault.shown}", "give the factory single values"
    )


def _host_bits(fault: _Fault) -> Complaint:
    return fault.says(
        f"{fault.shown} names an address inside a network, not the network",
        "set the bits after the prefix to 0",
    )


def _other(fault: _Fault) -> Complaint:
    return fault.says(f"{fault.shown} can't be used here", "write what is allowed")


_ABOUT_THE_MAPPING = ("missing", "extra_forbidden")
_ABOUT_THE_TAG = {"union_tag_not_found": "missing", "union_tag_invalid": "literal_error"}

_WORDS: dict[str, Callable[[_Fault], Complaint]] = {
    "missing": _missing,
    "extra_forbidden": _unknown_key,
    "model_attributes_type": _needs("a mapping", "`key: value` lines below this key"),
    "model_type": _needs("a mapping", "`key: value` lines below this key"),
    "dict_type": _needs("a mapping", "`name: value` lines below this key"),
    "tuple_type": _needs("a list", "[brackets] around it"),
    "string_type": _needs_text,
    "int_type": _needs("a whole number", "a whole number", (int,)),
    "float_type": _needs("a number", "a number", (int, float)),
    "literal_error": _option,
    "not_one_of": _option,
    "string_pattern_mismatch": _pattern,
    "string_too_long": _too_long_text,
    "string_too_short": _too_short_text,
    "greater_than_equal": _too_small,
    "greater_than": _too_small,
    "less_than_equal": _too_large,
    "finite_number": _not_finite,
    "too_short": _too_few,
    "too_long": _too_many,
    "repeated_item": _repeated,
    "not_a_scalar": _not_a_scalar,
    "host_bits": _host_bits,
}
