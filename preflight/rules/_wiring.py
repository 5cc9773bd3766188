"""The tensors of an ensemble: who fills each of them, and who reads it."""

from collections.abc import Iterator
from dataclasses import dataclass

from model_packaging.artifact.inspection import ArtifactInspection
from preflight.rules._triton_config import ConfiguredTensor, Step, TritonConfig, config_of

__all__ = ["End", "Member", "Wiring", "wiring_of"]


@dataclass(frozen=True, slots=True)
class End:
    """One end of a tensor: where it is filled, or read.

    Attributes:
        place: in words.
        name: of the ensemble's tensor.
        tensor: what it is there; None where the model that would say it is missing, or lacks it.
        batched: whether Triton adds the batch dimension there.
        of_a_step: whether it is a tensor of a step's model; else of the ensemble itself.
    """

    place: str
    name: str
    tensor: ConfiguredTensor | None
    batched: bool
    of_a_step: bool = False


@dataclass(frozen=True, slots=True)
class Member:
    """A step of an ensemble with the configuration of its model.

    Attributes:
        index: of the step, from 0.
        step: what the ensemble says.
        artifact: the model; None where the archive has no folder of that name.
        config: of the model; None where it is missing or can't be read.
    """

    index: int
    step: Step
    artifact: ArtifactInspection | None
    config: TritonConfig | None

    @property
    def place(self) -> str:
        """How findings name it."""
        return f"step {self.index} ({self.step.model})"


@dataclass(frozen=True, slots=True)
class Wiring:
    """An ensemble.

    Attributes:
        config: of the ensemble.
        members: its steps.
        filled: every end that fills a tensor: the ensemble's inputs, and what steps give.
        read: every end that reads one: what steps take, and the ensemble's outputs.
    """

    config: TritonConfig
    members: tuple[Member, ...]
    filled: tuple[End, ...]
    read: tuple[End, ...]


def wiring_of(artifact: ArtifactInspection) -> Wiring | None:
    """Return the wiring of the model; None where it is no ensemble."""
    config = config_of(artifact)
    if config is None or not config.steps:
        return None
    artifacts = {each.model: each for each in artifact.beside}
    members = tuple(
        _member(index, step, artifacts.get(step.model)) for index, step in enumerate(config.steps)
    )
    batched = config.max_batch_size > 0
    filled = [End("the ensemble's input", tensor.name, tensor, batched) for tensor in config.inputs]
    read = [End("the ensemble's output", tensor.name, tensor, batched) for tensor in config.outputs]
    for member in members:
        filled += _ends(member, member.step.outputs, "output")
        read += _ends(member, member.step.inputs, "input")
    return Wiring(config, members, tuple(filled), tuple(read))


def _member(index: int, step: Step, artifact: ArtifactInspection | None) -> Member:
    return Member(index, step, artifact, config_of(artifact) if artifact is not None else None)


def _ends(member: Member, mapped: tuple[tuple[str, str], ...], role: str) -> Iterator[End]:
    config = member.config
    tensors = (
        {}
        if config is None
        else {each.name: each for each in (config.inputs if role == "input" else config.outputs)}
    )
    batched = config is not None and config.max_batch_size > 0
    for own, name in mapped:
        place = f"the {role} {own!r} of {member.place}"
        yield End(place, name, tensors.get(own), batched, of_a_step=True)
