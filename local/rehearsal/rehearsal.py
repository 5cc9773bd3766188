"""The rehearsal of a deployment: packaged, deployed on the laptop, asked, compared with eager PyTorch."""

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from invocation import local_runtime_client
from local.aws.account import LOCAL_ACCOUNT
from local.aws.client import LocalAws
from local.pytorch import PyTorchRuntime
from local.rehearsal.answers import CheckedAnswer, Expectation, check_target, expectation_of
from local.rehearsal.cdk_cli import CdkCli
from local.rehearsal.errors import RehearsalError
from local.rehearsal.lock import only_one_rehearsal
from local.rehearsal.steps import Step, Steps
from local.rehearsal.targets import targets_of
from local.triton import TritonRuntime
from model_packaging.artifact import Manifest
from model_packaging.package import PackagedModel, package_deployment
from model_packaging.progress import ProgressListener
from preflight import inspect_artifact
from spec import DeploymentFile

__all__ = ["STATE_FOLDER", "Rehearsal", "rehearse"]

STATE_FOLDER = Path(".seatrial", "rehearsal")
"""Below the project's root: the CDK CLI's output, and the lock."""


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What a rehearsal found.

    Attributes:
        steps: what was done, with times.
        answers: every answer beside eager PyTorch's.
        environment: the variables that point the CDK CLI, the AWS CLI and boto3 at the laptop's AWS.
    """

    steps: tuple[Step, ...]
    answers: tuple[CheckedAnswer, ...]
    environment: dict[str, str]

    @property
    def passed(self) -> bool:
        """True where every answer keeps its tolerance."""
        return not any(answer.wrong for answer in self.answers)


def rehearse(
    file: DeploymentFile,
    project_root: Path,
    *,
    aws: LocalAws,
    steps: Steps | None = None,
    progress: ProgressListener | None = None,
) -> Rehearsal:
    """Take a deployment through everything that it meets at AWS, on the laptop.

    Args:
        file: the deployment; its account must be the laptop's.
        project_root: where ``app.py`` and the models' factories lie.
        aws: the laptop's AWS; it is started where it isn't up, and stays up.
        steps: times and shows the steps.
        progress: told of packaging's steps.

    Raises:
        RehearsalError: the deployment is for another account or has no endpoint, another rehearsal runs, or
            the CDK CLI failed.
        ModelServerError: this machine has no Triton, or no PyTorch server; the message says what is missing.
        PackagingError: a model can't be packaged.
        LocalAwsError: the laptop's AWS can't be started.
        InvocationError: an endpoint refused a request or gave no answer.
    """
    account = file.deployment.environment.account
    if account != LOCAL_ACCOUNT:
        raise RehearsalError(
            f"{file.path}: environment.account is {account!r}; the laptop's AWS has {LOCAL_ACCOUNT!r}. "
            f'Rehearse a deployment file with account: "{LOCAL_ACCOUNT}".'
        )
    if not file.deployment.endpoints:
        raise RehearsalError(f"{file.path}: endpoints is empty; declare one, there is nothing to ask.")
    _locate_servers(file, project_root)  # what is missing is told now, not after a deploy
    with only_one_rehearsal(project_root / STATE_FOLDER):
        return _rehearse(file, project_root, aws, steps or Steps(), progress)


def _locate_servers(file: DeploymentFile, project_root: Path) -> None:
    layouts = {file.deployment.models[target.model].layout for target in targets_of(file.deployment)}
    if "triton" in layouts:
        TritonRuntime.locate(project_root)
    if "pytorch" in layouts:
        PyTorchRuntime.locate(project_root)


def _rehearse(
    file: DeploymentFile,
    project_root: Path,
    aws: LocalAws,
    steps: Steps,
    progress: ProgressListener | None,
) -> Rehearsal:
    with steps.step("package the models"):
        packaged = package_deployment(
            file, project_root / "build", project_root, inspect=inspect_artifact, progress=progress
        )
    # Eager PyTorch answers in processes of its own while the CDK CLI waits for the endpoints.
    cancelled = threading.Event()
    with ThreadPoolExecutor(max_workers=1) as pool:
        try:
            expected = [
                pool.submit(
                    expectation_of,
                    file,
                    target,
                    _manifest_of(packaged, target.model),
                    project_root,
                    cancelled,
                )
                for target in targets_of(file.deployment)
            ]
            environment = _deploy(file, project_root, aws, steps)
            return _ask(file, environment, expected, steps)
        finally:
            # Leaving the pool waits for its thread: after a failure there is nothing to wait for.
            cancelled.set()


def _deploy(file: DeploymentFile, project_root: Path, aws: LocalAws, steps: Steps) -> dict[str, str]:
    with steps.step("start the laptop's AWS"):
        aws.up()
    environment = aws.environment()
    cdk = CdkCli(project_root, environment, project_root / STATE_FOLDER)
    declared = file.deployment.environment
    with steps.step("cdk bootstrap"):
        cdk.bootstrap(account=declared.account, region=declared.region)
    with steps.step("cdk deploy --all"):
        cdk.deploy(deployment=file.path)
    return environment


def _ask(
    file: DeploymentFile,
    environment: dict[str, str],
    expected: list["Future[Expectation]"],
    steps: Steps,
) -> Rehearsal:
    runtime = local_runtime_client(file.deployment.environment.region, environment)
    with steps.step("eager PyTorch's answers"):
        expectations = [each.result() for each in expected]
    answers: list[CheckedAnswer] = []
    for expectation in expectations:
        with steps.step(f"ask {expectation.target.component_name or expectation.target.endpoint_name}"):
            answers += check_target(expectation, runtime)
    return Rehearsal(tuple(steps.done), tuple(answers), environment)


def _manifest_of(packaged: tuple[PackagedModel, ...], model: str) -> Manifest:
    return next(each.manifest for each in packaged if each.model == model)
