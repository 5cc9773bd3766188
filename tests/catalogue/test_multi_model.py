"""The GPU instance types of multi-model endpoints."""

import pytest

import catalogue
from catalogue.multi_model import MULTI_MODEL_GPU_TYPES


@pytest.mark.parametrize("name", MULTI_MODEL_GPU_TYPES)
def test_each_is_in_the_catalogue_with_one_gpu(name: str) -> None:
    """As the developer guide's table says."""
    assert catalogue.instance_type(name).gpus == 1
