"""A model of several containers: each answers by itself, or each is given what the one before it answered."""

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum

from aws_cdk import aws_iam as iam
from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct

from catalogue.limits import (
    CONTAINER_HOSTNAME_MAXIMUM_LENGTH,
    CONTAINER_HOSTNAME_PATTERN,
    PIPELINE_MAXIMUM_CONTAINERS,
    PIPELINE_MINIMUM_CONTAINERS,
)
from seatrial_hosting import _execution_role as execution_role
from seatrial_hosting.hosted_model import HostedModel
from seatrial_hosting.serving_container import ServingContainer
from seatrial_hosting.serving_network import ServingNetwork

__all__ = ["InferenceExecutionMode", "PipelineModel"]

_HOSTNAME = re.compile(CONTAINER_HOSTNAME_PATTERN)


class InferenceExecutionMode(StrEnum):
    """Who answers a request (SageMaker API Reference, InferenceExecutionConfig)."""

    SERIAL = "Serial"
    """All containers, one after another."""

    DIRECT = "Direct"
    """The one that the request names as ``TargetContainerHostname``."""


class PipelineModel(HostedModel):
    """A SageMaker model of several containers; all else is as in ``HostedModel``.

    Grants the role reading exactly the artifacts of all containers, and pulling from all images'
    repositories.

    Args:
        containers: by hostname, in the order they run in; 2 to 15 (SageMaker Developer Guide, "Create a
            multi-container endpoint (Boto 3)"; CreateModel).
        mode: who answers.
        role: a role of one's own that SageMaker may assume. Default: one is created.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        network: ServingNetwork,
        containers: Mapping[str, ServingContainer],
        mode: InferenceExecutionMode = InferenceExecutionMode.SERIAL,
        role: iam.IRole | None = None,
    ) -> None:
        super().__init__(
            scope, construct_id, network=network, role=role, problems=_problems(scope, containers)
        )
        artifacts = [each.artifact for each in containers.values()]
        self._create(
            " ".join(each.identity for each in containers.values()),
            [
                *execution_role.read_artifact(self, *artifacts),
                *execution_role.decrypt_artifact(self, *artifacts),
                execution_role.pull_image(self, *(each.image for each in containers.values())),
            ],
            wildcards=execution_role.artifact_wildcards(self, *artifacts),
            containers=[each.definition(hostname) for hostname, each in containers.items()],
            inference_execution_config=sagemaker.CfnModel.InferenceExecutionConfigProperty(mode=mode.value),
        )


def _problems(scope: Construct, containers: Mapping[str, ServingContainer]) -> Iterator[str]:
    least, most = PIPELINE_MINIMUM_CONTAINERS, PIPELINE_MAXIMUM_CONTAINERS
    if not least <= len(containers) <= most:
        yield f"there are {len(containers)} containers; SageMaker takes {least} to {most}."
    for hostname, container in containers.items():
        if not _HOSTNAME.fullmatch(hostname) or len(hostname) > CONTAINER_HOSTNAME_MAXIMUM_LENGTH:
            yield (
                f"a container is called {hostname!r}; SageMaker takes at most "
                f"{CONTAINER_HOSTNAME_MAXIMUM_LENGTH} letters, digits and hyphens, with no hyphen at either "
                "end."
            )
        yield from (f"{hostname}: {problem}" for problem in container.problems(scope))
