"""The rules about inputs and outputs of a config.pbtxt by themselves."""

import pytest

from preflight import inspect_artifact
from tests.preflight.rules.broken_configs import (
    GOOD,
    RULES,
    BrokenConfig,
    artifact_of,
    assert_found,
    examples_of,
)


@pytest.mark.parametrize("broken", examples_of("SEA260"), ids=lambda each: each.what)
def test_sea260_tensor_without_name(broken: BrokenConfig) -> None:
    """A request finds tensors by their names."""
    assert_found(broken)


@pytest.mark.parametrize("broken", examples_of("SEA261"), ids=lambda each: each.what)
def test_sea261_input_declared_twice(broken: BrokenConfig) -> None:
    """Triton loads it, and no request reaches it."""
    assert_found(broken)


@pytest.mark.parametrize("broken", examples_of("SEA262"), ids=lambda each: each.what)
def test_sea262_reshape_impossible(broken: BrokenConfig) -> None:
    """Other numbers of elements, another place of what varies, no size, and a scalar of nothing."""
    assert_found(broken)


@pytest.mark.parametrize("broken", examples_of("SEA263"), ids=lambda each: each.what)
def test_sea263_image_format_without_image(broken: BrokenConfig) -> None:
    """Height, width and channels are three."""
    assert_found(broken)


@pytest.mark.parametrize("broken", examples_of("SEA264"), ids=lambda each: each.what)
def test_sea264_tensor_of_tensorrt_alone(broken: BrokenConfig) -> None:
    """Of inputs and of outputs."""
    assert_found(broken)


@pytest.mark.parametrize("broken", examples_of("SEA265"), ids=lambda each: each.what)
def test_sea265_batch_tensor_impossible(broken: BrokenConfig) -> None:
    """Its source, its type and its target."""
    assert_found(broken)


@pytest.mark.parametrize(
    "words",
    [
        "dims: [ 4 ] reshape { shape: [ 2, 2 ] }",
        "dims: [ 1 ] reshape { }",
        "dims: [ 2, -1, 6 ] reshape { shape: [ 2, 1, -1, 3, 2 ] }",
        "dims: [ 3, 4, 4 ] format: FORMAT_NCHW",
    ],
)
def test_what_triton_takes_of_a_tensor(words: str) -> None:
    """Elements regrouped, a scalar of each request, a size that varies between others, an image."""
    config = GOOD.replace("dims: [ 4 ] } ]\noutput", f"{words} }} ]\noutput")
    assert not {each.rule for each in inspect_artifact(artifact_of(config))} & RULES


def test_sea264_non_linear_formats_of_a_plan_have_three_dims() -> None:
    """As TensorRT's own formats have."""
    plan = GOOD.replace('backend: "python"', 'backend: "tensorrt"')
    broken = plan.replace("dims: [ 4 ] } ]\noutput", "dims: [ 4 ] is_non_linear_format_io: true } ]\noutput")
    [finding] = [each for each in inspect_artifact(artifact_of(broken)) if each.rule == "SEA264"]
    assert finding.what == "'x' has is_non_linear_format_io and dims [4]."
