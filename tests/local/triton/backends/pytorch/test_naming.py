import pytest

from local.triton.backends.pytorch.libtorch.naming import NamingConvention, input_indices, output_indices


def test_names_of_forwards_arguments_win() -> None:
    """Whatever their order in the configuration, and even if they look like an index."""
    naming, indices = input_indices(["b__0", "a"], ["a", "b__0"])
    assert naming is NamingConvention.FORWARD_ARGUMENT
    assert indices == {"b__0": 1, "a": 0}


def test_one_name_that_is_no_argument_leaves_the_index() -> None:
    """Every input must follow a convention, or none does."""
    naming, indices = input_indices(["INPUT__1", "a__0"], ["a__0", "b"])
    assert naming is NamingConvention.NAMED_INDEX
    assert indices == {"INPUT__1": 1, "a__0": 0}


@pytest.mark.parametrize("name", ["b", "INPUT_1", "INPUT__x", "INPUT__1__0", "INPUT__-1"])
def test_otherwise_the_configurations_order_counts(name: str) -> None:
    """Other names are not refused: they are taken in order."""
    naming, indices = input_indices(["INPUT__1", name], ["x", "y"])
    assert naming is NamingConvention.STRICT_CONFIG_ORDERING
    assert indices == {"INPUT__1": 0, name: 1}


def test_the_first_delimiter_counts_and_no_digits_are_zero() -> None:
    """As LibTorch's find and atoi have it."""
    assert output_indices(["OUT__", "__12"])[1] == {"OUT__": 0, "__12": 12}


def test_outputs_know_no_arguments() -> None:
    """Index, or order."""
    assert output_indices(["OUT__1", "SUM__0"]) == (NamingConvention.NAMED_INDEX, {"OUT__1": 1, "SUM__0": 0})
    assert output_indices(["out", "sum__0"]) == (
        NamingConvention.STRICT_CONFIG_ORDERING,
        {"out": 0, "sum__0": 1},
    )
