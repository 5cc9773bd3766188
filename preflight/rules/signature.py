"""SEA3xx: config.pbtxt against what the model really takes and returns."""

from collections.abc import Iterator, Sequence

from model_packaging.artifact.inspection import ArtifactInspection
from model_packaging.artifact.signature import VARIABLE, TensorSpec
from preflight.finding import Severity
from preflight.registry import rule
from preflight.rule import ARTIFACT, Enforcer, SeenAfter, Violation
from preflight.rules._triton_config import NO_DATATYPE, ConfiguredTensor, config_of, triton_datatype

__all__ = [
    "datatype_differs",
    "dims_differ",
    "max_batch_size_differs",
    "tensor_count_differs",
    "tensor_name_differs",
    "unbatched_behind_max_batch_size",
]

_SOURCE = "Triton, model configuration, inputs and outputs"
_EVERY_REQUEST_FAILS = "The endpoint is InService, and every request fails."
_PACKAGE_AGAIN = "Declare what the model has: package it again, or correct the factory's sample."


@rule(
    "SEA301",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AT_REQUEST,
    title="another number of tensors than the model has",
    scope=ARTIFACT,
    source=_SOURCE,
    symptom=_EVERY_REQUEST_FAILS,
    fix=_PACKAGE_AGAIN,
)
def tensor_count_differs(artifact: ArtifactInspection) -> Iterator[Violation]:
    """Each forward argument has an input, each result an output."""
    for role, declared, observed in _tensors(artifact):
        if declared and len(declared) != len(observed):
            yield Violation(
                f"config.pbtxt declares {_counted(role, declared)}, not {_counted(role, observed)}.",
                f"{_counted(role, observed)}.",
                field=(role,),
            )


@rule(
    "SEA302",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AT_REQUEST,
    title="a tensor the model does not have",
    scope=ARTIFACT,
    source=f"{_SOURCE}; PyTorch backend, naming convention (inputs by forward's argument names)",
    symptom="Triton's PyTorch backend takes an input of an unknown name by its place instead, or refuses the "
    "model: answers are wrong, or every request fails.",
    fix=_PACKAGE_AGAIN,
)
def tensor_name_differs(artifact: ArtifactInspection) -> Iterator[Violation]:
    """Tensors are found by name; their order does not matter."""
    for role, declared, observed in _tensors(artifact):
        known = {tensor.name for tensor in observed}
        unknown = [tensor.name for tensor in declared if tensor.name not in known]
        if unknown and len(declared) == len(observed):
            yield Violation(
                f"config.pbtxt declares the {role}s {_names(declared)}; the model does not have "
                f"{', '.join(map(repr, unknown))}.",
                f"{_names(observed)}.",
                field=(role,),
            )


@rule(
    "SEA303",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AT_REQUEST,
    title="another data type than the model's",
    scope=ARTIFACT,
    source="Triton, model configuration, datatypes",
    symptom=_EVERY_REQUEST_FAILS,
    fix=_PACKAGE_AGAIN,
)
def datatype_differs(artifact: ArtifactInspection) -> Iterator[Violation]:
    """A tensor's data type is the model's own; Triton never converts."""
    for role, declared, observed in _same_names(artifact):
        if declared.datatype not in (observed.datatype, NO_DATATYPE):
            yield Violation(
                f"config.pbtxt gives the {role} {declared.name!r} {triton_datatype(declared.datatype)}; "
                f"the model has {triton_datatype(observed.datatype)}.",
                f"{triton_datatype(observed.datatype)}.",
            )


@rule(
    "SEA304",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AT_REQUEST,
    title="other dimensions than the model's",
    scope=ARTIFACT,
    source=f"{_SOURCE}; reshape",
    symptom="Requests of the declared shape fail in the model, requests of the model's shape are refused.",
    fix=_PACKAGE_AGAIN,
)
def dims_differ(artifact: ArtifactInspection) -> Iterator[Violation]:
    """Dims contradict each other where their number differs, or two fixed sizes.

    A fixed size for what the model takes in any size narrows what is accepted, and -1 for what samples showed
    in one size widens it: both are decisions, not contradictions.
    """
    config = config_of(artifact)
    batch = (VARIABLE,) if config and config.max_batch_size <= 0 and artifact.signature.batched else ()
    for role, declared, observed in _same_names(artifact):
        wanted = (*batch, *observed.dims)
        if _contradict(declared.model_dims, wanted):
            yield Violation(
                f"config.pbtxt gives the {role} {declared.name!r} dims {list(declared.model_dims)}; "
                f"the model has {list(wanted)}.",
                f"{list(wanted)}, without the batch dimension where max_batch_size is above 0.",
            )


@rule(
    "SEA305",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AT_REQUEST,
    title="a model without a batch dimension behind max_batch_size",
    scope=ARTIFACT,
    source="Triton, model configuration, maximum batch size",
    symptom="The model takes Triton's batch dimension for data: requests fail, or answers are wrong.",
    fix="Set max_batch_size: 0, or give every input and output a leading batch dimension.",
)
def unbatched_behind_max_batch_size(artifact: ArtifactInspection) -> Iterator[Violation]:
    """Above 0, every tensor has a leading dimension for the batch."""
    config = config_of(artifact)
    if config is not None and config.max_batch_size > 0 and not artifact.signature.batched:
        yield Violation(
            f"max_batch_size is {config.max_batch_size}, and the model's tensors have no batch dimension.",
            "max_batch_size 0.",
            field=("max_batch_size",),
        )


@rule(
    "SEA306",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AT_REQUEST,
    title="another max_batch_size than declared",
    scope=ARTIFACT,
    source="Triton, model configuration, maximum batch size",
    symptom="Triton refuses batches that the deployment file promises: 'batch-size must be <= ...'.",
    fix="Package the model again.",
)
def max_batch_size_differs(artifact: ArtifactInspection) -> Iterator[Violation]:
    """The archive says what the deployment file says."""
    config = config_of(artifact)
    if config is not None and 0 <= config.max_batch_size != artifact.max_batch_size:
        yield Violation(
            f"config.pbtxt has max_batch_size {config.max_batch_size}, not {artifact.max_batch_size}.",
            f"{artifact.max_batch_size}.",
            field=("max_batch_size",),
        )


_Role = tuple[str, Sequence[ConfiguredTensor], Sequence[TensorSpec]]


def _tensors(artifact: ArtifactInspection) -> tuple[_Role, ...]:
    """Return a request's tensors as declared and as observed: without what Triton itself fills and keeps.

    A state that is an output as well is one of both.

    Nothing where no configuration can be read.
    """
    config = config_of(artifact)
    if config is None:
        return ()
    sequences, signature = config.sequences, artifact.signature
    inputs = [each for each in signature.inputs if each.name not in sequences.inputs]
    kept = sequences.outputs.difference(each.name for each in config.outputs)
    outputs = [each for each in signature.outputs if each.name not in kept]
    return ("input", config.inputs, inputs), ("output", config.outputs, outputs)


def _same_names(artifact: ArtifactInspection) -> Iterator[tuple[str, ConfiguredTensor, TensorSpec]]:
    for role, declared, observed in _tensors(artifact):
        by_name = {tensor.name: tensor for tensor in observed}
        for tensor in declared:
            if tensor.name in by_name:
                yield role, tensor, by_name[tensor.name]


def _contradict(declared: tuple[int, ...], observed: tuple[int, ...]) -> bool:
    if len(declared) != len(observed):
        return True
    pairs = zip(declared, observed, strict=True)
    return any(one != other and VARIABLE not in (one, other) for one, other in pairs)


def _counted(role: str, tensors: Sequence[ConfiguredTensor] | Sequence[TensorSpec]) -> str:
    return f"{len(tensors)} {role}{'' if len(tensors) == 1 else 's'} ({_names(tensors)})"


def _names(tensors: Sequence[ConfiguredTensor] | Sequence[TensorSpec]) -> str:
    return ", ".join(repr(tensor.name) for tensor in tensors)
