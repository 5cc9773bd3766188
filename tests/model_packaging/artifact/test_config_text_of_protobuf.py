from typing import Any

import pytest
from google.protobuf import text_format
from hypothesis import given
from hypothesis import strategies as st
from tritonclient.grpc import model_config_pb2

from model_packaging.artifact.config_text import ConfigTextError, Message, Scalar, parse_config_text

NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=8)
KINDS = st.sampled_from([0, 1, 2, 3])
GROUPS = st.builds(
    model_config_pb2.ModelInstanceGroup,
    name=NAMES,
    kind=KINDS,
    count=st.integers(0, 4),
    gpus=st.lists(st.integers(0, 7), max_size=3),
)
CONFIGS = st.builds(
    model_config_pb2.ModelConfig,
    name=NAMES,
    platform=st.sampled_from(["", "pytorch_libtorch"]),
    max_batch_size=st.integers(-1, 128),
    instance_group=st.lists(GROUPS, max_size=3),
    parameters=st.dictionaries(
        NAMES, st.builds(model_config_pb2.ModelParameter, string_value=NAMES), max_size=2
    ),
)
LAYOUTS = st.fixed_dictionaries(
    {
        "as_one_line": st.booleans(),
        "pointy_brackets": st.booleans(),
        "use_short_repeated_primitives": st.booleans(),
    }
)


def values_of(message: Message) -> dict[str, list[Any]]:
    """The message as protobuf's parser would see its values: scalars as text."""
    found: dict[str, list[Any]] = {}
    for field in message.fields:
        for value in field.values:
            found.setdefault(field.name, []).append(
                value.text if isinstance(value, Scalar) else values_of(value)
            )
    return found


@given(config=CONFIGS, layout=LAYOUTS)
def test_reads_whatever_protobuf_writes(config: model_config_pb2.ModelConfig, layout: dict[str, Any]) -> None:
    """The instance groups found are the message's, in every layout that protobuf has."""
    text = text_format.MessageToString(config, as_utf8=True, **layout)
    groups = parse_config_text(text).messages("instance_group")
    assert len(groups) == len(config.instance_group)
    for group, expected in zip(groups, config.instance_group, strict=True):
        kinds = [model_config_pb2.ModelInstanceGroup.Kind.Value(kind.text) for kind in group.scalars("kind")]
        assert (kinds or [0]) == [expected.kind]
        assert [int(gpu.text) for gpu in group.scalars("gpus")] == list(expected.gpus)


@given(text=st.text("ab1 \n{}<>[]:;,'\"#-.\\", max_size=40))
def test_any_text_is_read_or_refused_with_a_position(text: str) -> None:
    """Nothing else can happen, and what is read stands where it says."""
    try:
        message = parse_config_text(text)
    except ConfigTextError as error:
        line, column, _ = str(error).split(":", 2)
        assert int(line) >= 1
        assert int(column) >= 1
        return
    for field in message.fields:
        for value in field.values:
            if isinstance(value, Scalar):
                assert text[value.start : value.end] == value.text


def test_comments_strings_and_separators_are_no_values() -> None:
    """What looks like a field in a comment or a string is none."""
    text = """# kind: KIND_GPU
name: "a # \\"b\\" { kind: KIND_GPU" 'c'; max_batch_size: - 1,  # instance_group { }
instance_group: [ < kind: KIND_GPU gpus: [0, 1] >, { kind: KIND_CPU } ]
"""
    message = parse_config_text(text)
    assert values_of(message) == {
        "name": ['"a # \\"b\\" { kind: KIND_GPU" \'c\''],
        "max_batch_size": ["- 1"],
        "instance_group": [{"kind": ["KIND_GPU"], "gpus": ["0", "1"]}, {"kind": ["KIND_CPU"]}],
    }


def test_a_value_knows_its_line() -> None:
    """Lines count from 1."""
    assert parse_config_text("a: 1\n\nb: 2").scalars("b")[0].line == 3


def test_the_last_of_several_values_counts() -> None:
    """As for a singular field; none is the empty string."""
    message = parse_config_text("backend: 'a' backend: \"b\"")
    assert message.string("backend") == "b"
    assert message.string("platform") == ""


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1 }", "1:6: expected a field's name, found '}'"),
        ("a\n  1", "2:3: expected ':' or '{', found '1'"),
        ("a: {", "1:5: expected '}', found 'the end of the text'"),
        ("a: [1 2]", "1:7: expected ',' or ']' in the list of 'a', found '2'"),
        ("a: ;", "1:4: expected a value, found ';'"),
        ("a: @", "1:4: unexpected '@'"),
        ("a: 'x", '1:4: unexpected "\'"'),
        ("a {" * 101, "1:301: messages are nested more than 100 deep"),
    ],
)
def test_a_syntax_error_says_where_and_what(text: str, message: str) -> None:
    """Line and column, what was expected, what was found."""
    with pytest.raises(ConfigTextError) as caught:
        parse_config_text(text)
    assert str(caught.value) == message
