"""A model: image, artifact, environment, and the role and network it is served with."""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence

from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct

from catalogue.limits import (
    ENVIRONMENT_MAXIMUM_ENTRIES,
    ENVIRONMENT_MAXIMUM_LENGTH,
    VARIABLE_NAME_PATTERN,
)
from catalogue.triton_images import DEFAULT_MODEL_VARIABLE
from seatrial_hosting import _execution_role as execution_role
from seatrial_hosting._place import Place
from seatrial_hosting._validation import raise_problems
from seatrial_hosting.artifact import ModelArtifact
from seatrial_hosting.image import TritonImage
from seatrial_hosting.network import PrivateNetwork

__all__ = ["TritonModel"]

_VARIABLE_NAME = re.compile(VARIABLE_NAME_PATTERN)


class TritonModel(Construct):
    """A SageMaker model that Triton serves inside a private network.

    Creates the model, with network isolation and without a name of its own, so that a changed artifact, image
    or environment replaces it; the execution role; and one policy for what is served, which is replaced
    together with the model: while an endpoint is updated, its old instances can still fetch what they serve.

    Does not create the endpoint, nor anything in the network, nor a repository for the image.

    Grants the role: network interfaces in the network's subnets with its security group; reading exactly the
    artifact; pulling from the image's repository; publishing SageMaker's metrics. Logs are granted by the
    endpoint, whose name the log group bears. The image's repository must itself admit this account where it
    is another's.

    Args:
        network: where the model's network interfaces are.
        image: the container image.
        artifact: unpacked into ``/opt/ml/model/``.
        default_model: which model of the artifact's repository is loaded.
        environment: further variables of the container. Default: none.

    Raises:
        HostingError: the arguments don't fit; all problems at once.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        network: PrivateNetwork,
        image: TritonImage,
        artifact: ModelArtifact,
        default_model: str,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        given = dict(environment or {})
        raise_problems(self, [*_environment_problems(given), *_image_problems(self, image)])
        self._execution = execution_role.create_execution_role(self, network)
        served = iam.Policy(
            self,
            f"Fetch{_digest(artifact, image)}",
            roles=[self._execution.role],
            statements=[
                execution_role.read_artifact(self, artifact),
                execution_role.pull_image(self, image),
            ],
        )
        self._resource = sagemaker.CfnModel(
            self,
            "Resource",
            execution_role_arn=self._execution.role.role_arn,
            enable_network_isolation=True,
            primary_container=sagemaker.CfnModel.ContainerDefinitionProperty(
                image=image.uri,
                model_data_url=artifact.url,
                environment={DEFAULT_MODEL_VARIABLE: default_model, **given},
            ),
            vpc_config=sagemaker.CfnModel.VpcConfigProperty(
                security_group_ids=[network.model_security_group_id],
                subnets=list(network.subnet_ids),
            ),
        )
        # CreateModel checks what the role may do, and the artifact comes through the network.
        self._resource.node.add_dependency(self._execution.policy, served, network.connectivity)

    @property
    def role(self) -> iam.IRole:
        """The execution role."""
        return self._execution.role

    @property
    def model_name(self) -> str:
        """The name CloudFormation generates."""
        return self._resource.attr_model_name

    def grant_logs(self, endpoint_name: str) -> None:
        """Let the model write into the log group of the endpoint that serves it."""
        execution_role.write_logs(self._execution, endpoint_name)

    def grant_component_logs(self, component_name: str) -> None:
        """Let the model write into the log group of the inference component that serves it."""
        execution_role.write_component_logs(self._execution, component_name)

    def grant_volume_key(self, key: kms.IKey) -> None:
        """Let SageMaker encrypt the volumes of the model's instances with ``key``."""
        self._execution.allow(execution_role.encrypt_volumes(key.key_arn))

    def grant_rollback_alarms(self, alarm_arns: Sequence[str]) -> None:
        """Let SageMaker watch the alarms that roll back an update of the model's endpoint."""
        self._execution.allow(execution_role.describe_alarms(alarm_arns))


def _digest(artifact: ModelArtifact, image: TritonImage) -> str:
    return hashlib.sha256(f"{artifact.content_key} {image.uri}".encode()).hexdigest()[:12]


def _environment_problems(environment: Mapping[str, str]) -> Iterator[str]:
    if DEFAULT_MODEL_VARIABLE in environment:
        yield f"environment sets {DEFAULT_MODEL_VARIABLE}; say it as default_model."
    if len(environment) >= ENVIRONMENT_MAXIMUM_ENTRIES:
        yield (
            f"environment has {len(environment)} variables; SageMaker takes {ENVIRONMENT_MAXIMUM_ENTRIES}, "
            f"of which {DEFAULT_MODEL_VARIABLE} is one."
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


def _image_problems(construct: Construct, image: TritonImage) -> Iterator[str]:
    region = Place.of(construct).known_region
    if region and image.region != region:
        yield (
            f"image {image.uri} is in {image.region}, the stack in {region}; SageMaker pulls within a "
            f"region. Mirror the image to {region}."
        )
