"""BERT with a classifier, from its architecture alone."""

import pytest
import torch

from examples.bert import bert_classifier

pytestmark = pytest.mark.integration


def test_the_defaults_are_bert_large_uncased() -> None:
    """Counted without making the weights; the classifier on top has 2 x 1,024 weights and 2 biases."""
    with torch.device("meta"):
        module, _ = bert_classifier()
    assert sum(parameter.numel() for parameter in module.parameters()) == 335_143_938


def test_it_scores_padded_texts() -> None:
    """512 tokens, as the post pads to, of a size that a test can afford; padding changes nothing."""
    module, sample = bert_classifier(7, layers=1, heads=2, width=8)
    inputs = dict(sample(2, torch.Generator().manual_seed(0)))
    assert {name: (value.dtype, tuple(value.shape)) for name, value in inputs.items()} == {
        "input_ids": (torch.int64, (2, 512)),
        "attention_mask": (torch.int64, (2, 512)),
    }
    with torch.inference_mode():
        scores = module(**inputs)
        other_padding = torch.where(inputs["attention_mask"] == 1, inputs["input_ids"], 0)
        again = module(other_padding, inputs["attention_mask"])
    assert scores.shape == (2, 2)
    assert (scores[0] - scores[1]).abs().max() > 1e-6
    assert torch.allclose(scores, again, atol=1e-6)


def test_the_seed_decides_the_weights() -> None:
    """Equal seeds, equal models; other seeds, others."""
    weights = [next(bert_classifier(seed, layers=1, heads=2, width=8)[0].parameters()) for seed in (7, 7, 8)]
    assert torch.equal(weights[0], weights[1])
    assert not torch.equal(weights[0], weights[2])
