"""Which GPUs CUDA still serves."""

import pytest

from catalogue.cuda_generations import is_served


@pytest.mark.parametrize(
    ("capability", "cuda", "served"),
    [
        ("3.7", 12, False),
        ("6.0", 12, True),
        ("7.0", 12, True),
        ("7.0", 13, False),
        ("7.5", 13, True),
        ("10.0", 13, True),
        ("3.7", 99, True),
    ],
)
def test_compute_capabilities_are_numbers(capability: str, cuda: int, *, served: bool) -> None:
    """10.0 comes after 7.5; of a CUDA that nobody knows nothing is said."""
    assert is_served(capability, cuda) is served
