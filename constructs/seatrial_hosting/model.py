"""A model: image, artifact, environment, and the role and network it is served with."""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence

from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct, IDependable

from catalogue.limits import (
    ENVIRONMENT_MAXIMUM_ENTRIES,
    ENVIRONMENT_MAXIMUM_LENGTH,
    VARIABLE_NAME_PATTERN,
)
from catalogue.triton_images import DEFAULT_MODEL_VARIABLE
from seatrial_hosting import _execution_role as execution_role
from seatrial_hosting._imported_role import ImportedRole
from seatrial_hosting._place import Place
from seatrial_hosting._validation import raise_problems
from seatrial_hosting.artifact import ModelArtifact
from seatrial_hosting.image import ContainerImage, TritonImage
from seatrial_hosting.serving_network import ServingNetwork

__all__ = ["HostedModel", "TritonModel"]

_VARIABLE_NAME = re.compile(VARIABLE_NAME_PATTERN)


class HostedModel(Construct):
    """A SageMaker model that a container serves inside a private network; its subclasses say by what.

    Creates the model, with network isolation and without a name of its own, so that a changed artifact, image
    or environment replaces it; the execution role; and one policy for what is served, which is replaced
    together with the model: while an endpoint is updated, its old instances can still fetch what they serve.

    Does not create the endpoint, nor anything in the network, nor a repository for the image.

    Grants the role: network interfaces in the network's subnets with its security group; reading exactly the
    artifact; pulling from the image's repository; publishing SageMaker's metrics. Logs are granted by the
    endpoint, whose name the log group bears. The image's repository must itself admit this account where it
    is another's. A role that is given gets nothing: what it must allow is written into the model's template
    metadata, under ``seatrial:ExecutionRoleMustAllow``.

    Args:
        network: where the model's network interfaces are.
        image: the container image.
        artifact: unpacked into ``/opt/ml/model/``.
        serves: name and value of the variable that says what of the artifact the container serves.
        environment: further variables of the container. Default: none.
        role: a role of one's own that SageMaker may assume. Default: one is created.

    Raises:
        HostingError: the arguments don't fit; all problems at once.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        network: ServingNetwork,
        image: ContainerImage,
        artifact: ModelArtifact,
        serves: tuple[str, str],
        environment: Mapping[str, str] | None = None,
        role: iam.IRole | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        given = dict(environment or {})
        variable, served = serves
        raise_problems(self, [*_environment_problems(variable, given), *_image_problems(self, image)])
        self._execution = (
            execution_role.import_execution_role(self, network, role)
            if role
            else execution_role.create_execution_role(self, network)
        )
        self._resource = sagemaker.CfnModel(
            self,
            "Resource",
            execution_role_arn=self._execution.role.role_arn,
            enable_network_isolation=True,
            primary_container=sagemaker.CfnModel.ContainerDefinitionProperty(
                image=image.uri,
                model_data_url=artifact.url,
                environment={variable: served, **given},
            ),
            vpc_config=sagemaker.CfnModel.VpcConfigProperty(
                security_group_ids=[network.model_security_group_id],
                subnets=list(network.subnet_ids),
            ),
        )
        # CreateModel checks what the role may do, and the artifact comes through the network.
        self._resource.node.add_dependency(*self._allow_fetching(artifact, image), network.connectivity)

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

    def _allow_fetching(self, artifact: ModelArtifact, image: ContainerImage) -> tuple[IDependable, ...]:
        """Let the role fetch what is served; return what must stand before the model."""
        statements = [
            execution_role.read_artifact(self, artifact),
            *execution_role.decrypt_artifact(self, artifact),
            execution_role.pull_image(self, image),
        ]
        if isinstance(self._execution, ImportedRole):
            self._execution.allow(*statements)
            self._execution.describe_at(self._resource)
            return ()
        name = f"Fetch{_digest(artifact, image)}"
        served = iam.Policy(self, name, roles=[self._execution.role], statements=statements)
        return (self._execution.policy, served)


class TritonModel(HostedModel):
    """A SageMaker model that Triton serves; all else is as in ``HostedModel``.

    Args:
        image: a Triton image.
        default_model: which model of the artifact's repository is loaded.
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
        super().__init__(
            scope,
            construct_id,
            network=network,
            image=image,
            artifact=artifact,
            serves=(DEFAULT_MODEL_VARIABLE, default_model),
            environment=environment,
            role=role,
        )


def _digest(artifact: ModelArtifact, image: ContainerImage) -> str:
    return hashlib.sha256(f"{artifact.content_key} {image.uri}".encode()).hexdigest()[:12]


def _environment_problems(reserved: str, environment: Mapping[str, str]) -> Iterator[str]:
    if reserved in environment:
        yield f"environment sets {reserved}; say it as the argument that stands for it."
    if len(environment) >= ENVIRONMENT_MAXIMUM_ENTRIES:
        yield (
            f"environment has {len(environment)} variables; SageMaker takes {ENVIRONMENT_MAXIMUM_ENTRIES}, "
            f"of which {reserved} is one."
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


def _image_problems(construct: Construct, image: ContainerImage) -> Iterator[str]:
    region = Place.of(construct).known_region
    if region and image.region != region:
        yield (
            f"image {image.uri} is in {image.region}, the stack in {region}; SageMaker pulls within a "
            f"region. Mirror the image to {region}."
        )
