"""The steps that bring a deployment to the laptop's AWS, as a user's own commands would to AWS."""

from collections.abc import Sequence
from pathlib import Path

from local.aws.client import LocalAws
from local.rehearsal.cdk_cli import CdkCli
from local.rehearsal.steps import Steps
from local.tensorrt.stand_in_plans import StandInPlans
from model_packaging.package import PackagedModel, package_deployment
from model_packaging.progress import ProgressListener
from model_packaging.publishing import local_s3_client, publish_deployment
from preflight import inspect_artifact
from spec import DeploymentFile

__all__ = ["STATE_FOLDER", "deploy_models", "package_models"]

STATE_FOLDER = Path(".seatrial", "rehearsal")
"""Below the project's root: the CDK CLI's output, and the lock."""


def package_models(
    file: DeploymentFile, project_root: Path, steps: Steps, progress: ProgressListener | None
) -> tuple[PackagedModel, ...]:
    """Package every model; what needs a GPU to be built is a stand-in.

    Args:
        file: the deployment.
        project_root: where the models' factories lie; the models go below its ``build/``.
        steps: times and shows the step.
        progress: told of packaging's own steps.

    Raises:
        PackagingError: a model can't be packaged.
    """
    with steps.step("package the models"):
        return package_deployment(
            file,
            project_root / "build",
            project_root,
            inspect=inspect_artifact,
            plans=StandInPlans(file.deployment.environment.region),
            progress=progress,
        )


def deploy_models(
    file: DeploymentFile,
    packaged: Sequence[PackagedModel],
    project_root: Path,
    aws: LocalAws,
    steps: Steps,
) -> dict[str, str]:
    """Publish the models that are no assets, and run the stock CDK CLI.

    Args:
        file: the deployment.
        packaged: its models.
        project_root: where ``app.py`` lies.
        aws: the laptop's AWS; it is started where it isn't up.
        steps: times and shows the steps.

    Returns:
        The variables that point the CDK CLI, the AWS CLI and boto3 at the laptop's AWS.

    Raises:
        LocalAwsError: the laptop's AWS can't be started.
        PublishError: a model can't be published.
        CdkError: the CDK CLI failed.
    """
    with steps.step("start the laptop's AWS"):
        aws.up()
    environment = aws.environment()
    cdk = CdkCli(project_root, environment, project_root / STATE_FOLDER)
    declared = file.deployment.environment
    with steps.step("cdk bootstrap"):
        cdk.bootstrap(account=declared.account, region=declared.region)
    if any(model.artifact != "asset" for model in file.deployment.models.values()):
        with steps.step("publish the models"):
            publish_deployment(file, packaged, local_s3_client(declared.region, environment))
    with steps.step("cdk deploy --all"):
        cdk.deploy(deployment=file.path)
    return environment
