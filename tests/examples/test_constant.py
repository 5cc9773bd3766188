"""The model whose answer is always the same."""

import torch

from examples.constant import constant


def test_it_answers_its_value_whatever_it_is_asked() -> None:
    """One number for each of a batch's samples."""
    module, sample = constant(0.5)
    for batch in (1, 3):
        inputs = sample(batch, torch.Generator().manual_seed(batch))
        assert torch.equal(module(**inputs), torch.full((batch, 1), 0.5))
