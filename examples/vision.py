"""A small image classifier: colour images in, one score for each of ten classes out."""

from collections.abc import Callable, Mapping

import torch
from torch import nn

__all__ = ["ImageClassifier", "classifier"]

CLASSES = 10
SIZE_PIXELS = 160


class ImageClassifier(nn.Module):
    """Three strided convolutions, an average over the image, and a linear layer.

    Small enough for thousands of answers a second, with requests of a real size: 307 KB an image.
    A batch of 16 (4.9 MB) still keeps SageMaker's limit of 6,291,456 bytes on a request.
    """

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 16, kernel_size=7, stride=4, padding=3),
            nn.ReLU(),
            nn.Conv2d(16, 32, kernel_size=3, stride=2, padding=1),
            nn.ReLU(),
            nn.Conv2d(32, 64, kernel_size=3, stride=2, padding=1),
            nn.ReLU(),
            nn.AdaptiveAvgPool2d(1),
            nn.Flatten(),
        )
        self.scores = nn.Linear(64, CLASSES)

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        """Score images.

        Args:
            image: ``[batch, 3, 160, 160]``, float32, red, green and blue.

        Returns:
            ``[batch, 10]``, float32, unnormalised log-probabilities.
        """
        scores: torch.Tensor = self.scores(self.features(image))
        return scores


def classifier(
    random_seed: int,
) -> tuple[ImageClassifier, Callable[[int, torch.Generator], Mapping[str, torch.Tensor]]]:
    """Return a classifier with weights drawn from ``random_seed``, and its samples: images of noise."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(random_seed)
        module = ImageClassifier()
    return module.eval(), _sample


def _sample(batch: int, generator: torch.Generator) -> Mapping[str, torch.Tensor]:
    return {"image": torch.rand(batch, 3, SIZE_PIXELS, SIZE_PIXELS, generator=generator)}
