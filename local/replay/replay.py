"""A replay: a deployment on the laptop, and days of declared traffic on its accelerated clock."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from invocation import RequestBody, binary_request, local_runtime_client
from local.aws.account import LOCAL_ACCOUNT
from local.aws.client import LocalAws
from local.rehearsal import Steps
from local.rehearsal.deploying import STATE_FOLDER, deploy_models, package_models
from local.rehearsal.lock import only_one_rehearsal
from local.replay.days import MinuteListener, play_days
from local.replay.errors import ReplayError
from local.replay.hosted import Hosted, sagemaker_client
from local.replay.observed import Observed
from local.replay.players import Player, players_of
from local.replay.recorded_request import RecordedRequest, record_request
from local.replay.report import Replay
from local.replay.sender import Sender
from local.replay.summary import arm_days
from local.replay.traffic import AssumedDelays, Traffic
from local.replay.virtual_time import VirtualTime
from local.triton import TritonRuntime
from model_packaging.eager.samples import read_samples
from model_packaging.package import PackagedModel
from model_packaging.progress import ProgressListener
from spec import Deployment, DeploymentFile

__all__ = ["replay"]

_QUIET_SECONDS = 3600.0
"""Without a request, after which whatever may be at zero is at zero."""
_MINUTE_SECONDS = 60.0


def replay(
    file: DeploymentFile,
    traffic: Traffic,
    project_root: Path,
    *,
    aws: LocalAws,
    steps: Steps | None = None,
    packaging: ProgressListener | None = None,
    minutes: MinuteListener | None = None,
) -> Replay:
    """Deploy ``file`` with the stock CDK CLI, play ``traffic`` on it, and report the last day.

    Each minute's requests are sent at its beginning, then the clock moves to the next minute, and everything
    that falls due meanwhile is done: metrics, alarms, scaling, copies that start and stop. However it ends,
    limits and delays are put back, and nothing waits for the clock any more. The laptop's AWS stays up.

    Args:
        file: the deployment; its account must be the laptop's.
        traffic: what to play.
        project_root: where ``app.py`` and the models' factories lie.
        aws: the laptop's AWS; it is started where it isn't up.
        steps: times and shows the steps.
        packaging: told of packaging's steps.
        minutes: told of the minutes that have passed.

    Raises:
        ReplayError: the deployment is for another account, or this machine is too slow.
        RehearsalError: another one runs, or the CDK CLI failed.
        TritonUnavailableError: this machine has no Triton; the message says what is missing.
        PackagingError: a model can't be packaged, or published.
        LocalAwsError: the laptop's AWS can't be started, or its clock can't be moved.
    """
    account = file.deployment.environment.account
    if account != LOCAL_ACCOUNT:
        raise ReplayError(
            f"{file.path}: environment.account is {account!r}; the laptop's AWS has {LOCAL_ACCOUNT!r}. "
            f'Replay a deployment file with account: "{LOCAL_ACCOUNT}".'
        )
    TritonRuntime.locate(project_root)  # what is missing is told now, not after a deploy
    steps = steps or Steps()
    with only_one_rehearsal(project_root / STATE_FOLDER):
        packaged = package_models(file, project_root, steps, packaging)
        environment = deploy_models(file, packaged, project_root, aws, steps)
        region = file.deployment.environment.region
        runtime = local_runtime_client(region, environment)
        bodies = {each.model: _recorded_body(each) for each in packaged}
        players = players_of(file.deployment, traffic)
        requests = {
            each.label: record_request(runtime, each.endpoint_name, each.component_name, bodies[each.model])
            for each in players
        }
        hosted = Hosted(sagemaker_client(region, environment))
        observed = _play(
            file.deployment,
            traffic,
            players=players,
            requests=requests,
            hosted=hosted,
            aws=aws,
            steps=steps,
            minutes=minutes or _nobody_listens,
        )
    return Replay(tuple(steps.done), arm_days(file.deployment, traffic, observed))


def _recorded_body(packaged: PackagedModel) -> RequestBody:
    """Return the smallest request that packaging has recorded.

    Raises:
        ReplayError: it has recorded none.
    """
    if packaged.manifest.samples is None:
        raise ReplayError(
            f"models.{packaged.model}: no request is recorded, since it has no eager module; add `reference`."
        )
    samples = read_samples(packaged.directory / packaged.manifest.samples.file_name)
    smallest = min(samples, key=lambda sample: sample.batch_size)
    return binary_request(packaged.manifest.signature, smallest.inputs)


def _play(
    deployment: Deployment,
    traffic: Traffic,
    *,
    players: Sequence[Player],
    requests: Mapping[str, RecordedRequest],
    hosted: Hosted,
    aws: LocalAws,
    steps: Steps,
    minutes: MinuteListener,
) -> Observed:
    time = VirtualTime(aws)
    with ExitStack() as stack:
        with steps.step("an hour without a request"):
            time.pass_by(_QUIET_SECONDS)
        stack.enter_context(_delays(aws, time, traffic.delays))
        for arm in traffic.arms:
            for key in arm.endpoints if arm.most_instances is not None else ():
                name = deployment.endpoint_name(key)
                stack.enter_context(hosted.at_most(name, arm.most_instances or 1))
        sender = stack.enter_context(Sender(requests))
        with steps.step("wait for midnight"):
            begin = time.to_midnight()
        with steps.step(f"play {traffic.days} days"):
            return play_days(
                players,
                days=traffic.days,
                begin=begin,
                time=time,
                sender=sender,
                hosted=hosted,
                minutes=minutes,
            )


@contextmanager
def _delays(aws: LocalAws, time: VirtualTime, delays: AssumedDelays) -> Iterator[None]:
    """Have instances and copies take their minutes; afterwards nothing waits for the clock any more."""
    aws.set_delays(
        provisioning_seconds=delays.provisioning_minutes * _MINUTE_SECONDS,
        copy_start_seconds=delays.copy_start_minutes * _MINUTE_SECONDS,
        idle_release_seconds=delays.idle_release_minutes * _MINUTE_SECONDS,
    )
    try:
        yield
    finally:
        aws.set_delays()
        time.pass_by((delays.provisioning_minutes + delays.copy_start_minutes) * _MINUTE_SECONDS)


def _nobody_listens(_passed: int, _total: int) -> None:
    pass
