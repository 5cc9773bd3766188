"""The rules about a model's instances, its platform and its backend."""

import pytest

from preflight import inspect_artifact
from tests.preflight.rules.broken_configs import (
    GOOD,
    BrokenConfig,
    artifact_of,
    assert_found,
    examples_of,
)


@pytest.mark.parametrize("broken", examples_of("SEA280"), ids=lambda each: each.what)
def test_sea280_gpus_of_a_model_group(broken: BrokenConfig) -> None:
    """The model chooses."""
    assert_found(broken)


@pytest.mark.parametrize("broken", examples_of("SEA281"), ids=lambda each: each.what)
def test_sea281_profile_without_tensorrt(broken: BrokenConfig) -> None:
    """A Python model has none."""
    assert_found(broken)


@pytest.mark.parametrize("broken", examples_of("SEA282"), ids=lambda each: each.what)
def test_sea282_only_passive_instances(broken: BrokenConfig) -> None:
    """Triton loads it; the first request ends the server."""
    assert_found(broken)


@pytest.mark.parametrize("broken", examples_of("SEA283"), ids=lambda each: each.what)
def test_sea283_platform_unknown(broken: BrokenConfig) -> None:
    """A backend's name is none."""
    assert_found(broken)


@pytest.mark.parametrize("broken", examples_of("SEA284"), ids=lambda each: each.what)
def test_sea284_backend_and_platform_differ(broken: BrokenConfig) -> None:
    """Of two backends, and of an ensemble."""
    assert_found(broken)


@pytest.mark.parametrize(
    ("config", "fix"),
    [
        ('platform: "onnxruntime"', 'Write platform: "onnxruntime_onnx" or backend: "onnxruntime".'),
        ('platform: "python"', 'Write backend: "python".'),
    ],
)
def test_sea283_says_what_was_meant(config: str, fix: str) -> None:
    """A backend's name for a platform is the common mistake."""
    found = inspect_artifact(artifact_of(GOOD.replace('backend: "python"', config)))
    assert [each.fix for each in found if each.rule == "SEA283"] == [fix]


@pytest.mark.parametrize("words", ['backend: "python"\nplatform: "mine"', 'platform: "torch_aoti"'])
def test_platforms_that_are_not_judged(words: str) -> None:
    """A backend of the user's own has platforms of its own, and newer releases have more."""
    found = inspect_artifact(artifact_of(GOOD.replace('backend: "python"', words)))
    assert not {each.rule for each in found} & {"SEA283", "SEA284"}


def test_sea281_profiles_of_a_plan_are_numbers() -> None:
    """By their numbers they are found in the plan."""
    plan = GOOD.replace('backend: "python"', 'platform: "tensorrt_plan"').replace("KIND_CPU", "KIND_GPU %s")
    assert not [
        each for each in inspect_artifact(artifact_of(plan % 'profile: "1"')) if each.rule == "SEA281"
    ]
    [finding] = [
        each for each in inspect_artifact(artifact_of(plan % 'profile: "small"')) if each.rule == "SEA281"
    ]
    assert finding.allowed == 'numbers from 0, such as "0".'


def test_sea285_name_with_spaces() -> None:
    """A shell splits it."""
    [finding] = [
        each for each in inspect_artifact(artifact_of(GOOD, name="my echo")) if each.rule == "SEA285"
    ]
    assert finding.what == "The model's name is 'my echo'."
    assert finding.allowed == "a name without spaces."


@pytest.mark.parametrize(
    ("group", "is_found"),
    [
        ("kind: KIND_GPU gpus: [ -1 ]", True),
        ("gpus: [ 0, -1 ]", True),
        ("kind: KIND_GPU gpus: [ 0 ]", False),
        ("kind: KIND_CPU gpus: [ -1 ]", False),
    ],
)
def test_sea286_gpu_of_no_number(group: str, is_found: bool) -> None:  # noqa: FBT001 - pytest's own
    """Not of KIND_CPU, of which another rule says that it has none at all."""
    findings = inspect_artifact(artifact_of(GOOD.replace("kind: KIND_CPU", group)))
    assert [each.allowed for each in findings if each.rule == "SEA286"] == (
        ["numbers from 0, or no gpus."] if is_found else []
    )
