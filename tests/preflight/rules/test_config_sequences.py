"""The rules about controls, strategies and states of a sequence batcher."""

import pytest

from tests.preflight.rules.broken_configs import BrokenConfig, assert_found, examples_of


@pytest.mark.parametrize("broken", examples_of("SEA274"), ids=lambda each: each.what)
def test_sea274_control_impossible(broken: BrokenConfig) -> None:
    """No name, one name twice, one kind twice."""
    assert_found(broken)


@pytest.mark.parametrize("broken", examples_of("SEA275"), ids=lambda each: each.what)
def test_sea275_control_values_impossible(broken: BrokenConfig) -> None:
    """None, three, two kinds, and those of a correlation id."""
    assert_found(broken)


@pytest.mark.parametrize("broken", examples_of("SEA276"), ids=lambda each: each.what)
def test_sea276_strategy_out_of_range(broken: BrokenConfig) -> None:
    """Of each strategy."""
    assert_found(broken)


@pytest.mark.parametrize("broken", examples_of("SEA277"), ids=lambda each: each.what)
def test_sea277_initial_state_impossible(broken: BrokenConfig) -> None:
    """Its number, name, type, dims and data."""
    assert_found(broken)
