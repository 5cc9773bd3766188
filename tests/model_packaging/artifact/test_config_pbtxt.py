import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_packaging.artifact.config_pbtxt import (
    MAX_CONFIG_PBTXT_BYTES,
    parse_config_pbtxt,
    render_config_pbtxt,
)
from model_packaging.artifact.errors import ConfigPbtxtError

CONFIG = """\
name: "classifier"
platform: "pytorch_libtorch"
max_batch_size: 16
input {
  name: "image"
  data_type: TYPE_FP32
  dims: 3
  dims: -1
}
"""


def test_text_becomes_the_message() -> None:
    """Fields have their types."""
    config = parse_config_pbtxt(CONFIG)
    assert config.max_batch_size == 16
    assert list(config.input[0].dims) == [3, -1]


def test_text_survives_both_ways() -> None:
    """What is rendered is what was parsed."""
    assert render_config_pbtxt(parse_config_pbtxt(CONFIG)) == CONFIG


def test_an_unknown_field_is_named_with_its_place() -> None:
    """Triton would say so only in its log."""
    with pytest.raises(ConfigPbtxtError) as caught:
        parse_config_pbtxt('name: "a"\n  max_batch_siz: 4\n', "a/config.pbtxt")
    assert (caught.value.line, caught.value.column) == (2, 3)
    assert str(caught.value).startswith("a/config.pbtxt:2:3: ")
    assert "max_batch_siz" in caught.value.reason


def test_an_unknown_enum_value_is_named() -> None:
    """Data types have fixed names."""
    with pytest.raises(ConfigPbtxtError, match="TYPE_FLOAT"):
        parse_config_pbtxt("input { data_type: TYPE_FLOAT }")


def test_an_enum_beyond_64_bits_is_refused() -> None:
    """Protobuf's parser raises another exception than its own there."""
    with pytest.raises(ConfigPbtxtError, match="Value out of range: 9223372036854775808"):
        parse_config_pbtxt("input { data_type: 9223372036854775808 }")


def test_a_huge_file_is_refused_unparsed() -> None:
    """It can't be a config.pbtxt."""
    with pytest.raises(ConfigPbtxtError, match="at most 262144"):
        parse_config_pbtxt("#" * (MAX_CONFIG_PBTXT_BYTES + 1))


@given(st.text(max_size=200))
def test_any_text_is_parsed_or_refused(text: str) -> None:
    """Noise ends in a message or in ConfigPbtxtError, in one line."""
    try:
        parse_config_pbtxt(text)
    except ConfigPbtxtError as error:
        assert "\n" not in str(error)  # noqa: PT017 - most noise is refused, some is an empty message


def test_importing_artifact_imports_no_protobuf() -> None:
    """Synth reads manifests and must not pay for protobuf, torch or numpy."""
    program = "import sys, model_packaging.artifact; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert not {"google.protobuf", "tritonclient", "torch", "numpy", "pydantic"} & set(done.stdout.split())
