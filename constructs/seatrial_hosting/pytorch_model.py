"""A model that one of SageMaker's PyTorch images serves."""

from collections.abc import Mapping

from aws_cdk import aws_iam as iam
from constructs import Construct

from catalogue.pytorch_images import PROGRAM_VARIABLE
from seatrial_hosting.artifact import ModelArtifact
from seatrial_hosting.image import PyTorchImage
from seatrial_hosting.model import ContainerModel
from seatrial_hosting.serving_container import ServingContainer
from seatrial_hosting.serving_network import ServingNetwork

__all__ = ["PROGRAM_VARIABLE", "PyTorchModel"]


class PyTorchModel(ContainerModel):
    """A SageMaker model that a PyTorch image serves; all else is as in ``HostedModel``.

    Args:
        image: a PyTorch image.
        artifact: holds ``model.pt`` and, in ``code/``, the entry point.
        program: the entry point's file name.
        environment: further variables of the container. Default: none.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        network: ServingNetwork,
        image: PyTorchImage,
        artifact: ModelArtifact,
        program: str,
        environment: Mapping[str, str] | None = None,
        role: iam.IRole | None = None,
    ) -> None:
        serves = (PROGRAM_VARIABLE, program)
        super().__init__(
            scope,
            construct_id,
            network=network,
            container=ServingContainer(image, artifact, serves, environment or {}),
            role=role,
        )
