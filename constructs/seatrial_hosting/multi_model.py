"""A model that is many: one container loads the archives below a prefix as requests ask for them."""

from collections.abc import Iterator, Mapping

from aws_cdk import aws_iam as iam
from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct

from seatrial_hosting import _execution_role as execution_role
from seatrial_hosting._place import Place
from seatrial_hosting.hosted_model import HostedModel
from seatrial_hosting.image import ContainerImage
from seatrial_hosting.model_prefix import ModelPrefix
from seatrial_hosting.serving_container import environment_problems, image_problems
from seatrial_hosting.serving_network import ServingNetwork

__all__ = ["MULTI_MODEL_VARIABLE", "MultiModel"]

MULTI_MODEL_VARIABLE = "SAGEMAKER_MULTI_MODEL"
"""Set by SageMaker itself, in the container of a multi-model endpoint (SageMaker Developer Guide, "Custom
Containers Contract for Multi-Model Endpoints")."""

_ANY_MODEL = (
    "Models come and go below the prefix without a change to the model or its endpoint, which is what a "
    "multi-model endpoint is for; nothing but archives, and nothing outside of the prefix, can be read."
)


class MultiModel(HostedModel):
    """A SageMaker model of a multi-model endpoint; all else is as in ``HostedModel``.

    A request names its archive (``TargetModel``). One more, or another content, changes nothing here: the
    model stays, and so does its endpoint's configuration.

    Grants the role reading every archive below the prefix and listing what is there, instead of single
    objects.

    Args:
        image: the container image.
        prefix: where the archives are.
        environment: variables of the container. Default: none.
        model_cache: whether SageMaker keeps models in memory; without, each request loads its model anew.
            Default: True.
        role: a role of one's own that SageMaker may assume. Default: one is created.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        network: ServingNetwork,
        image: ContainerImage,
        prefix: ModelPrefix,
        environment: Mapping[str, str] | None = None,
        model_cache: bool = True,
        role: iam.IRole | None = None,
    ) -> None:
        given = dict(environment or {})
        super().__init__(
            scope,
            construct_id,
            network=network,
            role=role,
            problems=[
                *_reserved_problems(given),
                *environment_problems(given),
                *image_problems(scope, image),
            ],
        )
        archives = f"arn:{Place.of(self).partition}:s3:::{prefix.bucket_name}/{prefix.archives}"
        self._create(
            f"{prefix.url} {image.uri}",
            [
                *execution_role.read_models_below(self, prefix),
                *execution_role.decrypt_artifact(self, prefix),
                execution_role.pull_image(self, image),
            ],
            wildcards={archives: _ANY_MODEL},
            primary_container=sagemaker.CfnModel.ContainerDefinitionProperty(
                image=image.uri,
                mode="MultiModel",
                model_data_url=prefix.url,
                environment=given or None,
                multi_model_config=sagemaker.CfnModel.MultiModelConfigProperty(
                    model_cache_setting="Enabled" if model_cache else "Disabled"
                ),
            ),
        )


def _reserved_problems(environment: Mapping[str, str]) -> Iterator[str]:
    if MULTI_MODEL_VARIABLE in environment:
        yield f"environment sets {MULTI_MODEL_VARIABLE}, which SageMaker sets itself; leave it out."
