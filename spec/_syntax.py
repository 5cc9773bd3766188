"""The YAML parser's errors in words that say what to do."""

from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.reader import ReaderError

from spec._document import Complaint, shorten

__all__ = ["syntax_complaint"]

_ALLOWED = "YAML 1.2"
_WORDS = (
    (
        "mapping values are not allowed",
        "a second `: ` stands in one entry",
        "quote text that contains `: `, or check the indentation of this line",
    ),
    (
        "could not find expected ':'",
        "a key has no `:` after it",
        "write `key: value`, with a blank after the colon",
    ),
    (
        "expected <block end>",
        "the indentation fits no line above, or there is a bracket too many",
        "give entries of the same mapping or list the same indentation, and each bracket its partner",
    ),
    (
        "unexpected end of stream",
        "a quoted text has no end",
        "add the closing quote",
    ),
    (
        "expected ',' or",
        "a bracket is not closed or a comma is missing",
        "separate entries by commas and close every [ and {",
    ),
)
_TAB = ("a tab is used for indentation", "indent with spaces: YAML forbids tabs there")


def syntax_complaint(error: Exception, text: str) -> Complaint:
    """Return what the parser's ``error`` on ``text`` means for whoever wrote it."""
    if isinstance(error, ReaderError):
        line = text.count("\n", 0, error.position) + 1
        what = f"the character U+{ord(text[error.position]):04X} is not allowed in YAML"
        return Complaint((), what, "printable characters", "remove it", line=line)
    if not isinstance(error, MarkedYAMLError):
        what = f"this is not YAML: {shorten(str(error))}"
        return Complaint((), what, _ALLOWED, "check escapes (\\) and directives (%)")
    problem = " ".join(str(error.problem or error.context).split())
    # where a quote never ends, the end of the file is no help: the place where it began is
    mark = error.context_mark if "end of stream" in problem else error.problem_mark
    line = mark.line + 1 if mark else 1
    what, fix = _words(problem, text, line)
    return Complaint((), what, _ALLOWED, fix, line=line)


def _words(problem: str, text: str, line: int) -> tuple[str, str]:
    lines = text.splitlines()
    written = lines[line - 1] if line <= len(lines) else ""
    if "\t" in written[: len(written) - len(written.lstrip())] and "'\\t'" in problem:
        return _TAB
    for fragment, what, fix in _WORDS:
        if fragment in problem:
            return what, fix
    return f"this is not YAML: {shorten(problem)}", "check this line and the one before it"
