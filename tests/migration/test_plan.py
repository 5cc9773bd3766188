"""`seatrial migrate`: what takes the place of Elastic Inference, and a file that keeps its comments."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migration import plan_migration
from migration.change import Change
from migration.errors import MigrationError
from migration.splice import spliced
from spec import load_deployment

_FILE = """\
# Kept: the head.
name: vision
environment: {account: "123456789012", region: us-east-1, availability_zones: [us-east-1a, us-east-1b]}
network:
  private_link: [sagemaker.runtime, ssm, ssmmessages, ec2messages, elastic-inference.runtime] # kept
models:
  classifier:
    export: {from: "vision:classifier", to: torchscript, how: trace}
    triton: {max_batch_size: 16}

endpoints:
  # Kept: about the endpoint.
  dedicated:
    type: realtime
    model: classifier
    instances: {type: ml.c5.large, count: 2, accelerator: ml.eia2.medium} # kept
    acknowledge_retired: true # gone
    acknowledge:
      SEA751: "kept for a comparison"

# Kept: about clients.
clients:
  gpt:
    type: ec2
    instance_type: m5.large # kept
    image: deep-learning-pytorch
    elastic_inference:
      type: eia2.xlarge
      model: classifier
      ingress_cidrs:
        - 10.0.0.0/16
      acknowledge_retired: true
    acknowledge: {SEA751: "kept for a comparison", AwsSolutions-EC23: "kept: not ours to judge"}
"""

_EIA_IMAGE = "763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-inference-eia:1.5.1-cpu-py36"

_MIGRATED = """\
# Kept: the head.
name: vision
environment: {account: "123456789012", region: us-east-1, availability_zones: [us-east-1a, us-east-1b]}
network:
  private_link: [sagemaker.runtime, ssm, ssmmessages, ec2messages] # kept
models:
  classifier:
    export: {from: "vision:classifier", to: torchscript, how: trace}
    triton: {max_batch_size: 16}

endpoints:
  # Kept: about the endpoint.
  dedicated:
    type: realtime
    model: classifier
    instances: {type: ml.g4dn.xlarge, count: 2} # kept

# Kept: about clients.
clients:
  gpt:
    type: ec2
    instance_type: g4dn.xlarge # kept
    image: deep-learning-pytorch
    acknowledge: {AwsSolutions-EC23: "kept: not ours to judge"}
"""


def _written(folder: Path, text: str) -> Path:
    path = folder / "vision.yaml"
    path.write_bytes(text.encode())
    return path


def test_the_rewritten_file_is_as_expected_to_the_byte(tmp_path: Path) -> None:
    """Accelerators become GPU instances; every comment on a line that stays, stays."""
    planned = plan_migration(_written(tmp_path, _FILE))
    assert planned.after == _MIGRATED
    assert planned.undecided == ()
    assert "+    instances: {type: ml.g4dn.xlarge, count: 2} # kept" in planned.diff


def test_planning_writes_nothing(tmp_path: Path) -> None:
    """Whoever only looks changes nothing."""
    path = _written(tmp_path, _FILE)
    plan_migration(path)
    assert path.read_text() == _FILE


def test_a_migrated_file_stays_as_it_is(tmp_path: Path) -> None:
    """A second migration finds nothing."""
    planned = plan_migration(_written(tmp_path, _MIGRATED))
    assert (planned.after, planned.diff, planned.changes) == (_MIGRATED, "", ())


def test_windows_line_ends_and_a_byte_order_mark_stay(tmp_path: Path) -> None:
    """An editor's own marks are no reason to rewrite every line."""
    planned = plan_migration(_written(tmp_path, "\ufeff" + _FILE.replace("\n", "\r\n")))
    assert planned.after == "\ufeff" + _MIGRATED.replace("\n", "\r\n")


def test_a_model_leaves_the_image_of_elastic_inference(tmp_path: Path) -> None:
    """Its release goes, and the defaults that only that image had."""
    text = _FILE.replace(
        "    triton: {max_batch_size: 16}\n",
        "    pytorch: {max_batch_size: 16, default_handlers: true}\n"
        '    container:\n      elastic_inference_release: "1.5.1"\n',
    )
    path = _written(tmp_path, text)
    path.write_text(plan_migration(path).after)
    model = load_deployment(path).deployment.models["classifier"]
    assert model.container.elastic_inference_release is None
    assert model.pytorch is not None
    assert model.pytorch.default_handlers is False


def test_the_image_of_elastic_inference_goes_without_an_accelerator_too(tmp_path: Path) -> None:
    """Nothing of what is retired is left where only the image and the acknowledgment are."""
    text = _MIGRATED.replace(
        "    triton: {max_batch_size: 16}\n",
        '    pytorch: {max_batch_size: 16}\n    container: {elastic_inference_release: "1.5.1"}\n',
    ).replace(
        "ml.g4dn.xlarge, count: 2} # kept\n", "ml.g4dn.xlarge, count: 2}\n    acknowledge_retired: true\n"
    )
    planned = plan_migration(_written(tmp_path, text))
    assert [str(each) for each in planned.changes] == [
        "models.classifier.container.elastic_inference_release: removed",
        "endpoints.dedicated.acknowledge_retired: removed",
    ]
    assert plan_migration(_written(tmp_path, planned.after)).changes == ()


def test_the_last_service_leaves_an_empty_list(tmp_path: Path) -> None:
    """Without the list its default would come back."""
    text = _FILE.replace("sagemaker.runtime, ssm, ssmmessages, ec2messages, elastic", "elastic")
    assert "private_link: [] # kept" in plan_migration(_written(tmp_path, text)).after


@pytest.mark.parametrize(
    ("old", "new", "place", "choice"),
    [
        (
            "triton: {max_batch_size: 16}",
            "triton: {max_batch_size: 16, instance_group: [{kind: KIND_CPU}]}",
            ("endpoints", "dedicated", "instances", "accelerator"),
            "inference component of 1 CPU and 2 GiB",
        ),
        (
            "      type: eia2.xlarge\n",
            "      type: eia2.xlarge\n      count: 2\n",
            ("clients", "gpt", "elastic_inference", "count"),
            "g4dn.12xlarge",
        ),
        (
            "image: deep-learning-pytorch",
            "image: amazon-linux-2023",
            ("clients", "gpt", "image"),
            "deep-learning-pytorch",
        ),
        (
            "    triton: {max_batch_size: 16}\n",
            f"    pytorch: {{max_batch_size: 16}}\n    container: {{image_uri: {_EIA_IMAGE}}}\n",
            ("models", "classifier", "container", "image_uri"),
            "remove image_uri",
        ),
    ],
)
def test_what_can_not_be_decided_is_left_with_its_choices(
    tmp_path: Path, old: str, new: str, place: tuple[str, ...], choice: str
) -> None:
    """Nothing is changed while the user has something to decide."""
    assert _FILE.count(old) == 1
    planned = plan_migration(_written(tmp_path, _FILE.replace(old, new)))
    (undecided,) = planned.undecided
    assert undecided.path == place
    assert any(choice in each for each in undecided.choices)
    assert (planned.after, planned.diff) == (planned.before, "")


def test_a_place_that_is_not_there_is_an_error() -> None:
    """It is told by its name."""
    with pytest.raises(MigrationError, match=r"endpoints\.other is not in the file"):
        spliced("endpoints: {}\n", [Change(("endpoints", "other"), "x")])


@pytest.mark.parametrize(
    ("gone", "expected"),
    [
        ("a", "{\n  b: 2, # b\n  c: 3 # c\n}\n"),
        ("b", "{\n  a: 1, # a\n  c: 3 # c\n}\n"),
        ("c", "{\n  a: 1, # a\n  b: 2, # b\n}\n"),
    ],
)
def test_an_entry_on_a_line_of_its_own_between_braces_takes_only_its_own_comment(
    gone: str, expected: str
) -> None:
    """The comments of the entries before and after it stay where they are."""
    text = "{\n  a: 1, # a\n  b: 2, # b\n  c: 3 # c\n}\n"
    assert spliced(text, [Change((gone,), None)]) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{a: 1, # a\n gone: 2}\n", "{a: 1, # a\n }\n"),
        ("{a: 1, # a\n gone: 2,}\n", "{a: 1, # a\n }\n"),
        ("{a: 1, # a\n gone: 2, b: 3}\n", "{a: 1, # a\n b: 3}\n"),
        ("{a: 1, gone: 2, # both\n b: 3}\n", "{a: 1, # both\n b: 3}\n"),
        ("{a: 1, gone: 2,}\n", "{a: 1,}\n"),
    ],
)
def test_an_entry_that_shares_its_line_between_braces_goes_alone(text: str, expected: str) -> None:
    """What is left is YAML, with the others' comments."""
    assert spliced(text, [Change(("gone",), None)]) == expected


@given(
    st.lists(st.from_regex(r"[a-z]{1,6}", fullmatch=True), min_size=2, max_size=6, unique=True).flatmap(
        lambda keys: st.tuples(st.just(keys), st.sampled_from(keys), st.booleans())
    )
)
def test_removing_an_entry_removes_it_alone(drawn: tuple[list[str], str, bool]) -> None:
    """In blocks and in braces, wherever it stands."""
    keys, gone, flow = drawn
    if flow:
        text = "{" + ", ".join(f"{key}: 1" for key in keys) + "}\n"
        wanted = "{" + ", ".join(f"{key}: 1" for key in keys if key != gone) + "}\n"
    else:
        text = "".join(f"{key}: 1 # {key}\n" for key in keys)
        wanted = "".join(f"{key}: 1 # {key}\n" for key in keys if key != gone)
    assert spliced(text, [Change((gone,), None)]) == wanted
