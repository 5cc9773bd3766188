"""OpenAI GPT, from its architecture alone."""

import pytest
import torch

from examples.gpt import openai_gpt

pytestmark = pytest.mark.integration


def test_the_defaults_are_the_published_architecture() -> None:
    """Counted without making the weights."""
    with torch.device("meta"):
        module, _ = openai_gpt()
    assert sum(parameter.numel() for parameter in module.parameters()) == 116_534_784


def test_it_gives_a_vector_for_each_token() -> None:
    """Seven tokens, as the post's sentence has, of a size that a test can afford."""
    module, sample = openai_gpt(7, layers=1, heads=2, width=8)
    inputs = sample(2, torch.Generator().manual_seed(0))
    assert {name: (value.dtype, tuple(value.shape)) for name, value in inputs.items()} == {
        "input_ids": (torch.int64, (2, 7))
    }
    with torch.inference_mode():
        states = module(**inputs)
    assert states.shape == (2, 7, 8)
    assert (states[0] - states[1]).abs().max() > 1e-4


def test_the_seed_decides_the_weights() -> None:
    """Equal seeds, equal models; other seeds, others."""
    weights = [next(openai_gpt(seed, layers=1, heads=2, width=8)[0].parameters()) for seed in (7, 7, 8)]
    assert torch.equal(weights[0], weights[1])
    assert not torch.equal(weights[0], weights[2])
