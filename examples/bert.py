"""BERT of transformers with a classifier: padded token ids in, one score for each of two classes out."""

from collections.abc import Callable, Mapping

import torch
from torch import nn

from examples.torchvision_operators import declare_operators

__all__ = ["BertClassifier", "bert_classifier"]

VOCABULARY = 30522
POSITIONS = 512
CLASSES = 2


class BertClassifier(nn.Module):
    """BERT ("Pre-training of Deep Bidirectional Transformers", Devlin et al.) as a binary classifier.

    Args:
        network: transformers' model; it returns a tuple or an object, a served model returns tensors.
    """

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        """Score texts.

        Args:
            input_ids: ``[batch, tokens]``, int64, each from 0 to 30,521; at most 512 tokens.
            attention_mask: ``[batch, tokens]``, int64, 1 for a token and 0 for padding.

        Returns:
            ``[batch, 2]``, float32, unnormalised log-probabilities.
        """
        scores: torch.Tensor = self.network(input_ids, attention_mask=attention_mask, return_dict=False)[0]
        return scores


def bert_classifier(
    random_seed: int | None = None,
    *,
    layers: int = 24,
    heads: int = 16,
    width: int = 1024,
    tokens: int = POSITIONS,
    weights: str | None = None,
) -> tuple[BertClassifier, Callable[[int, torch.Generator], Mapping[str, torch.Tensor]]]:
    """Return the model and its samples: random texts, padded to ``tokens``.

    The defaults are bert-large-uncased: 335,143,938 parameters with the classifier, 1.25 GiB.

    Args:
        random_seed: draws the weights where none are named.
        layers: transformer blocks.
        heads: attention heads of each.
        width: of each token's vector; a multiple of ``heads``.
        tokens: the length that texts are padded to, at most 512.
        weights: a name on the Hugging Face hub, such as ``google-bert/bert-large-uncased``; downloading them
            takes a network, and the architecture is theirs. Default: none, the weights are random.
    """
    declare_operators()  # transformers imports torchvision where there is one
    from transformers import BertConfig, BertForSequenceClassification  # noqa: PLC0415 - a second and a half

    def sample(batch: int, generator: torch.Generator) -> Mapping[str, torch.Tensor]:
        lengths = torch.randint(1, tokens + 1, (batch, 1), generator=generator)
        input_ids = torch.randint(0, VOCABULARY, (batch, tokens), generator=generator)
        return {"input_ids": input_ids, "attention_mask": (torch.arange(tokens) < lengths).long()}

    if weights is not None:
        return BertClassifier(BertForSequenceClassification.from_pretrained(weights)).eval(), sample
    config = BertConfig(
        vocab_size=VOCABULARY,
        max_position_embeddings=POSITIONS,
        num_hidden_layers=layers,
        num_attention_heads=heads,
        hidden_size=width,
        intermediate_size=4 * width,
    )
    config.num_labels = CLASSES
    # The others choose a kernel by the mask's values, which a trace would freeze.
    config._attn_implementation = "eager"  # noqa: SLF001 - as transformers' own from_pretrained sets it
    with torch.random.fork_rng(devices=[]):
        if random_seed is not None:
            torch.manual_seed(random_seed)
        network = BertForSequenceClassification(config)
    return BertClassifier(network).eval(), sample
