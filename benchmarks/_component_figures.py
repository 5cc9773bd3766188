"""What tells one synthesized component from another, and what all have in common."""

from dataclasses import dataclass

__all__ = ["IMAGE", "ROLE_ARN", "ComponentFigures"]

IMAGE = "763104351884.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-tritonserver:24.09-py3"
ROLE_ARN = "arn:aws:iam::123456789012:role/serving"


@dataclass(frozen=True, slots=True)
class ComponentFigures:
    """What is a component's own.

    Attributes:
        number: counts from 0.
        is_complete: with Model, log group, and scaling from zero.
    """

    number: int
    is_complete: bool

    @property
    def name(self) -> str:
        """The component's name."""
        return f"shared-{self.number}"

    @property
    def artifact_url(self) -> str:
        """Where its Model's archive is."""
        return f"s3://artifacts/{self.number}/model.tar.gz"

    @property
    def memory_mib(self) -> int:
        """What a copy needs."""
        return 2048 + self.number

    @property
    def target_value(self) -> int:
        """Invocations for each copy in a minute."""
        return 300 + self.number

    @property
    def minimum(self) -> int:
        """Copies at least."""
        return 0 if self.is_complete else 1
