"""The stack that builds models in the account."""

import aws_cdk as cdk
from constructs import Construct

import spec
from model_packaging.artifact import Layout
from seatrial_hosting.build_role import BuildObjects
from seatrial_hosting.image import ContainerImage
from seatrial_hosting.remote_build import RemoteBuild
from stacks._container import image_uri
from stacks._deployment_stack import DeploymentStack
from stacks._settings import StackSettings

__all__ = ["RemoteBuildStack"]

BUILDS = "builds/"
"""Below the prefix of what is published."""


class RemoteBuildStack(DeploymentStack):
    """``<deployment>-build``: what `seatrial package --remote` starts jobs with.

    It needs no packaged model, so that it can be there before the first one is: ``cdk deploy
    <deployment>-build -c only=build``. Its outputs are what the command reads. Everything in it comes back
    from the deployment file, and what was built lies in a bucket outside of it.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        settings: StackSettings,
        deployment: spec.Deployment,
        build: spec.RemoteBuild,
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            settings=settings,
            description="what builds its models",
            is_protected=False,
        )
        published = deployment.published_to
        objects = BuildObjects(published.bucket_name, f"{published.prefix}{BUILDS}", published.kms_key_arn)
        self.build = RemoteBuild(
            self,
            "Build",
            project_name=construct_id,
            objects=objects,
            images=_images(deployment),
            compute_type=build.compute_type,
            timeout=cdk.Duration.minutes(build.timeout_minutes),
            log_retention_days=build.log_retention_days,
            package_index=build.package_index,
            key=settings.key(self),
        )
        for name, value, description in (
            ("BucketName", objects.bucket_name, "Where builds read and write"),
            ("Prefix", objects.prefix, "With what the keys of their objects begin"),
            ("JobRoleArn", self.build.job_role.role_arn, "What a processing job assumes"),
            ("ProjectName", self.build.project.ref, "The CodeBuild project"),
            ("VolumeKeyArn", self.build.key.key_arn, "What encrypts the volumes of jobs"),
        ):
            cdk.CfnOutput(self, name, value=value, description=description)


def _images(deployment: spec.Deployment) -> list[ContainerImage]:
    """Return the images of the models whose plans are built, each once."""
    region = deployment.environment.region
    uris = dict.fromkeys(
        image_uri(model.container, Layout.TRITON, region, gpu=True)
        for model in deployment.models.values()
        if model.export is not None and model.export.to == "tensorrt"
    )
    return [ContainerImage.from_uri(uri) for uri in uris]
