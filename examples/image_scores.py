"""What classifiers of torchvision share: colour images in, one score for each class of ImageNet out."""

from collections.abc import Callable, Mapping

import torch
from torch import nn

from examples.torchvision_operators import declare_operators

__all__ = ["ImageScores", "image_scores"]

SIZE_PIXELS = 224


class ImageScores(nn.Module):
    """A network whose input and output have names.

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


def image_scores(
    network: str, random_seed: int | None, weights: str | None
) -> tuple[ImageScores, Callable[[int, torch.Generator], Mapping[str, torch.Tensor]]]:
    """Return a classifier and its samples: images of noise.

    Args:
        network: torchvision's name of it.
        random_seed: draws the weights where none are named.
        weights: torchvision's name of pretrained weights, such as ``IMAGENET1K_V1``; downloading them takes
            a network. None: the weights are random.
    """
    declare_operators()
    from torchvision import models  # type: ignore[import-untyped]  # noqa: PLC0415 - it needs the declarations

    with torch.random.fork_rng(devices=[]):
        if random_seed is not None:
            torch.manual_seed(random_seed)
        module = ImageScores(models.get_model(network, weights=weights))
    return module.eval(), _sample


def _sample(batch: int, generator: torch.Generator) -> Mapping[str, torch.Tensor]:
    return {"image": torch.rand(batch, 3, SIZE_PIXELS, SIZE_PIXELS, generator=generator)}
