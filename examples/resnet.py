"""ResNet of torchvision (He et al., "Deep Residual Learning for Image Recognition")."""

from collections.abc import Callable, Mapping
from typing import Literal

import torch

from examples.image_scores import ImageScores, image_scores

__all__ = ["resnet"]


def resnet(
    random_seed: int | None = None,
    *,
    layers: Literal[18, 34, 50, 101, 152] = 18,
    weights: str | None = None,
) -> tuple[ImageScores, Callable[[int, torch.Generator], Mapping[str, torch.Tensor]]]:
    """Return a ResNet and its samples: images of noise.

    Args:
        random_seed: draws the weights where none are named.
        layers: which of the published ones.
        weights: torchvision's name of pretrained weights, such as ``IMAGENET1K_V1``; downloading them takes
            a network. Default: none, the weights are random.
    """
    return image_scores(f"resnet{layers}", random_seed, weights)
