"""Two models in a row: one scales rows of numbers, the other scores what the first returns."""

from collections.abc import Callable, Mapping

import torch
from torch import nn

__all__ = ["Scaler", "Scorer", "scaler", "scorer"]

FEATURES = 6
_Sample = Callable[[int, torch.Generator], Mapping[str, torch.Tensor]]


class Scaler(nn.Module):
    """Moves and stretches each feature."""

    mean: torch.Tensor
    scale: torch.Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("mean", torch.randn(FEATURES))
        self.register_buffer("scale", torch.rand(FEATURES) + 0.5)

    def forward(self, row: torch.Tensor) -> torch.Tensor:
        """Scale rows.

        Args:
            row: ``[batch, 6]``, float32.

        Returns:
            ``[batch, 6]``, float32.
        """
        return (row - self.mean) / self.scale


class Scorer(nn.Module):
    """Two linear layers."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(FEATURES, 16), nn.Tanh(), nn.Linear(16, 1))

    def forward(self, scaled: torch.Tensor) -> torch.Tensor:
        """Score rows.

        Args:
            scaled: ``[batch, 6]``, float32.

        Returns:
            ``[batch, 1]``, float32.
        """
        score: torch.Tensor = self.layers(scaled)
        return score


def scaler(random_seed: int) -> tuple[Scaler, _Sample]:
    """Return a scaler drawn from ``random_seed``, and its samples: noise."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(random_seed)
        return Scaler().eval(), _named("row")


def scorer(random_seed: int) -> tuple[Scorer, _Sample]:
    """Return a scorer with weights drawn from ``random_seed``, and its samples: noise."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(random_seed)
        return Scorer().eval(), _named("scaled")


def _named(name: str) -> _Sample:
    def sample(batch: int, generator: torch.Generator) -> Mapping[str, torch.Tensor]:
        return {name: torch.randn(batch, FEATURES, generator=generator)}

    return sample
