"""The rehearsal of a deployment: packaged, deployed on the laptop, asked, compared with eager PyTorch."""

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from invocation import local_runtime_client
from local.aws.account import LOCAL_ACCOUNT
from local.aws.client import LocalAws
from local.pytorch import PyTorchRuntime
from local.rehearsal.answers import CheckedAnswer, Expectation, check_target, expectation_of
from local.rehearsal.deploying import STATE_FOLDER, deploy_models, package_models
from local.rehearsal.errors import RehearsalError
from local.rehearsal.lock import only_one_rehearsal
from local.rehearsal.steps import Step, Steps
from local.rehearsal.targets import Target, targets_of
from local.triton import TritonRuntime
from model_packaging.artifact import Manifest
from model_packaging.layout.model_formats import format_of
from model_packaging.package import PackagedModel
from model_packaging.progress import ProgressListener
from spec import DeploymentFile

__all__ = ["Rehearsal", "rehearse"]


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What a rehearsal found.

    Attributes:
        steps: what was done, with times.
        answers: every answer beside eager PyTorch's.
        not_compared: the labels of what was deployed and not asked, for want of an eager module.
        environment: the variables that point the CDK CLI, the AWS CLI and boto3 at the laptop's AWS.
    """

    steps: tuple[Step, ...]
    answers: tuple[CheckedAnswer, ...]
    environment: dict[str, str]
    not_compared: tuple[str, ...] = ()

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
        PackagingError: a model can't be packaged, or published.
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
    _refuse_plans(file)
    _locate_servers(file, project_root)  # what is missing is told now, not after a deploy
    with only_one_rehearsal(project_root / STATE_FOLDER):
        return _rehearse(file, project_root, aws, steps or Steps(), progress)


def _refuse_plans(file: DeploymentFile) -> None:
    """Refuse what needs a GPU: Triton loads a plan on one alone, and the laptop's plan stands in for one."""
    deployment = file.deployment
    for target in targets_of(deployment):
        for name in target.models:
            packed = {name: deployment.models[name], **deployment.members_of(name)}
            plans = [each for each, model in packed.items() if format_of(model) == "tensorrt"]
            if plans:
                raise RehearsalError(
                    f"{file.path}: the endpoint {target.label} serves the TensorRT plan of "
                    f"models.{plans[0]}, which needs a GPU: the laptop can't answer for it. Rehearse a file "
                    "without it; `seatrial check` and `cdk synth` cover the rest of this one."
                )


def _locate_servers(file: DeploymentFile, project_root: Path) -> None:
    deployment = file.deployment
    layouts = {deployment.models[name].layout for each in targets_of(deployment) for name in each.models}
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
    packaged = package_models(file, project_root, steps, progress)
    # Eager PyTorch answers in processes of its own while the CDK CLI waits for the endpoints.
    cancelled = threading.Event()
    with ThreadPoolExecutor(max_workers=1) as pool:
        try:
            targets = targets_of(file.deployment)
            # What several endpoints serve, eager PyTorch is asked once.
            answering = {
                models: pool.submit(
                    expectation_of,
                    file,
                    target,
                    [_manifest_of(packaged, name) for name in models],
                    project_root,
                    cancelled,
                )
                for models, target in {target.models: target for target in targets}.items()
            }
            environment = deploy_models(file, packaged, project_root, aws, steps)
            return _ask(file, environment, [(each, answering[each.models]) for each in targets], steps)
        finally:
            # Leaving the pool waits for its thread: after a failure there is nothing to wait for.
            cancelled.set()


def _ask(
    file: DeploymentFile,
    environment: dict[str, str],
    expected: list[tuple[Target, "Future[Expectation]"]],
    steps: Steps,
) -> Rehearsal:
    runtime = local_runtime_client(file.deployment.environment.region, environment)
    with steps.step("eager PyTorch's answers"):
        expectations = [replace(each.result(), target=target) for target, each in expected]
    answers: list[CheckedAnswer] = []
    not_compared = tuple(each.target.label for each in expectations if not each.samples)
    for expectation in filter(lambda each: each.samples, expectations):
        with steps.step(f"ask {expectation.target.label}"):
            answers += check_target(expectation, runtime)
    return Rehearsal(tuple(steps.done), tuple(answers), environment, not_compared)


def _manifest_of(packaged: tuple[PackagedModel, ...], model: str) -> Manifest:
    return next(each.manifest for each in packaged if each.model == model)
