"""config.pbtxt with every value's line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_packaging.artifact.config_text import ConfigTextError, line_of_field, parse_config_text

TEXT = """\
name: "classifier"  # a comment
max_batch_size: 8
input [
  {
    name: "x"
    dims: [ 3,
            4 ]
  },
  { name: "y" }
]
output { name: "a" }
output { name: "b" dims: 5 }
instance_group [ { kind: KIND_GPU } ]
"""


@pytest.mark.parametrize(
    ("field", "line"),
    [
        (("name",), 1),
        (("max_batch_size",), 2),
        (("input", 0), 5),
        (("input", 0, "dims"), 6),
        (("input", 0, "dims", 1), 7),
        (("input", 1, "name"), 9),
        (("input", 1, "dims"), 9),
        (("output", 1, "dims"), 12),
        (("output", 7), 12),
        (("instance_group", 0, "kind"), 13),
        (("instance_group", 0, "gpus"), 13),
        (("model_warmup",), 0),
        (("name", "x"), 1),
    ],
)
def test_a_field_has_a_line(field: tuple[str | int, ...], line: int) -> None:
    """Its own, or that of what would hold it; repeated fields are counted in both of their forms."""
    assert line_of_field(parse_config_text(TEXT), field) == line


def test_strings_words_and_messages_are_told_apart() -> None:
    """As the format has them."""
    parsed = parse_config_text(TEXT)
    assert parsed.string("name") == "classifier"
    assert [each.string for each in parsed.scalars("max_batch_size")] == ["8"]
    assert [each.string("name") for each in parsed.messages("output")] == ["a", "b"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: {", "1:5: expected '}', found 'the end of the text'"),
        ("\n a b", "2:4: expected ':' or '{', found 'b'"),
        (": 1", "1:1: expected a field's name, found ':'"),
        ("a: [1 2]", "1:7: expected ',' or ']' in the list of 'a', found '2'"),
        ("a: }", "1:4: expected a value, found '}'"),
        ("a: 1 }", "1:6: expected a field's name, found '}'"),
        ("a: $", "1:4: unexpected '$'"),
        ("a {" * 101, "1:301: messages are nested more than 100 deep"),
    ],
)
def test_broken_syntax_is_told_with_its_place(text: str, words: str) -> None:
    """Line and column."""
    with pytest.raises(ConfigTextError) as refused:
        parse_config_text(text)
    assert str(refused.value) == words


@given(st.text(alphabet="a:{}[]<>,;-\"'\\ \n#1.", max_size=60))
def test_any_text_is_parsed_or_refused(text: str) -> None:
    """Never another exception, and no line beyond the text's."""
    try:
        parsed = parse_config_text(text)
    except ConfigTextError:
        return
    assert all(1 <= field.line <= text.count("\n") + 1 for field in parsed.fields)
