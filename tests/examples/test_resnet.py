"""ResNet, from its architecture alone."""

import pytest
import torch

from examples.resnet import resnet

pytestmark = pytest.mark.integration


@pytest.mark.parametrize(("layers", "parameters"), [(18, 11_689_512), (50, 25_557_032)])
def test_it_is_the_published_network(layers: int, parameters: int) -> None:
    """As many parameters as published; counted without making the weights."""
    with torch.device("meta"):
        module, _ = resnet(layers=layers)  # type: ignore[arg-type]  # one of the literals
    assert sum(parameter.numel() for parameter in module.parameters()) == parameters


def test_it_scores_images() -> None:
    """One score for each class of ImageNet, and equal seeds give equal models."""
    module, sample = resnet(7)
    inputs = sample(2, torch.Generator().manual_seed(0))
    assert {name: tuple(value.shape) for name, value in inputs.items()} == {"image": (2, 3, 224, 224)}
    with torch.inference_mode():
        scores = module(**inputs)
        assert torch.equal(scores, resnet(7)[0](**inputs))
        assert not torch.equal(scores, resnet(8)[0](**inputs))
    assert scores.shape == (2, 1000)
