"""SEA211 to SEA219: what config.pbtxt says about warm-up, labels, versions, sequences and the cache."""

from collections.abc import Iterable, Iterator

from model_packaging.artifact.inspection import ArtifactInspection
from model_packaging.artifact.signature import VARIABLE
from preflight.finding import Severity
from preflight.registry import rule
from preflight.rule import ARTIFACT, Enforcer, SeenAfter, Violation
from preflight.rules._completion import may_have_more
from preflight.rules._packed_path import packed_path
from preflight.rules._triton_config import (
    NO_DATATYPE,
    ConfiguredTensor,
    Warmup,
    config_of,
    triton_datatype,
)

__all__ = [
    "label_file_missing",
    "response_cache_refused",
    "sequence_tensor_unknown",
    "version_missing",
    "warmup_batch_size_out_of_range",
    "warmup_input_differs",
    "warmup_input_missing",
    "warmup_input_unknown",
    "warmup_skipped",
]

_WARMUP = "Triton, model configuration, model warmup; seen on Triton 2.51"
_NOT_LOADED = "and the endpoint fails after its start-up time-out."


@rule(
    "SEA211",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="a warm-up request lacks an input",
    scope=ARTIFACT,
    source=_WARMUP,
    symptom=f"Triton says 'expected N inputs but got M inputs', {_NOT_LOADED}",
    fix="Give the warm-up request data for every input.",
)
def warmup_input_missing(artifact: ArtifactInspection) -> Iterator[Violation]:
    """A warm-up request is a request: it needs every input of the configuration that is not optional."""
    for index, warmup, inputs in _warmups(artifact):
        given = {each.name for each in warmup.inputs}
        required = [name for name, tensor in inputs.items() if not tensor.optional]
        missing = [name for name in required if name not in given]
        if missing:
            yield Violation(
                f"The warm-up {warmup.name!r} has no data for {_names(missing)}.",
                f"data for {_names(required)}.",
                field=("model_warmup", index),
            )


@rule(
    "SEA212",
    severity=Severity.WARNING,
    enforced_by=Enforcer.NOBODY,
    seen_after=SeenAfter.AT_REQUEST,
    title="a warm-up request has an input the model does not have",
    scope=ARTIFACT,
    source=f"{_WARMUP}: it loads",
    symptom="Triton passes over the data without a word, and what was to be warmed up is not.",
    fix="Correct the input's name, or remove it.",
)
def warmup_input_unknown(artifact: ArtifactInspection) -> Iterator[Violation]:
    """Data is for an input of the model, or for a control of its sequences; some inputs the backend adds."""
    config = config_of(artifact)
    if config is None or may_have_more(artifact, config.inputs):
        return
    for index, warmup, inputs in _warmups(artifact):
        known = {*inputs, *config.sequences.inputs}
        unknown = [each.name for each in warmup.inputs if each.name not in known]
        if unknown:
            yield Violation(
                f"The warm-up {warmup.name!r} has data for {_names(unknown)}, which the model does not have.",
                f"data for {_names(inputs)}.",
                field=("model_warmup", index),
            )


@rule(
    "SEA213",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="a warm-up request that the model can't take",
    scope=ARTIFACT,
    source=_WARMUP,
    symptom="Triton says 'unexpected shape for input', 'inference input data-type is' or 'expects all "
    f"variable-size dimensions are specified', {_NOT_LOADED}",
    fix="Give the input's own data type, and a size for each of its dimensions.",
)
def warmup_input_differs(artifact: ArtifactInspection) -> Iterator[Violation]:
    """Type and dims are those of the input, where they are declared; a dimension that varies needs a size."""
    for index, warmup, inputs in _warmups(artifact):
        for given in warmup.inputs:
            wanted = inputs.get(given.name)
            is_declared = wanted is not None and wanted.datatype != NO_DATATYPE and bool(wanted.dims)
            if wanted is not None and is_declared and not _fits(given, wanted):
                yield Violation(
                    f"The warm-up {warmup.name!r} gives {given.name!r} {triton_datatype(given.datatype)} "
                    f"with dims {list(given.dims)}.",
                    f"{triton_datatype(wanted.datatype)} with dims {list(wanted.dims)}, a size instead of "
                    "each -1.",
                    field=("model_warmup", index),
                )


@rule(
    "SEA214",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="a warm-up batch above max_batch_size",
    scope=ARTIFACT,
    source=_WARMUP,
    symptom=f"Triton says 'failed to run warmup sample', {_NOT_LOADED}",
    fix="Lower the warm-up's batch_size, or raise max_batch_size.",
)
def warmup_batch_size_out_of_range(artifact: ArtifactInspection) -> Iterator[Violation]:
    """Without a batch dimension Triton takes any number for none."""
    config = config_of(artifact)
    if config is None or config.max_batch_size < 1:
        return
    for index, warmup in enumerate(config.warmups):
        if warmup.batch_size > config.max_batch_size:
            yield Violation(
                f"The warm-up {warmup.name!r} has batch size {warmup.batch_size}, max_batch_size is "
                f"{config.max_batch_size}.",
                f"1 to {config.max_batch_size}.",
                field=("model_warmup", index),
            )


@rule(
    "SEA215",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="a file of labels is missing",
    scope=ARTIFACT,
    source="Triton, model configuration, label_filename; seen on Triton 2.51",
    symptom=f"Triton says 'failed to open text file for read', {_NOT_LOADED}",
    fix="Put the file into the model's folder, beside config.pbtxt.",
)
def label_file_missing(artifact: ArtifactInspection) -> Iterator[Violation]:
    """Labels lie in the model's folder."""
    config = config_of(artifact)
    paths = {record.path for each in (artifact, *artifact.beside) for record in each.files}
    for index, output in enumerate(config.outputs if config is not None else ()):
        path = packed_path(artifact.model, output.label_filename)
        if output.label_filename and path and path not in paths:
            yield Violation(
                f"The labels of {output.name!r} are in {output.label_filename!r}, and the archive has no "
                f"{path}.",
                f"{path} in the archive.",
                field=("output", index, "label_filename"),
            )


@rule(
    "SEA216",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="a version to serve is missing",
    scope=ARTIFACT,
    source="Triton, model configuration, version policy; seen on Triton 2.51",
    symptom="Triton says 'the version directory is not present' and serves the others, or none: then the "
    "endpoint fails after its start-up time-out.",
    fix="Pack the version, or remove it from version_policy.",
)
def version_missing(artifact: ArtifactInspection) -> Iterator[Violation]:
    """Versions that are named are there."""
    config = config_of(artifact)
    if config is None or config.is_ensemble:
        return
    for version in config.specific_versions:
        folder = f"{artifact.model}/{version}/"
        if not any(record.path.startswith(folder) for record in artifact.files):
            yield Violation(
                f"version_policy names the version {version}, and the archive has no {folder}.",
                "versions that the archive has.",
                field=("version_policy",),
            )


@rule(
    "SEA217",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="a control or state the model does not have",
    scope=ARTIFACT,
    source="Triton, stateful models, control inputs and implicit state management",
    symptom="The backend finds no such argument or result: the model does not load, or every request fails.",
    fix="Name arguments of forward() and its outputs, or remove the control or state.",
)
def sequence_tensor_unknown(artifact: ArtifactInspection) -> Iterator[Violation]:
    """What Triton fills and keeps are tensors of the model."""
    config = config_of(artifact)
    if config is None:
        return
    for role, named, observed in (
        ("input", config.sequences.inputs, artifact.signature.inputs),
        ("output", config.sequences.outputs, artifact.signature.outputs),
    ):
        known = [each.name for each in observed]
        unknown = sorted(named.difference(known))
        if unknown:
            yield Violation(
                f"sequence_batching names the {role}s {_names(unknown)}; the model has {_names(known)}.",
                f"{_names(known)}.",
                field=("sequence_batching",),
            )


@rule(
    "SEA218",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="response cache of a model whose answers can't be kept",
    scope=ARTIFACT,
    source="Triton, response cache, known limitations; seen on Triton 2.51",
    symptom=f"Triton says 'Response Cache does not currently support model', {_NOT_LOADED}",
    fix="Leave response_cache out, or what keeps Triton from caching.",
)
def response_cache_refused(artifact: ArtifactInspection) -> Iterator[Violation]:
    """Neither sequences nor decoupled answers are cached."""
    config = config_of(artifact)
    if config is not None and config.response_cache and config.uncacheable:
        others = " and ".join(config.uncacheable)
        yield Violation(
            f"response_cache is enabled with {others}.",
            f"response_cache without {others}.",
            field=("response_cache",),
        )


@rule(
    "SEA219",
    severity=Severity.WARNING,
    enforced_by=Enforcer.NOBODY,
    seen_after=SeenAfter.AT_REQUEST,
    title="a warm-up request that is skipped",
    scope=ARTIFACT,
    source="Triton core, src/backend_model_instance.cc; seen on Triton 2.51: it loads",
    symptom="Triton passes over the request, 'Skipping batch 0 warmup sample', and the first real one pays.",
    fix="Set the warm-up's batch_size, to 1 without a batch dimension.",
)
def warmup_skipped(artifact: ArtifactInspection) -> Iterator[Violation]:
    """A warm-up of batch size 0, which is what a file without the word says, is none."""
    for index, warmup, _ in _warmups(artifact):
        if warmup.batch_size < 1:
            yield Violation(
                f"The warm-up {warmup.name!r} has batch size 0.", "1 or more.", field=("model_warmup", index)
            )


def _warmups(artifact: ArtifactInspection) -> Iterator[tuple[int, Warmup, dict[str, ConfiguredTensor]]]:
    """Yield every warm-up request: its index, itself and the inputs of the configuration."""
    config = config_of(artifact)
    if config is not None:
        inputs = {each.name: each for each in config.inputs}
        yield from ((index, warmup, inputs) for index, warmup in enumerate(config.warmups))


def _fits(given: ConfiguredTensor, wanted: ConfiguredTensor) -> bool:
    return (
        given.datatype == wanted.datatype
        and len(given.dims) == len(wanted.dims)
        and all(
            one >= 0 and other in (one, VARIABLE) for one, other in zip(given.dims, wanted.dims, strict=True)
        )
    )


def _names(names: Iterable[str]) -> str:
    return ", ".join(map(repr, names)) or "nothing"
