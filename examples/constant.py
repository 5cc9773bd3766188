"""A model that answers every request with the same number: what is left is the way there and back."""

from collections.abc import Callable, Mapping

import torch
from torch import nn

__all__ = ["Constant", "constant"]

FEATURES = 4


class Constant(nn.Module):
    """Answers ``value``, whatever the request.

    Args:
        value: of every answer.
    """

    value: torch.Tensor

    def __init__(self, value: float) -> None:
        super().__init__()
        self.register_buffer("value", torch.tensor([[value]]))

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Answer.

        Args:
            features: ``[batch, 4]``, float32; not looked at.

        Returns:
            ``[batch, 1]``, float32, the constant.
        """
        answer: torch.Tensor = self.value.expand(features.shape[0], 1)
        return answer.clone()


def constant(
    value: float,
) -> tuple[Constant, Callable[[int, torch.Generator], Mapping[str, torch.Tensor]]]:
    """Return the model that answers ``value``, and its samples: noise."""
    return Constant(value).eval(), _sample


def _sample(batch: int, generator: torch.Generator) -> Mapping[str, torch.Tensor]:
    return {"features": torch.rand(batch, FEATURES, generator=generator)}
