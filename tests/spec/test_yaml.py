"""What YAML allows and a deployment file does not, and YAML that is none: one test per message."""

import json
import math
from collections.abc import Callable
from typing import Any

import pytest

from spec import Problem
from spec._scalars import plain_scalar
from spec._tree import MAXIMUM_DEPTH, MAXIMUM_NODES
from spec._yaml import read_document

Problems = Callable[[str], tuple[Problem, ...]]
OnlyProblem = Callable[[str], Problem]


def test_duplicate_key_names_both_lines(problems_of: Problems) -> None:
    """A key that stands twice is refused with both lines."""
    problem = problems_of("name: a\nenvironment: {}\nname: b\n")[-1]
    assert problem.location == "deployments/test.yaml:3"
    assert problem.path == "name"
    assert problem.what == "the key 'name' stands here a second time, first on line 1"
    assert problem.allowed == "each key once in a mapping"
    assert problem.fix == "remove it here or on line 1, or rename one of the two"


def test_duplicate_key_does_not_hide_other_problems(valid: dict[str, Any], problems_of: Problems) -> None:
    """Beside a duplicate key, everything else that is wrong is reported too."""
    valid["endpoints"]["dedicated"]["instances"]["count"] = 0
    text = json.dumps(valid)[:-1] + ', "name": "again"}'
    assert [each.path for each in problems_of(text)] == ["name", "endpoints.dedicated.instances.count"]


def test_alias(problems_of: Problems) -> None:
    """An anchor and its alias are refused, each where it stands, and nothing is said about the value."""
    problems = problems_of("name: &a vision\nmodels: *a\n")
    said = [(each.path, each.what, each.fix) for each in problems if "missing" not in each.what]
    assert said == [
        ("name", "an anchor (&a) is set", "remove the anchor"),
        ("models", "an alias (*a) is used", "write the value out"),
    ]


def test_merge_key(valid: dict[str, Any], only_problem_of: OnlyProblem) -> None:
    """A merge key is refused, without calling the keys missing that it would have brought."""
    text = json.dumps(valid).replace('"account": "123456789012"', '<<: {"account": "123456789012"}')
    problem = only_problem_of(text)
    assert problem.path == "environment"
    assert problem.what == "a merge key (<<) is used"
    assert problem.allowed == "mappings, lists and scalars, each written out where it is used"
    assert problem.fix == "write the merged keys out"


def test_tag(valid: dict[str, Any], only_problem_of: OnlyProblem) -> None:
    """A tag is refused, whatever it would make of the value."""
    problem = only_problem_of(json.dumps(valid).replace('"123456789012"', "!!str 123456789012"))
    assert problem.path == "environment.account"
    assert problem.what == "a tag (tag:yaml.org,2002:str) is used"
    assert problem.fix == "remove the tag; quotes make text"


def test_key_that_is_no_text(only_problem_of: OnlyProblem, valid: dict[str, Any]) -> None:
    """A key that YAML reads as something else than text asks for quotes."""
    problem = only_problem_of(json.dumps(valid).replace('"tolerance"', "1: {}, tolerance"))
    assert problem.path == "models.classifier"
    assert problem.what == "the key '1' is no text"
    assert problem.fix == 'put it in quotes: "1"'


def test_key_with_parts(only_problem_of: OnlyProblem, valid: dict[str, Any]) -> None:
    """A list or mapping as a key is refused."""
    problem = only_problem_of(json.dumps(valid).replace('"tolerance"', "[a, b]: {}, tolerance"))
    assert (problem.what, problem.fix) == ("a key is no text", "write a name as the key")


def test_second_document(only_problem_of: OnlyProblem, valid: dict[str, Any]) -> None:
    """A file holds one document."""
    problem = only_problem_of(f"{json.dumps(valid)}\n---\nname: other\n")
    assert problem.location == "deployments/test.yaml:2"
    assert problem.what == "a second document begins here"
    assert (problem.allowed, problem.fix) == ("at most one document in a file", "remove the `---`")


@pytest.mark.parametrize("text", ["", "\n\n", "# nothing yet\n"])
def test_empty_file(only_problem_of: OnlyProblem, text: str) -> None:
    """An empty file is called empty."""
    problem = only_problem_of(text)
    assert problem.what == "the file is empty"
    assert problem.fix == "start from deployments/local.yaml"


def test_long_number(only_problem_of: OnlyProblem, valid: dict[str, Any]) -> None:
    """A number that no computer holds is refused before it is converted."""
    valid["models"]["classifier"]["triton"]["max_batch_size"] = 10**100
    problem = only_problem_of(json.dumps(valid))
    assert problem.path == "models.classifier.triton.max_batch_size"
    assert problem.what == "a number of 101 characters"


@pytest.mark.parametrize("wrong", ['"\\ud83d\\ude00"', '{"\\udc00": 1}'])
def test_half_a_character(only_problem_of: OnlyProblem, valid: dict[str, Any], wrong: str) -> None:
    """Escapes that no encoding can hold are refused, in values as in keys."""
    problem = only_problem_of(json.dumps(valid).replace('"tolerance": {}', f'"tolerance": {wrong}'))
    assert problem.what == "an escape is half of a character"
    assert (problem.allowed, problem.fix) == ("whole characters", "write the character itself")


def test_depth_is_limited(only_problem_of: OnlyProblem) -> None:
    """Nesting has a limit, which is told."""
    problem = only_problem_of("[" * 10_000)
    assert problem.what == f"more than {MAXIMUM_DEPTH} levels of nesting"
    assert problem.allowed == f"at most {MAXIMUM_DEPTH} levels"
    assert problem.fix == "check the indentation and the brackets"


def test_size_is_limited(monkeypatch: pytest.MonkeyPatch, only_problem_of: OnlyProblem) -> None:
    """The number of values has a limit, which is told."""
    assert MAXIMUM_NODES == 100_000
    monkeypatch.setattr("spec._tree.MAXIMUM_NODES", 10)
    problem = only_problem_of(f"[{'a, ' * 20}]")
    assert problem.what == "more than 10 values"
    assert (problem.allowed, problem.fix) == ("at most 10 values", "split the deployment")


@pytest.mark.parametrize(
    ("text", "line", "what", "fix"),
    [
        pytest.param(
            "name: a\nmodels:\n\tb: 1\n",
            3,
            "a tab is used for indentation",
            "indent with spaces: YAML forbids tabs there",
            id="tab",
        ),
        pytest.param(
            "name: a: b\n",
            1,
            "a second `: ` stands in one entry",
            "quote text that contains `: `, or check the indentation of this line",
            id="colon",
        ),
        pytest.param(
            "name: a\nmodels\nendpoints: {}\n",
            3,
            "a key has no `:` after it",
            "write `key: value`, with a blank after the colon",
            id="no colon",
        ),
        pytest.param(
            "models:\n  a: 1\n b: 2\n",
            3,
            "the indentation fits no line above, or there is a bracket too many",
            "give entries of the same mapping or list the same indentation, and each bracket its partner",
            id="indentation",
        ),
        pytest.param(
            "name: a\nmodels: 'b\n\n\n", 2, "a quoted text has no end", "add the closing quote", id="quote"
        ),
        pytest.param(
            "models: [a, b\nname: c\n",
            2,
            "a bracket is not closed or a comma is missing",
            "separate entries by commas and close every [ and {",
            id="bracket",
        ),
        pytest.param(
            "name: a\x07b\n",
            1,
            "the character U+0007 is not allowed in YAML",
            "remove it",
            id="control character",
        ),
        pytest.param(
            "name: @a\n",
            1,
            "this is not YAML: found character '@' that cannot start any token",
            "check this line and the one before it",
            id="anything else",
        ),
        pytest.param(
            'name: "\\UFFFFFFFF"\n',
            1,
            "this is not YAML: Python int too large to convert to C int",
            "check escapes (\\) and directives (%)",
            id="escape",
        ),
    ],
)
def test_syntax_error(only_problem_of: OnlyProblem, text: str, line: int, what: str, fix: str) -> None:
    """A syntax error is one problem with its line, its cause and what to do."""
    problem = only_problem_of(text)
    assert problem.location == f"deployments/test.yaml:{line}"
    assert (problem.what, problem.fix) == (what, fix)


def test_problems_before_a_syntax_error_are_kept(problems_of: Problems) -> None:
    """A syntax error does not hide what was found before it."""
    assert [each.location[-2:] for each in problems_of("a: 1\na: 2\nb: @\n")] == [":2", ":3"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *[(text, None) for text in ("", "~", "null", "Null", "NULL")],
        *[(text, True) for text in ("true", "True", "TRUE")],
        *[(text, False) for text in ("false", "False", "FALSE")],
        *[("0", 0), ("-19", -19), ("+7", 7), ("007", 7), ("0o17", 15), ("0x1F", 31)],
        *[("1.", 1.0), (".5", 0.5), ("1e-5", 1e-5), ("-2.5E+3", -2500.0), ("24.09", 24.09)],
        *[(".inf", math.inf), ("-.INF", -math.inf), ("+.Inf", math.inf)],
        *[(text, text) for text in ("yes", "no", "on", "off", "y", "1:30", "2026-01-01", "1_000", "0b1")],
        *[
            (text, text)
            for text in ("nUll", "tRUE", "-", ".", "+.", "e5", "0x", "0o8", "1e", ".nAn", "\u0661")
        ],
    ],
)
def test_plain_scalars(text: str, value: object) -> None:
    """Unquoted scalars mean what YAML 1.2's core schema says, no more."""
    read = plain_scalar(text)
    assert read == value
    assert type(read) is type(value)


def test_nan_is_read() -> None:
    """.nan is a float, for the schema to refuse."""
    assert math.isnan(float(str(plain_scalar(".nan"))))


def test_styles_of_text() -> None:
    """Quoted and block scalars are text, whatever stands in them."""
    text = "a: '1'\nb: \"true\"\nc: |\n  null\nd: >-\n  1\n  2\n"
    assert read_document(text).data == {"a": "1", "b": "true", "c": "null\n", "d": "1 2"}


def test_byte_order_mark_is_no_content() -> None:
    """A byte order mark at the beginning is passed over."""
    assert read_document("\ufeffname: a").data == {"name": "a"}
