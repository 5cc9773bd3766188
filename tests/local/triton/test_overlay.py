from pathlib import Path
from typing import Any

import pytest
from google.protobuf import text_format
from hypothesis import given
from hypothesis import strategies as st
from tritonclient.grpc import model_config_pb2

from local.triton.overlay import Overlay, config_for_cpu, overlay_repository

KIND = model_config_pb2.ModelInstanceGroup.Kind
GROUPS = st.builds(
    model_config_pb2.ModelInstanceGroup,
    kind=st.sampled_from([0, 1, 2, 3]),
    count=st.integers(0, 4),
    gpus=st.lists(st.integers(0, 7), max_size=3),
)
CONFIGS = st.builds(
    model_config_pb2.ModelConfig,
    name=st.sampled_from(["m", "KIND_GPU", 'instance_group { kind: KIND_GPU }"']),
    instance_group=st.lists(GROUPS, max_size=3),
)
LAYOUTS = st.fixed_dictionaries(
    {
        "as_one_line": st.booleans(),
        "pointy_brackets": st.booleans(),
        "use_short_repeated_primitives": st.booleans(),
    }
)


@given(config=CONFIGS, layout=LAYOUTS)
def test_serves_exactly_the_same_but_for_the_gpu(
    config: model_config_pb2.ModelConfig, layout: dict[str, Any]
) -> None:
    """For protobuf's parser only ``kind`` and ``gpus`` of groups that may use a GPU differ."""
    text = text_format.MessageToString(config, **layout)
    served, overlays = config_for_cpu(text, "m")
    expected = model_config_pb2.ModelConfig()
    expected.CopyFrom(config)
    for group in expected.instance_group:
        if group.kind in (KIND.KIND_GPU, KIND.KIND_AUTO):
            group.ClearField("gpus")
        if group.kind == KIND.KIND_GPU:
            group.kind = KIND.KIND_CPU
    assert text_format.Parse(served, model_config_pb2.ModelConfig()) == expected
    assert bool(overlays) == (expected != config)


def test_comments_and_lines_stay_and_every_change_is_said() -> None:
    """The text is the same but for the values; no line moves above the last change."""
    text = """name: "m"  # KIND_GPU
instance_group [
  {
    kind: KIND_GPU,  # two of them
    gpus: [ 0,
            1 ]
  }
]
"""
    served, overlays = config_for_cpu(text, "m")
    assert served == text.replace("KIND_GPU,", "KIND_CPU,").replace("gpus: [ 0,\n            1 ]", "")
    assert [str(overlay) for overlay in overlays] == [
        "m/config.pbtxt:4: KIND_GPU is served as KIND_CPU on this machine",
        "m/config.pbtxt:5: gpus: [ 0, 1 ] is left out on this machine",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "instance_group { kind: KIND_CPU gpus: 0 }",  # the user's error, which Triton must say
        "instance_group { kind: KIND_MODEL }",
        "instance_group { count: 2 }",
        'name: "instance_group { kind: KIND_GPU }"',
        "kind: KIND_GPU",
        "instance_group { kind: KIND_GPU",  # broken: Triton says best what is wrong
    ],
)
def test_what_asks_for_no_gpu_is_left_alone(text: str) -> None:
    """Nothing changes, and nothing is said to."""
    assert config_for_cpu(text, "m") == (text, ())


def test_a_kind_given_as_a_number_is_understood() -> None:
    """Protobuf's text format allows an enum's number."""
    assert config_for_cpu("instance_group { kind: 1 }", "m")[0] == "instance_group { kind: KIND_CPU }"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """``gpu`` asks for a GPU, ``cpu`` does not."""
    for name, kind in (("gpu", "KIND_GPU"), ("cpu", "KIND_CPU")):
        (tmp_path / "repository" / name / "1").mkdir(parents=True)
        (tmp_path / "repository" / name / "1" / "model.pt").write_bytes(b"weights")
        text = f"instance_group {{ kind: {kind} }}\n"
        (tmp_path / "repository" / name / "config.pbtxt").write_text(text)
    return tmp_path / "repository"


def test_the_overlay_links_and_rewrites_only_what_it_must(repository: Path, tmp_path: Path) -> None:
    """Weights are not copied, the repository is not touched."""
    overlays = overlay_repository(repository, tmp_path / "overlay")
    assert overlays == (Overlay("gpu", 1, "KIND_GPU", "KIND_CPU"),)
    assert (tmp_path / "overlay" / "cpu").readlink() == repository / "cpu"
    assert (tmp_path / "overlay" / "gpu" / "1").readlink() == repository / "gpu" / "1"
    assert (
        tmp_path / "overlay" / "gpu" / "config.pbtxt"
    ).read_text() == "instance_group { kind: KIND_CPU }\n"
    assert (repository / "gpu" / "config.pbtxt").read_text() == "instance_group { kind: KIND_GPU }\n"


def test_without_a_gpu_asked_for_there_is_no_overlay(repository: Path, tmp_path: Path) -> None:
    """The repository itself is served."""
    (repository / "gpu" / "config.pbtxt").unlink()
    assert overlay_repository(repository, tmp_path / "overlay") == ()
    assert not (tmp_path / "overlay").exists()


def test_a_text_that_is_no_utf8_keeps_its_bytes(repository: Path, tmp_path: Path) -> None:
    """What Triton complains of is what the user wrote."""
    config = repository / "gpu" / "config.pbtxt"
    config.write_bytes(b'name: "\xff" instance_group { kind: KIND_GPU }')
    overlay_repository(repository, tmp_path / "overlay")
    served = (tmp_path / "overlay" / "gpu" / "config.pbtxt").read_bytes()
    assert served == b'name: "\xff" instance_group { kind: KIND_CPU }'
