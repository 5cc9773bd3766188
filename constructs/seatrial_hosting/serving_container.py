"""One container of a model: its image, what it serves, and what it is told."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct

from catalogue.limits import (
    ENVIRONMENT_MAXIMUM_ENTRIES,
    ENVIRONMENT_MAXIMUM_LENGTH,
    VARIABLE_NAME_PATTERN,
)
from seatrial_hosting._place import Place
from seatrial_hosting.artifact import ModelArtifact
from seatrial_hosting.image import ContainerImage

__all__ = ["ServingContainer", "environment_problems", "image_problems"]

_VARIABLE_NAME = re.compile(VARIABLE_NAME_PATTERN)


@dataclass(frozen=True, slots=True)
class ServingContainer:
    """A container that serves one artifact.

    Attributes:
        image: the container image.
        artifact: unpacked into ``/opt/ml/model/``.
        serves: name and value of the variable that says what of the artifact the container serves.
        environment: further variables of the container. Default: none.
    """

    image: ContainerImage
    artifact: ModelArtifact
    serves: tuple[str, str]
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def identity(self) -> str:
        """What is fetched, as text: another artifact or image gives another one."""
        return f"{self.artifact.content_key} {self.image.uri}"

    def problems(self, construct: Construct) -> Iterator[str]:
        """Yield what is wrong with the arguments, for a model in the stack of ``construct``."""
        variable, _ = self.serves
        yield from environment_problems(self.environment, reserved=variable)
        yield from image_problems(construct, self.image)

    def definition(self, hostname: str | None = None) -> sagemaker.CfnModel.ContainerDefinitionProperty:
        """Return what CloudFormation takes.

        Args:
            hostname: the container's name among several. Default: none, it is the model's only one.
        """
        variable, served = self.serves
        return sagemaker.CfnModel.ContainerDefinitionProperty(
            container_hostname=hostname,
            image=self.image.uri,
            environment={variable: served, **self.environment},
            **self._model_data(),
        )

    def _model_data(self) -> dict[str, Any]:
        if not self.artifact.is_uncompressed:
            return {"model_data_url": self.artifact.url}
        # Source: SageMaker developer guide, "Deploying uncompressed models".
        files = sagemaker.CfnModel.S3DataSourceProperty(
            compression_type="None", s3_data_type="S3Prefix", s3_uri=self.artifact.url
        )
        return {"model_data_source": sagemaker.CfnModel.ModelDataSourceProperty(s3_data_source=files)}


def environment_problems(environment: Mapping[str, str], *, reserved: str | None = None) -> Iterator[str]:
    """Yield what is wrong with a container's variables.

    Args:
        environment: the variables.
        reserved: the one that an argument stands for. Default: none does.
    """
    if reserved in environment:
        yield f"environment sets {reserved}; say it as the argument that stands for it."
    if len(environment) + (reserved is not None) > ENVIRONMENT_MAXIMUM_ENTRIES:
        yield (
            f"environment has {len(environment)} variables; SageMaker takes {ENVIRONMENT_MAXIMUM_ENTRIES}"
            f"{f', of which {reserved} is one' if reserved else ''}."
        )
    for name, value in environment.items():
        if not _VARIABLE_NAME.fullmatch(name) or len(name) > ENVIRONMENT_MAXIMUM_LENGTH:
            yield (
                f"environment has the name {name!r}; SageMaker takes letters, digits and _, no digit first, "
                f"at most {ENVIRONMENT_MAXIMUM_LENGTH}."
            )
        if len(value) > ENVIRONMENT_MAXIMUM_LENGTH:
            yield (
                f"environment's {name} has {len(value)} characters; SageMaker takes "
                f"{ENVIRONMENT_MAXIMUM_LENGTH}."
            )


def image_problems(construct: Construct, image: ContainerImage) -> Iterator[str]:
    """Yield why the stack of ``construct`` can't have ``image``."""
    region = Place.of(construct).known_region
    if region and image.region != region:
        yield (
            f"image {image.uri} is in {image.region}, the stack in {region}; SageMaker pulls within a "
            f"region. Mirror the image to {region}."
        )
