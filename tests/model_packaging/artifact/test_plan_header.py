from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_packaging.artifact.plan_header import (
    PlanHeader,
    PlanHeaderError,
    parse_plan_header,
    read_plan_header,
)

_PLAN = b"ftrt" + bytes(20) + bytes([10, 8, 0, 43]) + b"engine"


def test_version_is_read_from_the_first_bytes(tmp_path: Path) -> None:
    """TensorRT's version lies where `trtexec --getPlanVersionOnly` reads it."""
    plan = tmp_path / "model.plan"
    plan.write_bytes(_PLAN)

    header = read_plan_header(plan)

    assert header == PlanHeader((10, 8, 0, 43))
    assert header.version_text == "10.8.0.43"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "begins with b''; a TensorRT plan begins with b'ftrt'"),
        (b"PK\x03\x04 an archive", "begins with b'PK\\x03\\x04'; a TensorRT plan begins with b'ftrt'"),
        (_PLAN[:20], "ends after 20 bytes; a TensorRT plan's header has 28"),
        (b"ftrt\x02" + _PLAN[5:], "has the serialization version 2; only 0 says in public"),
    ],
)
def test_another_file_is_refused(content: bytes, words: str) -> None:
    """What is no plan, or none whose version can be known, is said with what to do."""
    with pytest.raises(PlanHeaderError) as refused:
        parse_plan_header(content, "model.plan")

    assert str(refused.value).startswith(f"model.plan: {words}")
    assert str(refused.value).endswith(": build it again with `trtexec --saveEngine`")


def test_missing_file_is_refused(tmp_path: Path) -> None:
    """The file's name and the reason are said."""
    with pytest.raises(PlanHeaderError, match=r"model\.plan: can't be read \(No such file or directory\)"):
        read_plan_header(tmp_path / "model.plan")


@given(st.binary(max_size=64))
def test_any_bytes_give_a_header_or_a_refusal(content: bytes) -> None:
    """Whatever the file holds, nothing but a PlanHeaderError comes out."""
    try:
        header = parse_plan_header(content, "model.plan")
    except PlanHeaderError:
        return
    assert content.startswith(b"ftrt")
    assert header.tensorrt_version == tuple(content[24:28])
