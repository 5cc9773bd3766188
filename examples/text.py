"""A small text encoder: token numbers of any length in, one embedding a text out."""

import math
from collections.abc import Callable, Mapping

import torch
from torch import nn
from torch.nn import functional

__all__ = ["TextEncoder", "encoder"]

VOCABULARY = 1000
WIDTH = 64
HEADS = 4
LAYERS = 2
LONGEST_SAMPLE_TOKENS = 48


class EncoderLayer(nn.Module):
    """Self-attention and a feed-forward network, each behind a layer norm and beside a residual."""

    def __init__(self) -> None:
        super().__init__()
        self.attention_norm = nn.LayerNorm(WIDTH)
        self.queries_keys_values = nn.Linear(WIDTH, 3 * WIDTH)
        self.attended = nn.Linear(WIDTH, WIDTH)
        self.feed_forward = nn.Sequential(
            nn.LayerNorm(WIDTH), nn.Linear(WIDTH, 4 * WIDTH), nn.GELU(), nn.Linear(4 * WIDTH, WIDTH)
        )
        self.heads = HEADS

    def forward(self, tokens: torch.Tensor, allowed: torch.Tensor) -> torch.Tensor:
        """Transform ``[batch, length, 64]``; ``allowed`` is true where a token may be attended to."""
        batch, length, width = tokens.shape
        projected = self.queries_keys_values(self.attention_norm(tokens))
        split = projected.view(batch, length, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4)
        attended = functional.scaled_dot_product_attention(split[0], split[1], split[2], attn_mask=allowed)
        tokens = tokens + self.attended(attended.transpose(1, 2).reshape(batch, length, width))
        transformed: torch.Tensor = tokens + self.feed_forward(tokens)
        return transformed


class TextEncoder(nn.Module):
    """Embeddings with sinusoidal positions, two transformer layers, a mean over the unmasked tokens."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(VOCABULARY, WIDTH)
        self.layers = nn.ModuleList(EncoderLayer() for _ in range(LAYERS))
        self.norm = nn.LayerNorm(WIDTH)
        steps = torch.arange(0, WIDTH, 2, dtype=torch.float32)
        self.register_buffer("frequencies", torch.exp(steps * (-math.log(10_000.0) / WIDTH)))
        self.frequencies: torch.Tensor

    def forward(self, token_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        """Encode texts.

        Args:
            token_ids: ``[batch, length]``, int64, below 1000.
            attention_mask: ``[batch, length]``, int64, 1 for a token and 0 for padding, which changes
                nothing.

        Returns:
            ``[batch, 64]``, float32, of length 1.
        """
        positions = torch.arange(token_ids.shape[1], device=token_ids.device).unsqueeze(1)
        angles = positions * self.frequencies
        tokens = self.embedding(token_ids) + torch.cat((angles.sin(), angles.cos()), dim=1)
        allowed = (attention_mask != 0)[:, None, None, :]
        for layer in self.layers:
            tokens = layer(tokens, allowed)
        weights = attention_mask.to(tokens.dtype).unsqueeze(-1)
        total = (self.norm(tokens) * weights).sum(dim=1)
        return functional.normalize(total / weights.sum(dim=1).clamp(min=1.0), dim=-1)


def encoder(
    random_seed: int,
) -> tuple[TextEncoder, Callable[[int, torch.Generator], Mapping[str, torch.Tensor]]]:
    """Return an encoder with weights drawn from ``random_seed``, and its samples: padded random texts."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(random_seed)
        module = TextEncoder()
    return module.eval(), _sample


def _sample(batch: int, generator: torch.Generator) -> Mapping[str, torch.Tensor]:
    length = int(torch.randint(1, LONGEST_SAMPLE_TOKENS + 1, (1,), generator=generator))
    token_ids = torch.randint(0, VOCABULARY, (batch, length), generator=generator)
    tokens = torch.randint(1, length + 1, (batch, 1), generator=generator)
    attention_mask = (torch.arange(length) < tokens).long()
    return {"token_ids": token_ids, "attention_mask": attention_mask}
