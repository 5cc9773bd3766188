"""DenseNet-121, from its architecture alone."""

import pytest
import torch

from examples.densenet import densenet121

pytestmark = pytest.mark.integration


def test_it_is_densenet_121() -> None:
    """As many parameters as published, and one score for each class of ImageNet."""
    module, sample = densenet121(7)
    assert sum(parameter.numel() for parameter in module.parameters()) == 7_978_856
    inputs = sample(2, torch.Generator().manual_seed(0))
    assert {name: tuple(value.shape) for name, value in inputs.items()} == {"image": (2, 3, 224, 224)}
    with torch.inference_mode():
        scores = module(**inputs)
    assert scores.shape == (2, 1000)
    assert (scores[0] - scores[1]).abs().max() > 1e-4


def test_the_seed_decides_the_weights() -> None:
    """Equal seeds, equal models; other seeds, others; nobody else's random numbers are drawn."""
    torch.manual_seed(3)
    expected = torch.rand(1)
    torch.manual_seed(3)
    weights = [next(densenet121(seed)[0].parameters()) for seed in (7, 7, 8)]
    assert torch.equal(torch.rand(1), expected)
    assert torch.equal(weights[0], weights[1])
    assert not torch.equal(weights[0], weights[2])
