"""What a deployment's network is for: the names that its endpoint policies are scoped to."""

from collections.abc import Iterator, Mapping

import aws_cdk as cdk

import catalogue
import spec
from model_packaging.artifact import Layout, Publication
from seatrial_hosting import Served
from spec.publish import BOOTSTRAP_QUALIFIER
from stacks._container import image_uri
from stacks._settings import StackSettings
from stacks.built_artifacts import BuiltArtifact

__all__ = ["served_by"]

_KEPT_OF_STACK_NAME = 24
"""How much of a stack's name CloudFormation keeps, at least, in a generated name of 63 characters (A66)."""


def served_by(
    stack: cdk.Stack,
    deployment: spec.Deployment,
    settings: StackSettings,
    artifacts: Mapping[str, BuiltArtifact],
) -> Served:
    """Return what ``deployment`` serves, as the endpoints of its network should know it.

    Components are named by what their names begin with, so that one more changes nothing in the network;
    those with a name of their own are named in full.

    Args:
        stack: the network's.
        deployment: the deployment.
        settings: of its stacks.
        artifacts: of what it serves, by model.
    """
    region = settings.environment.region
    partition = catalogue.region(region).partition
    repositories = [
        _repository(deployment.models[name], region, partition) for name in sorted(deployment.served_models)
    ]
    bucket = settings.security.artifact_bucket
    published = [each.location for each in artifacts.values() if isinstance(each.location, Publication)]
    staging = (
        []
        if published and len(published) == len(artifacts)
        else [bucket.name if bucket else _bootstrap_bucket(stack)]
    )
    return Served(
        endpoint_names=tuple(deployment.endpoint_name(key) for key in deployment.endpoints),
        component_names=tuple(_component_names(deployment)),
        model_name_prefix=deployment.name[:_KEPT_OF_STACK_NAME],
        image_repository_arns=tuple(dict.fromkeys(filter(None, repositories))),
        artifact_buckets=tuple(sorted({*staging, *(each.bucket_name for each in published)})),
        listed_prefixes=tuple(_listed_prefixes(deployment, settings, artifacts)),
    )


def _repository(model: spec.Model, region: str, partition: str) -> str | None:
    """Return the ARN of the repository of the model's images; None for what is none in ECR.

    The model's construct refuses that, with its place in the file.
    """
    layout = Layout.TRITON if model.pytorch is None else Layout.PYTORCH
    # Images with and without CUDA are in one repository.
    image = catalogue.parse_ecr_image(image_uri(model.container, layout, region, gpu=False))
    if image is None:
        return None
    return f"arn:{partition}:ecr:{image.region}:{image.account}:repository/{image.repository}"


def _listed_prefixes(
    deployment: spec.Deployment, settings: StackSettings, artifacts: Mapping[str, BuiltArtifact]
) -> Iterator[str]:
    locations = {name: each.location for name, each in artifacts.items()}
    for key, endpoint in deployment.multi_model_endpoints.items():
        if any(isinstance(locations[name], Publication) for name in endpoint.models):
            yield f"{deployment.published_to.prefix}*"
        else:
            yield f"{settings.asset_prefix(key, endpoint)}*"
    for location in locations.values():
        if isinstance(location, Publication) and location.is_uncompressed:
            yield f"{location.object_key}*"


def _component_names(deployment: spec.Deployment) -> list[str]:
    names = []
    for key, endpoint in deployment.component_endpoints.items():
        names.append(f"{deployment.name}-{key}-*")
        names += [each.name for each in endpoint.components.values() if each.name is not None]
    return names


def _bootstrap_bucket(stack: cdk.Stack) -> str:
    """Return the assets bucket of `cdk bootstrap` (aws-cdk-lib, DefaultStackSynthesizer)."""
    qualifier = stack.synthesizer.bootstrap_qualifier or BOOTSTRAP_QUALIFIER
    return f"cdk-{qualifier}-assets-{stack.account}-{stack.region}"
