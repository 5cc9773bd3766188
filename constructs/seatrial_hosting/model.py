"""A model that one container serves: the usual case, and Triton's."""

from collections.abc import Mapping

from aws_cdk import aws_iam as iam
from constructs import Construct

from catalogue.triton_images import DEFAULT_MODEL_VARIABLE
from seatrial_hosting import _execution_role as execution_role
from seatrial_hosting.artifact import ModelArtifact
from seatrial_hosting.hosted_model import HostedModel
from seatrial_hosting.image import TritonImage
from seatrial_hosting.serving_container import ServingContainer
from seatrial_hosting.serving_network import ServingNetwork

__all__ = ["ContainerModel", "TritonModel"]


class ContainerModel(HostedModel):
    """A SageMaker model that one container serves; all else is as in ``HostedModel``.

    Args:
        container: what runs.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        network: ServingNetwork,
        container: ServingContainer,
        role: iam.IRole | None = None,
    ) -> None:
        super().__init__(scope, construct_id, network=network, role=role, problems=container.problems(scope))
        self._create(
            container.identity,
            [
                *execution_role.read_artifact(self, container.artifact),
                *execution_role.decrypt_artifact(self, container.artifact),
                execution_role.pull_image(self, container.image),
            ],
            wildcards=execution_role.artifact_wildcards(self, container.artifact),
            primary_container=container.definition(),
        )


class TritonModel(ContainerModel):
    """A SageMaker model that Triton serves; all else is as in ``HostedModel``.

    Args:
        image: a Triton image.
        artifact: a model repository.
        default_model: which model of the artifact's repository is loaded.
        environment: further variables of the container. Default: none.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        network: ServingNetwork,
        image: TritonImage,
        artifact: ModelArtifact,
        default_model: str,
        environment: Mapping[str, str] | None = None,
        role: iam.IRole | None = None,
    ) -> None:
        serves = (DEFAULT_MODEL_VARIABLE, default_model)
        super().__init__(
            scope,
            construct_id,
            network=network,
            container=ServingContainer(image, artifact, serves, environment or {}),
            role=role,
        )
