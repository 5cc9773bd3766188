"""SEA241 to SEA246: the steps of an ensemble against the models that they execute."""

from collections.abc import Iterator

from model_packaging.artifact.inspection import ArtifactInspection
from preflight.finding import Severity
from preflight.registry import rule
from preflight.rule import ARTIFACT, Enforcer, SeenAfter, Violation
from preflight.rules._completion import completes_batch_size, may_have_more
from preflight.rules._wiring import Member, wiring_of

__all__ = [
    "batch_above_a_members",
    "input_not_mapped",
    "model_not_packed",
    "tensor_not_of_the_model",
    "version_not_packed",
    "what_no_ensemble_has",
]

_SOURCE = "Triton, ensemble models; seen on Triton 2.51"
_NOT_LOADED = "and the endpoint fails after its start-up time-out."


@rule(
    "SEA241",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="a step of a model that is not packed",
    scope=ARTIFACT,
    source=_SOURCE,
    symptom=f"Triton says 'ensemble ... contains models that are not available', {_NOT_LOADED}",
    fix="Put the model's folder into the repository, or correct model_name.",
)
def model_not_packed(artifact: ArtifactInspection) -> Iterator[Violation]:
    """Every step's model lies beside the ensemble."""
    wiring = wiring_of(artifact)
    for member in wiring.members if wiring else ():
        if member.artifact is None:
            packed = ", ".join(repr(each.model) for each in artifact.beside) or "no other model"
            yield Violation(
                f"step {member.index} executes {member.step.model!r}, which is not in the archive.",
                f"{packed}.",
                field=_of_step(member),
            )


@rule(
    "SEA242",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="a step maps a tensor that its model does not have",
    scope=ARTIFACT,
    source=_SOURCE,
    symptom=f"Triton says 'mapping to non-existing input' or 'from non-existing output', {_NOT_LOADED}",
    fix="Name the model's own inputs in input_map and its own outputs in output_map, as keys.",
)
def tensor_not_of_the_model(artifact: ArtifactInspection) -> Iterator[Violation]:
    """The keys of the maps are the model's own tensors, as its backend completes them."""
    wiring = wiring_of(artifact)
    for member in wiring.members if wiring else ():
        if member.artifact is None or member.config is None:
            continue
        for role, mapped, tensors in (
            ("input", member.step.inputs, member.config.inputs),
            ("output", member.step.outputs, member.config.outputs),
        ):
            known = [each.name for each in tensors]
            for own, _ in () if may_have_more(member.artifact, tensors) else mapped:
                if own not in known:
                    yield Violation(
                        f"{member.place} maps the {role} {own!r}, which its model does not have.",
                        f"{_names(known)}.",
                        field=_of_step(member),
                    )


@rule(
    "SEA243",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="an input of a step's model that nothing is mapped to",
    scope=ARTIFACT,
    source=_SOURCE,
    symptom=f"Triton says 'expecting N inputs, got M inputs', {_NOT_LOADED}",
    fix="Map a tensor of the ensemble to each input of the model.",
)
def input_not_mapped(artifact: ArtifactInspection) -> Iterator[Violation]:
    """A step gives its model every input that is not optional."""
    wiring = wiring_of(artifact)
    for member in wiring.members if wiring else ():
        given = {own for own, _ in member.step.inputs}
        wanted = [each.name for each in member.config.inputs if not each.optional] if member.config else []
        missing = [name for name in wanted if name not in given]
        if missing:
            yield Violation(
                f"{member.place} gives its model no {_names(missing)}.",
                f"{_names(wanted)}.",
                field=_of_step(member),
            )


@rule(
    "SEA244",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="an ensemble with larger batches than one of its models",
    scope=ARTIFACT,
    source=_SOURCE,
    symptom=f"Triton says 'contains model ... which only allows maximum batch size to be', {_NOT_LOADED}",
    fix="Lower the ensemble's max_batch_size, or raise the model's.",
)
def batch_above_a_members(artifact: ArtifactInspection) -> Iterator[Violation]:
    """A batch passes all steps; a model without a batch dimension is given it as one of its own."""
    wiring = wiring_of(artifact)
    for member in wiring.members if wiring else ():
        largest = member.config.max_batch_size if member.config is not None else 0
        if wiring is not None and 0 < largest < wiring.config.max_batch_size and not _raises_it(member):
            yield Violation(
                f"max_batch_size is {wiring.config.max_batch_size}, and that of the model in {member.place} "
                f"{largest}.",
                f"at most {largest}.",
                field=("max_batch_size",),
            )


@rule(
    "SEA245",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="a step of a version that is not packed",
    scope=ARTIFACT,
    source=_SOURCE,
    symptom=f"Triton says 'depends on ... whose required version N is not loaded', {_NOT_LOADED}",
    fix="Take -1 for the newest version, or one that the model serves.",
)
def version_not_packed(artifact: ArtifactInspection) -> Iterator[Violation]:
    """A step that wants a version finds its folder, and the model serves it."""
    wiring = wiring_of(artifact)
    for member in wiring.members if wiring else ():
        wanted = member.step.version
        if member.artifact is None or member.config is None or wanted < 0:
            continue
        parts = (each.path.split("/") for each in member.artifact.files)
        versions = sorted({int(part[1]) for part in parts if len(part) > 2 and part[1].isdecimal()})  # noqa: PLR2004 - model, version, file
        if member.config.specific_versions:
            versions = [each for each in versions if each in member.config.specific_versions]
        elif member.config.latest_version_only:
            versions = versions[-1:]
        if wanted not in versions:
            yield Violation(
                f"{member.place} wants version {wanted}; the model serves "
                f"{', '.join(map(str, versions)) or 'none'}.",
                f"{', '.join(map(str, (-1, *versions)))}.",
                field=_of_step(member),
            )


@rule(
    "SEA246",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="what an ensemble can't be told",
    scope=ARTIFACT,
    source=_SOURCE,
    symptom=f"Triton says '... should not be specified for ensemble', {_NOT_LOADED}",
    fix="Say it of the ensemble's models.",
)
def what_no_ensemble_has(artifact: ArtifactInspection) -> Iterator[Violation]:
    """An ensemble executes nothing itself."""
    wiring = wiring_of(artifact)
    for name in wiring.config.of_executed_models if wiring else ():
        yield Violation(
            f"The ensemble has {name}.", f"{name} in the configurations of its models.", field=(name,)
        )


def _of_step(member: Member) -> tuple[str | int, ...]:
    """Return the place of the step in config.pbtxt."""
    return "ensemble_scheduling", "step", member.index


def _raises_it(member: Member) -> bool:
    """Say whether the step's model, a Python model, may itself raise the max_batch_size that it declares."""
    is_python = member.config is not None and member.config.serving_backend == "python"
    return is_python and member.artifact is not None and completes_batch_size(member.artifact)


def _names(names: list[str]) -> str:
    return ", ".join(map(repr, names)) or "nothing"
