"""The rules about the data of warm-up requests."""

import pytest

from preflight import inspect_artifact
from tests.preflight.rules.broken_configs import GOOD, BrokenConfig, artifact_of, assert_found, examples_of


@pytest.mark.parametrize("broken", examples_of("SEA220"), ids=lambda each: each.what)
def test_sea220_warmup_file_missing(broken: BrokenConfig) -> None:
    """It lies in a folder of its own."""
    assert_found(broken)


@pytest.mark.parametrize("broken", examples_of("SEA229"), ids=lambda each: each.what)
def test_sea229_warmup_without_data(broken: BrokenConfig) -> None:
    """Zeros are data, too."""
    assert_found(broken)


@pytest.mark.parametrize("broken", examples_of("SEA230"), ids=lambda each: each.what)
def test_sea230_warmup_file_short(broken: BrokenConfig) -> None:
    """A byte less than the tensor."""
    assert_found(broken)


def test_warm_up_data_of_a_whole_tensor_are_enough() -> None:
    """Raw bytes of every element; strings have no fixed size."""
    for datatype, size in (("TYPE_FP32", 16), ("TYPE_STRING", 1)):
        config = GOOD.replace("TYPE_FP32", datatype)
        data = f'data_type: {datatype} dims: [ 4 ] input_data_file: "f"'
        warmup = f'model_warmup {{ name: "w" batch_size: 1 inputs {{ key: "x" value {{ {data} }} }} }}'
        found = inspect_artifact(artifact_of(config + warmup, {"warmup/f": size}))
        assert not {each.rule for each in found} & {"SEA220", "SEA229", "SEA230"}


@pytest.mark.parametrize("name", ["./x", "more/../x", "/x", "../warmup/x"])
def test_sea220_paths_that_lead_to_the_data(name: str) -> None:
    """Triton appends what it is given, and the system follows it."""
    data = f'data_type: TYPE_FP32 dims: [ 4 ] input_data_file: "{name}"'
    warmup = f'model_warmup {{ name: "w" batch_size: 1 inputs {{ key: "x" value {{ {data} }} }} }}'
    found = inspect_artifact(artifact_of(f"{GOOD}{warmup}", {"warmup/x": 16}))
    assert "SEA220" not in {each.rule for each in found}
