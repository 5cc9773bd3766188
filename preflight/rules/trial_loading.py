"""SEA351: whether a packed model comes up on a real server, and stays up."""

from collections.abc import Iterator

from preflight.finding import Severity
from preflight.registry import rule
from preflight.rule import TRIAL, Enforcer, SeenAfter, Violation
from preflight.rules._trial_words import is_crash, sentence
from preflight.trial.loading import Loading, Stage
from preflight.trial.outcome import TrialOutcome

__all__ = ["died_while_asked", "not_loaded", "not_loaded_in_time", "not_served", "not_unpacked"]

_NOT_UP = "The container never answers /ping, and the endpoint fails after its start-up time-out."


@rule(
    "SEA351",
    severity=Severity.ERROR,
    enforced_by=Enforcer.HOSTING,
    seen_after=SeenAfter.AFTER_START_UP,
    title="the artifact can't be unpacked",
    scope=TRIAL,
    source="SageMaker Developer Guide, common data formats for inference: model artifacts are one .tar.gz, "
    "unpacked to /opt/ml/model",
    symptom="SageMaker can't download and unpack the model data, and the endpoint fails.",
    fix="Pack the model again.",
)
def not_unpacked(outcome: TrialOutcome) -> Iterator[Violation]:
    """The artifact unpacks as SageMaker unpacks it."""
    failed = _failed(outcome, Stage.UNPACK)
    if failed is not None:
        yield Violation(
            f"The artifact can't be unpacked: {sentence(failed.failure)}",
            "an archive or a folder that can be read to its end.",
            outcome.place,
        )


@rule(
    "SEA352",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="the container's serve refuses the artifact",
    scope=TRIAL,
    source="triton-inference-server/server, docker/sagemaker/serve",
    symptom=f"The container exits before Triton starts, with a line in its log. {_NOT_UP}",
    fix="Correct what it names: the folders of the artifact, or the container's variables.",
)
def not_served(outcome: TrialOutcome) -> Iterator[Violation]:
    """The entry point of Triton's image starts Triton on the artifact and the variables."""
    failed = _failed(outcome, Stage.SERVE)
    if failed is not None:
        yield Violation(
            f"serve would end before Triton starts: {sentence(failed.failure)}",
            "model data and variables that serve accepts.",
            outcome.place,
        )


@rule(
    "SEA353",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="the model doesn't load on a real server",
    scope=TRIAL,
    source="Triton, model management, model control mode EXPLICIT: a model of --load-model that fails to "
    "load "
    "ends the server; tried on this machine's server",
    symptom=f"The server says the same in the endpoint's log, and ends. {_NOT_UP}",
    fix="Correct what the server names, and run `seatrial check --run` again.",
)
def not_loaded(outcome: TrialOutcome) -> Iterator[Violation]:
    """The model loads; a failure comes in the server's own words."""
    failed = _failed(outcome, Stage.LOAD)
    if failed is not None and not failed.timed_out:
        yield Violation(
            f"{outcome.server} doesn't load it: {sentence(failed.failure)}",
            "a model that loads.",
            outcome.place,
        )


@rule(
    "SEA354",
    severity=Severity.WARNING,
    enforced_by=Enforcer.HOSTING,
    seen_after=SeenAfter.AFTER_START_UP,
    title="the model has not loaded in the trial's time",
    scope=TRIAL,
    source="SageMaker API Reference, ProductionVariant, ContainerStartupHealthCheckTimeoutInSeconds; this "
    "machine may be slower than the instance, therefore a warning",
    symptom=_NOT_UP,
    fix="Look for what it waits for; where it only needs longer, raise "
    "container_startup_health_check_timeout_seconds.",
)
def not_loaded_in_time(outcome: TrialOutcome) -> Iterator[Violation]:
    """The model loads before the trial gives up."""
    failed = _failed(outcome, Stage.LOAD)
    if failed is not None and failed.timed_out:
        yield Violation(
            f"{outcome.server} has not loaded it: {sentence(failed.failure)}",
            f"a model that loads within {failed.timeout_seconds:g} s on this machine.",
            outcome.place,
        )


@rule(
    "SEA355",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AT_REQUEST,
    title="the server's process ends while it is asked",
    scope=TRIAL,
    source="SageMaker Developer Guide, custom inference code with hosting services: the container must "
    "answer "
    "/ping; tried on this machine's server",
    symptom="Requests in flight fail, the container is restarted, and the next such request ends it again.",
    fix="Look for what ends the process: native code that crashes, memory that runs out, or a call of exit.",
)
def died_while_asked(outcome: TrialOutcome) -> Iterator[Violation]:
    """No request ends the server's process."""
    said = outcome.died or next(filter(is_crash, _errors(outcome)), "")
    if said:
        yield Violation(
            f"A process of {outcome.server} ended while it was asked: {sentence(said)}",
            "a server that outlives every request.",
            outcome.place,
        )


def _errors(outcome: TrialOutcome) -> Iterator[str]:
    yield from (each.error for each in outcome.requests)
    yield from (each.error for each in (outcome.batch_sizes.sizes if outcome.batch_sizes is not None else ()))
    yield from (outcome.concurrency.errors if outcome.concurrency is not None else ())


def _failed(outcome: TrialOutcome, stage: Stage) -> Loading | None:
    loading = outcome.loading
    return loading if loading is not None and loading.failure and loading.stage is stage else None
