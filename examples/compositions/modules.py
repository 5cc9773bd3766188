"""A small classifier, and the eager modules that what is made of it is compared with."""

from collections.abc import Callable, Mapping

import torch
from torch import nn

__all__ = ["Classifier", "Mirrored", "Pipeline", "Summary", "classifier", "mirrored", "pipeline", "summary"]

PIXELS = 12
CLASSES = 4
MEAN = 0.5
DEVIATION = 0.25

Sample = Callable[[int, torch.Generator], Mapping[str, torch.Tensor]]


class Classifier(nn.Module):
    """Two linear layers."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(PIXELS, 16), nn.ReLU(), nn.Linear(16, CLASSES))

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Classify.

        Args:
            features: ``[batch, 12]``, float32.

        Returns:
            ``[batch, 4]``, float32, the classes' logits.
        """
        logits: torch.Tensor = self.layers(features)
        return logits


class Pipeline(nn.Module):
    """What the ensemble of normalize.py, a classifier and softmax.py answers.

    Args:
        model: the classifier.
    """

    def __init__(self, model: Classifier) -> None:
        super().__init__()
        self.model = model

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        """Return the classes' probabilities, ``[batch, 4]``, of ``[batch, 12]`` bytes."""
        features = (pixels.to(torch.float32) / 255 - MEAN) / DEVIATION
        return torch.softmax(self.model(features), dim=-1)


class Mirrored(nn.Module):
    """What mirrored.py answers, which calls a classifier twice.

    Args:
        model: the classifier.
    """

    def __init__(self, model: Classifier) -> None:
        super().__init__()
        self.model = model

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Return the mean of the logits of ``[batch, 12]`` features and of their mirror image."""
        mean: torch.Tensor = (self.model(features) + self.model(features.flip(-1))) / 2
        return mean


class Summary(nn.Module):
    """What the repository in examples/repository answers."""

    def forward(self, values: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Return mean and standard deviation, ``[batch, 1]`` each, of ``[batch, any]`` float32."""
        return values.mean(-1, keepdim=True), values.std(-1, keepdim=True, unbiased=False)


def classifier(random_seed: int) -> tuple[Classifier, Sample]:
    """Return a classifier with weights drawn from ``random_seed``, and its samples: noise."""
    return _classifier(random_seed), _features


def mirrored(random_seed: int) -> tuple[Mirrored, Sample]:
    """Return the reference of a model that calls ``classifier(random_seed)``, and its samples."""
    return Mirrored(_classifier(random_seed)).eval(), _features


def pipeline(random_seed: int) -> tuple[Pipeline, Sample]:
    """Return the reference of an ensemble around ``classifier(random_seed)``, and its samples: bytes."""
    return Pipeline(_classifier(random_seed)).eval(), _pixels


def summary() -> tuple[Summary, Sample]:
    """Return the reference of the existing repository, and its samples: noise of any length."""
    return Summary().eval(), _values


def _classifier(random_seed: int) -> Classifier:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(random_seed)
        return Classifier().eval()


def _features(batch: int, generator: torch.Generator) -> Mapping[str, torch.Tensor]:
    return {"features": torch.randn(batch, PIXELS, generator=generator)}


def _pixels(batch: int, generator: torch.Generator) -> Mapping[str, torch.Tensor]:
    return {"pixels": torch.randint(0, 256, (batch, PIXELS), generator=generator).to(torch.uint8)}


def _values(batch: int, generator: torch.Generator) -> Mapping[str, torch.Tensor]:
    length = int(torch.randint(2, 9, (1,), generator=generator))
    return {"values": torch.randn(batch, length, generator=generator)}
