"""ResNet of torchvision: colour images in, one score for each class of ImageNet out."""

from collections.abc import Callable, Mapping
from typing import Literal

import torch
from torch import nn

from examples.torchvision_operators import declare_operators

__all__ = ["Resnet", "resnet"]

SIZE_PIXELS = 224


class Resnet(nn.Module):
    """A ResNet (He et al., "Deep Residual Learning for Image Recognition").

    Args:
        network: torchvision's.
    """

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        """Score images.

        Args:
            image: ``[batch, 3, 224, 224]``, float32, red, green and blue.

        Returns:
            ``[batch, 1000]``, float32, unnormalised log-probabilities.
        """
        scores: torch.Tensor = self.network(image)
        return scores


def resnet(
    random_seed: int | None = None,
    *,
    layers: Literal[18, 34, 50, 101, 152] = 18,
    weights: str | None = None,
) -> tuple[Resnet, Callable[[int, torch.Generator], Mapping[str, torch.Tensor]]]:
    """Return a ResNet and its samples: images of noise.

    Args:
        random_seed: draws the weights where none are named.
        layers: which of the published ones.
        weights: torchvision's name of pretrained weights, such as ``IMAGENET1K_V1``; downloading them takes
            a network. Default: none, the weights are random.
    """
    declare_operators()
    from torchvision import models  # type: ignore[import-untyped]  # noqa: PLC0415 - it needs the declarations

    with torch.random.fork_rng(devices=[]):
        if random_seed is not None:
            torch.manual_seed(random_seed)
        network = models.get_model(f"resnet{layers}", weights=weights)
    return Resnet(network).eval(), _sample


def _sample(batch: int, generator: torch.Generator) -> Mapping[str, torch.Tensor]:
    return {"image": torch.rand(batch, 3, SIZE_PIXELS, SIZE_PIXELS, generator=generator)}
