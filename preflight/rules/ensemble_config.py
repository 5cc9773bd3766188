"""SEA236 to SEA240: an ensemble as a whole: its steps, its circles, its answers, what may be left out."""

from collections.abc import Iterator

from model_packaging.artifact.inspection import ArtifactInspection
from preflight.finding import Severity
from preflight.registry import rule
from preflight.rule import ARTIFACT, Enforcer, SeenAfter, Violation
from preflight.rules._config_message import ENSEMBLE, message_of
from preflight.rules._triton_config import config_of
from preflight.rules._wiring import Member, wiring_of

__all__ = [
    "answers_of_two_origins",
    "ensemble_of_itself",
    "ensemble_without_steps",
    "optional_input_that_a_step_needs",
    "step_unfinished",
]

_NOT_LOADED = "and the endpoint fails after its start-up time-out."
_SCHEDULING = "Triton core, src/model_config_utils.cc, ValidateEnsembleSchedulingConfig; seen on Triton 2.51"


@rule(
    "SEA236",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="half an ensemble",
    scope=ARTIFACT,
    source=_SCHEDULING,
    symptom=f"Triton says 'ensemble scheduling must be set' or 'cannot be set', {_NOT_LOADED}",
    fix='Give an ensemble platform: "ensemble", no backend, and ensemble_scheduling with steps.',
)
def ensemble_without_steps(artifact: ArtifactInspection) -> Iterator[Violation]:
    """The platform and the steps come together."""
    config = message_of(artifact)
    if config is None:
        return
    scheduled = config.HasField("ensemble_scheduling")
    if config.platform == ENSEMBLE and not config.ensemble_scheduling.step:
        yield Violation(
            "The platform is ensemble, and ensemble_scheduling has no step.",
            "at least one step.",
            field=("ensemble_scheduling",) if scheduled else ("platform",),
        )
    elif scheduled and config.platform != ENSEMBLE:
        platform = f"the platform {config.platform!r}" if config.platform else "no platform"
        named = f"the backend {config.backend!r}" if config.backend else platform
        yield Violation(
            f"There is an ensemble_scheduling, and {named}.",
            'platform "ensemble" and no backend.',
            field=("ensemble_scheduling",),
        )


@rule(
    "SEA237",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="an unfinished step of an ensemble",
    scope=ARTIFACT,
    source=_SCHEDULING.replace("ValidateEnsembleSchedulingConfig", "BuildEnsembleGraph"),
    symptom=f"Triton says \"must specify 'model_name' in step\", or input_map, or output_map, {_NOT_LOADED}",
    fix="Give every step a model_name, an input_map and an output_map.",
)
def step_unfinished(artifact: ArtifactInspection) -> Iterator[Violation]:
    """A step executes a model, gives it something and takes something from it."""
    config = message_of(artifact)
    for index, step in enumerate(config.ensemble_scheduling.step if config is not None else ()):
        for name in ("model_name", "input_map", "output_map"):
            if not getattr(step, name):
                yield Violation(
                    f"step {index} has no {name}.", f"a {name}.", field=("ensemble_scheduling", "step", index)
                )


@rule(
    "SEA238",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="an ensemble that is a step of itself",
    scope=ARTIFACT,
    source="Triton core, src/model_repository_manager; seen on Triton 2.51",
    symptom=f"Triton says 'circular dependency between ensembles', {_NOT_LOADED}",
    fix="Name the model that the step is to execute, not the ensemble.",
)
def ensemble_of_itself(artifact: ArtifactInspection) -> Iterator[Violation]:
    """No chain of ensembles leads back to its beginning."""
    steps = _step_models(artifact)
    beside = {each.model: each for each in artifact.beside} if steps else {}
    # Each model is visited once, by one way: there are exponentially many ways.
    way_to: dict[str, tuple[str, ...]] = {}
    waiting: list[tuple[tuple[str, ...], tuple[str, ...]]] = [((artifact.model,), steps)]
    while waiting:
        way, steps = waiting.pop()
        for model in steps:
            if model == artifact.model:
                yield Violation(
                    f"Its steps lead back to it: {' -> '.join((*way, model))}.",
                    "steps of other models.",
                    field=("ensemble_scheduling",),
                )
                return
            if model not in way_to and model in beside:
                way_to[model] = (*way, model)
                waiting.append((way_to[model], _step_models(beside[model])))


@rule(
    "SEA239",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="tensors of an ensemble from answers that don't come together",
    scope=ARTIFACT,
    source="Triton core, src/ensemble_scheduler/ensemble_utils.cc, ValidateEnsembleConfig; seen on Triton "
    "2.51",
    symptom=f"Triton says 'receives inputs originated from different decoupled models', {_NOT_LOADED}",
    fix="Let the decoupled model hand on what later steps need of the request, as outputs of its own.",
)
def answers_of_two_origins(artifact: ArtifactInspection) -> Iterator[Violation]:
    """A decoupled model answers any number of times; what is joined with its answers comes from it, too."""
    wiring = wiring_of(artifact)
    if wiring is None:
        return
    origin = {tensor.name: "the request" for tensor in wiring.config.inputs}
    waiting = list(wiring.members)
    while ready := [each for each in waiting if _names_of(each.step.inputs) <= origin.keys()]:
        waiting = [each for each in waiting if each not in ready]
        for member in ready:
            origins = sorted({origin[name] for name in _names_of(member.step.inputs)})
            if len(origins) > 1:
                yield _of_several(f"{member.place} joins tensors", origins)
                return
            of = f"the decoupled {member.place}" if _is_decoupled(member) else origins[0] if origins else ""
            origin |= dict.fromkeys(_names_of(member.step.outputs), of)
    outputs = sorted({origin[each.name] for each in wiring.config.outputs if each.name in origin})
    if len(outputs) > 1:
        yield _of_several("The ensemble's outputs are", outputs)


@rule(
    "SEA240",
    severity=Severity.WARNING,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AT_REQUEST,
    title="an optional input of an ensemble that a step needs",
    scope=ARTIFACT,
    source="Triton, ensemble models; seen on Triton 2.51: it loads",
    symptom="A request without the input fails: 'missing required input(s)' of the step's model.",
    fix="Make the input of the step's model optional, too, or leave optional out of the ensemble.",
)
def optional_input_that_a_step_needs(artifact: ArtifactInspection) -> Iterator[Violation]:
    """What a request may leave out, every model that reads it has to do without."""
    wiring = wiring_of(artifact)
    if wiring is None:
        return
    optional = {each.name for each in wiring.config.inputs if each.optional}
    for end in wiring.read:
        if end.name in optional and end.tensor is not None and not end.tensor.optional:
            yield Violation(
                f"The ensemble's input {end.name!r} is optional; {end.place} is not.",
                "optional in both, or in neither.",
                field=("input",),
            )


def _of_several(what: str, origins: list[str]) -> Violation:
    return Violation(
        f"{what} of {' and of '.join(origins)}.",
        "tensors of one origin: the request, or one decoupled model's answer.",
        field=("ensemble_scheduling",),
    )


def _names_of(mapped: tuple[tuple[str, str], ...]) -> set[str]:
    return {name for _, name in mapped}


def _is_decoupled(member: Member) -> bool:
    return member.config is not None and member.config.decoupled


def _step_models(artifact: ArtifactInspection) -> tuple[str, ...]:
    config = config_of(artifact)
    return tuple(step.model for step in config.steps) if config is not None else ()
