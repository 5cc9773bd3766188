"""SEA247 to SEA252: the tensors between the steps of an ensemble, from its inputs to its outputs."""

from collections import Counter
from collections.abc import Iterator

from model_packaging.artifact.inspection import ArtifactInspection
from model_packaging.artifact.signature import VARIABLE
from preflight.finding import Severity
from preflight.registry import rule
from preflight.rule import ARTIFACT, Enforcer, SeenAfter, Violation
from preflight.rules._triton_config import NO_DATATYPE, ConfiguredTensor, triton_datatype
from preflight.rules._wiring import End, Wiring, wiring_of

__all__ = [
    "steps_in_a_circle",
    "tensor_datatype_differs",
    "tensor_dims_differ",
    "tensor_filled_twice",
    "tensor_never_filled",
    "tensor_never_read",
]

_SOURCE = "Triton, ensemble models; seen on Triton 2.51"
_NOT_LOADED = "and the endpoint fails after its start-up time-out."


@rule(
    "SEA247",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="a tensor of an ensemble that nothing fills",
    scope=ARTIFACT,
    source=_SOURCE,
    symptom=f"Triton says 'must be mapped from a model output' or waits for the tensor, {_NOT_LOADED}",
    fix="Take the name of one of the ensemble's inputs, or of a tensor that a step's output_map fills.",
)
def tensor_never_filled(artifact: ArtifactInspection) -> Iterator[Violation]:
    """What is read was filled: by the request, or by a step."""
    wiring = wiring_of(artifact)
    if wiring is None:
        return
    filled = list(dict.fromkeys(end.name for end in wiring.filled))
    for end in wiring.read:
        if end.name not in filled:
            yield Violation(f"{end.place} reads {end.name!r}, which nothing fills.", f"{_names(filled)}.")


@rule(
    "SEA248",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="a tensor of an ensemble that is filled twice",
    scope=ARTIFACT,
    source=_SOURCE,
    symptom=f"Triton says 'can appear in an output map only once', {_NOT_LOADED}",
    fix="Give each of the two a name of its own.",
)
def tensor_filled_twice(artifact: ArtifactInspection) -> Iterator[Violation]:
    """A tensor has one origin."""
    wiring = wiring_of(artifact)
    if wiring is None:
        return
    counted = Counter(end.name for end in wiring.filled)
    for name in (name for name, count in counted.items() if count > 1):
        places = [end.place for end in wiring.filled if end.name == name]
        yield Violation(f"{name!r} is filled by {' and by '.join(places)}.", "one that fills it.")


@rule(
    "SEA249",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="a tensor of an ensemble that nothing reads",
    scope=ARTIFACT,
    source=_SOURCE,
    symptom=f"Triton says 'is not used' or 'is unused in ensemble', {_NOT_LOADED}",
    fix="Remove it from output_map or from the ensemble's inputs, or map it to what should read it.",
)
def tensor_never_read(artifact: ArtifactInspection) -> Iterator[Violation]:
    """What is filled is read: by a step, or by who asks. A model's output may stay unmapped."""
    wiring = wiring_of(artifact)
    if wiring is None:
        return
    read = {end.name for end in wiring.read}
    for end in wiring.filled:
        if end.name not in read:
            yield Violation(f"{end.place} fills {end.name!r}, which nothing reads.", "tensors that are read.")


@rule(
    "SEA250",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="steps that wait for each other",
    scope=ARTIFACT,
    source="Triton, ensemble models: a step runs when its tensors are there",
    symptom="The ensemble loads or not; its requests are never answered.",
    fix="Let the first step read the ensemble's inputs alone.",
)
def steps_in_a_circle(artifact: ArtifactInspection) -> Iterator[Violation]:
    """Some order of the steps has every tensor filled before it is read."""
    wiring = wiring_of(artifact)
    if wiring is None:
        return
    ready = {tensor.name for tensor in wiring.config.inputs}
    known = {end.name for end in wiring.filled}
    waiting = list(wiring.members)
    while runnable := [
        member for member in waiting if not {name for _, name in member.step.inputs} & (known - ready)
    ]:
        waiting = [member for member in waiting if member not in runnable]
        ready |= {name for member in runnable for _, name in member.step.outputs}
    if waiting:
        yield Violation(
            f"{', '.join(member.place for member in waiting)} wait for tensors that only they fill.",
            "steps of which one can run first.",
        )


@rule(
    "SEA251",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="a tensor of an ensemble with two data types",
    scope=ARTIFACT,
    source=_SOURCE,
    symptom=f"Triton says 'inconsistent data type', {_NOT_LOADED}",
    fix="Convert in a step between, or correct the declaration that is wrong.",
)
def tensor_datatype_differs(artifact: ArtifactInspection) -> Iterator[Violation]:
    """What fills a tensor has the type that each reader takes; Triton never converts."""
    for origin, reader in _connections(wiring_of(artifact)):
        given, taken = origin.tensor, reader.tensor
        if given is None or taken is None or NO_DATATYPE in (given.datatype, taken.datatype):
            continue
        if given.datatype != taken.datatype:
            yield Violation(
                f"{origin.name!r} is {triton_datatype(given.datatype)} by {origin.place} and "
                f"{triton_datatype(taken.datatype)} for {reader.place}.",
                f"{triton_datatype(taken.datatype)}.",
            )


@rule(
    "SEA252",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="a tensor of an ensemble with two shapes",
    scope=ARTIFACT,
    source=_SOURCE,
    symptom=f"Triton says 'inconsistent shape', {_NOT_LOADED}",
    fix="Reshape in a step between, or correct the declaration that is wrong.",
)
def tensor_dims_differ(artifact: ArtifactInspection) -> Iterator[Violation]:
    """Shapes contradict each other where their lengths differ, or two fixed sizes.

    Triton compares them as they are written, then once more with -1 before those of models with a batch
    dimension: between models with and without one they agree either way (ensemble_utils.cc,
    ValidateTensorConsistency). The ensemble's own tensors count as they are reshaped. Of dims that a backend
    completes nothing is known.
    """
    for origin, reader in _connections(wiring_of(artifact)):
        if origin.tensor is None or reader.tensor is None:
            continue
        given, taken = _dims(origin.tensor, origin), _dims(reader.tensor, reader)
        if not given or not taken:
            continue
        if not _agree(given, taken) and not _agree(_full(origin, given), _full(reader, taken)):
            yield Violation(
                f"{origin.name!r} is {list(given)} by {origin.place} and {list(taken)} for {reader.place}.",
                f"{list(taken)}.",
            )


def _connections(wiring: Wiring | None) -> Iterator[tuple[End, End]]:
    """Yield what fills a tensor with each end that reads it."""
    if wiring is None:
        return
    for reader in wiring.read:
        for origin in wiring.filled:
            if origin.name == reader.name:
                yield origin, reader


def _agree(given: tuple[int, ...], taken: tuple[int, ...]) -> bool:
    return len(given) == len(taken) and all(
        one == other or VARIABLE in (one, other) for one, other in zip(given, taken, strict=True)
    )


def _dims(tensor: ConfiguredTensor, end: End) -> tuple[int, ...]:
    return tensor.dims if end.of_a_step else tensor.model_dims


def _full(end: End, dims: tuple[int, ...]) -> tuple[int, ...]:
    return (VARIABLE, *dims) if end.batched else dims


def _names(names: list[str]) -> str:
    return ", ".join(map(repr, names)) or "nothing"
