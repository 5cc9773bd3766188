"""DenseNet-121 of torchvision (Huang et al., "Densely Connected Convolutional Networks")."""

from collections.abc import Callable, Mapping

import torch

from examples.image_scores import ImageScores, image_scores

__all__ = ["densenet121"]


def densenet121(
    random_seed: int | None = None, *, weights: str | None = None
) -> tuple[ImageScores, Callable[[int, torch.Generator], Mapping[str, torch.Tensor]]]:
    """Return DenseNet-121, of 7,978,856 parameters, and its samples: images of noise.

    Args:
        random_seed: draws the weights where none are named.
        weights: torchvision's name of pretrained weights, such as ``IMAGENET1K_V1``; downloading them takes
            a network. Default: none, the weights are random.
    """
    return image_scores("densenet121", random_seed, weights)
