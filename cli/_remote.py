"""Who builds TensorRT plans for a command, and what is shown of it."""

from cli._clients import account_clients_of
from cli._output import Output
from cli._project import PROJECT
from local.aws.account import LOCAL_ACCOUNT
from local.tensorrt.stand_in_plans import StandInPlans
from model_packaging.package import PackagedModel
from model_packaging.remote.build_place import BuildPlace
from model_packaging.remote.codebuild_packages import CodeBuildPackages
from model_packaging.remote.errors import BuildStackError
from model_packaging.remote.plan_builder import PlanBuilder
from model_packaging.remote.processing_plans import ProcessingPlans
from model_packaging.remote.progress import RemoteListener, RemoteProgress
from spec import DeploymentFile

__all__ = ["packages_elsewhere", "plans_of", "remote_lines"]


def plans_of(file: DeploymentFile, output: Output, *, remote: bool) -> PlanBuilder | None:
    """Return what builds the plans of a deployment's models.

    Args:
        file: the deployment.
        output: shows the jobs' progress and log.
        remote: whether they are built in the account; without it the laptop's account has a stand-in, and
            any other none.

    Raises:
        BuildStackError: the account can't build, or can't be asked.
        LocalAwsError: it is the laptop's account, which is not running.
    """
    deployment = file.deployment
    region = deployment.environment.region
    if not remote:
        return StandInPlans(region) if deployment.environment.account == LOCAL_ACCOUNT else None
    if deployment.build is None:
        raise BuildStackError(
            f"{file.path}: nothing says that models are built in its account.",
            f"add `build: {{type: account}}` and run `cdk deploy {deployment.name}-build -c only=build`.",
        )
    clients = account_clients_of(deployment)
    place = BuildPlace.of_stack(clients.client("cloudformation"), deployment.name)
    return ProcessingPlans(clients, place, deployment.build, remote_lines(output), region=region)


def packages_elsewhere(file: DeploymentFile, output: Output) -> tuple[PackagedModel, ...]:
    """Have the CodeBuild project package the models that the file names for it, one after the other.

    Raises:
        BuildStackError: a model that is packaged here is made of one of them, or the account can't build.
        PackagingError: a model can't be packaged.
        LocalAwsError: it is the laptop's account, which is not running.
    """
    deployment = file.deployment
    named = deployment.build.models if deployment.build is not None else ()
    models = [name for name in named if name in deployment.models]
    for name in deployment.models.keys() - set(models):
        shared = sorted(set(models) & deployment.members_of(name).keys())
        if shared:
            raise BuildStackError(
                f"{file.path}: models.{name} is made of {shared[0]}, which is packaged in the account.",
                f"add {name} to build.models, too.",
            )
    if not models:
        return ()
    clients = account_clients_of(deployment)
    place = BuildPlace.of_stack(clients.client("cloudformation"), deployment.name)
    packages = CodeBuildPackages(clients, place, remote_lines(output))
    return tuple(packages.package(file, name, PROJECT.build_root, PROJECT.root) for name in models)


def remote_lines(output: Output) -> RemoteListener:
    """Return a listener that prints what becomes of a job, and the lines of its log."""

    def listen(progress: RemoteProgress) -> None:
        if progress.line:
            output.say(f"{progress.model} | {progress.line}")
        else:
            job = f" ({progress.job})" if progress.job else ""
            output.say(f"{progress.model}: {progress.status}{job}")

    return listen
