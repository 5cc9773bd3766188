"""SEA202 to SEA210: what Triton refuses in a config.pbtxt, or silently does something else with."""

from collections.abc import Iterator

from model_packaging.artifact.inspection import ArtifactInspection
from model_packaging.artifact.signature import VARIABLE
from preflight.finding import Severity
from preflight.registry import rule
from preflight.rule import ARTIFACT, Enforcer, SeenAfter, Violation
from preflight.rules._completion import completes_tensors
from preflight.rules._environment import ADDITIONAL_ARGUMENTS
from preflight.rules._triton_config import NO_DATATYPE, ConfiguredTensor, TritonConfig, config_of
from spec import Model

__all__ = [
    "backend_missing",
    "datatype_missing",
    "gpus_on_cpu_group",
    "impossible_dims",
    "name_differs_from_folder",
    "negative_max_batch_size",
    "preferred_batch_size_out_of_range",
    "response_cache_without_cache",
    "tensors_missing",
]

_NOT_LOADED = "and the endpoint fails after its start-up time-out."
_LEADS_TO_A_BACKEND = {
    "model.graphdef",
    "model.onnx",
    "model.plan",
    "model.pt",
    "model.pt2",
    "model.py",
    "model.savedmodel",
    "model.xml",
}
"""Names in a version's folder by which Triton knows the backend."""
_CACHE_ARGUMENTS = ("--cache-config", "--response-cache-byte-size")


def _starts_with_cache(model: Model) -> bool:
    """Stacks ask for a cache by a variable; what an image of the user's own makes of that is not known."""
    arguments = model.container.environment.get(ADDITIONAL_ARGUMENTS, "")
    return model.container.image_uri is None or any(each in arguments for each in _CACHE_ARGUMENTS)


@rule(
    "SEA202",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="the configuration names another model than its folder",
    scope=ARTIFACT,
    source="Triton, model configuration, name, platform and backend; seen on Triton 2.51",
    symptom=f"Triton says 'directory name must equal model name', {_NOT_LOADED}",
    fix="Give both the same name, or leave `name` out.",
)
def name_differs_from_folder(artifact: ArtifactInspection) -> Iterator[Violation]:
    """The folder's name is the model's name."""
    config = config_of(artifact)
    if config is not None and config.name not in ("", artifact.model):
        yield Violation(
            f"config.pbtxt names the model {config.name!r} in the folder {artifact.model!r}.",
            f"{artifact.model!r}, or no `name`.",
            field=("name",),
        )


@rule(
    "SEA203",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="preferred_batch_size outside what max_batch_size allows",
    scope=ARTIFACT,
    source="Triton, model configuration, dynamic batcher, preferred batch sizes; seen on Triton 2.51",
    symptom=f"Triton says 'dynamic batching preferred size must be <= max batch size', {_NOT_LOADED}",
    fix="Raise max_batch_size or lower preferred_batch_size.",
)
def preferred_batch_size_out_of_range(artifact: ArtifactInspection) -> Iterator[Violation]:
    """The batcher can't prefer a batch that it may not form."""
    config = config_of(artifact)
    if config is None:
        return
    wrong = [size for size in config.preferred_batch_sizes if not 1 <= size <= config.max_batch_size]
    if wrong:
        allowed = (
            f"1 to {config.max_batch_size}" if config.max_batch_size > 0 else "none, as max_batch_size is 0"
        )
        yield Violation(
            f"preferred_batch_size is {', '.join(map(str, wrong))}, max_batch_size {config.max_batch_size}.",
            f"{allowed}.",
            field=("dynamic_batching", "preferred_batch_size"),
        )


@rule(
    "SEA204",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="no backend named, and no file that leads to one",
    scope=ARTIFACT,
    source="Triton, model configuration, minimal model configuration; Triton core, "
    "src/model_config_utils.cc, AutoCompleteBackendFields; seen on Triton 2.51",
    symptom=f"Triton says 'Could not determine backend for model', {_NOT_LOADED}",
    fix='Name the backend, such as platform: "pytorch_libtorch".',
)
def backend_missing(artifact: ArtifactInspection) -> Iterator[Violation]:
    """A backend is named, or known by the name of the model's file, or of a folder ``<name>.<backend>``."""
    config = config_of(artifact)
    if config is None or config.backend or config.platform or "." in artifact.model:
        return
    paths = [record.path.removeprefix(f"{artifact.model}/").split("/") for record in artifact.files]
    names = {parts[1] for parts in paths if len(parts) > 1}
    if not names & _LEADS_TO_A_BACKEND and config.default_model_filename not in _LEADS_TO_A_BACKEND:
        yield Violation("config.pbtxt names neither a backend nor a platform.", "one of them.")


@rule(
    "SEA205",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AT_REQUEST,
    title="no inputs or no outputs declared",
    scope=ARTIFACT,
    source="Triton, model configuration, minimal model configuration; seen on Triton 2.51: it loads",
    symptom="The endpoint is InService, and every request fails.",
    fix="Declare every input and output of the model.",
)
def tensors_missing(artifact: ArtifactInspection) -> Iterator[Violation]:
    """A minimal configuration declares inputs and outputs, but where the backend completes what it lacks.

    A Python model may need no input.
    """
    config = config_of(artifact)
    if config is None or completes_tensors(artifact):
        return
    for field, tensors in (("input", config.inputs), ("output", config.outputs)):
        if not tensors and not (field == "input" and config.serving_backend == "python"):
            yield Violation(f"config.pbtxt declares no {field}.", f"at least one {field}.")


@rule(
    "SEA206",
    severity=Severity.WARNING,
    enforced_by=Enforcer.NOBODY,
    seen_after=SeenAfter.AT_REQUEST,
    title="response cache enabled without a cache",
    scope=ARTIFACT,
    source="Triton, response cache, enable caching on Triton server; seen on Triton 2.51: it loads",
    symptom="The endpoint works and caches nothing.",
    fix=f"Give the container {ADDITIONAL_ARGUMENTS}: --cache-config=local,size=<bytes>, where its image "
    "reads that; or leave response_cache out.",
    settled_by=_starts_with_cache,
)
def response_cache_without_cache(artifact: ArtifactInspection) -> Iterator[Violation]:
    """The model asks for the cache, the server's arguments make it."""
    config = config_of(artifact)
    if config is not None and config.response_cache:
        yield Violation(
            "response_cache is enabled and the server is started without a cache.",
            f"response_cache with --cache-config in {ADDITIONAL_ARGUMENTS}.",
            field=("response_cache",),
        )


@rule(
    "SEA207",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="impossible dimensions",
    scope=ARTIFACT,
    source="Triton, model configuration, inputs and outputs; seen on Triton 2.51",
    symptom=f"Triton says 'dimension must be integer >= 1, or -1' or 'must specify dims', {_NOT_LOADED}",
    fix="Give every dimension a size, or -1 where it varies.",
)
def impossible_dims(artifact: ArtifactInspection) -> Iterator[Violation]:
    """A dimension has a size of at least 1 or is variable; what is left out, some backends complete."""
    config = config_of(artifact)
    if config is None:
        return
    for role, index, tensor in _tensors(config):
        is_missing = not tensor.dims and not completes_tensors(artifact)
        if is_missing or any(dim < 1 and dim != VARIABLE for dim in tensor.dims):
            yield Violation(
                f"{tensor.name!r} has dims {list(tensor.dims)}.",
                "sizes of at least 1, or -1.",
                field=(role, index, "dims"),
            )


@rule(
    "SEA208",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="no data type",
    scope=ARTIFACT,
    source="Triton, model configuration, datatypes; seen on Triton 2.51",
    symptom=f"Triton says \"must specify 'data_type'\", {_NOT_LOADED}",
    fix="Give the tensor a data_type such as TYPE_FP32.",
)
def datatype_missing(artifact: ArtifactInspection) -> Iterator[Violation]:
    """Every tensor has a data type, but where the backend completes what is left out."""
    config = config_of(artifact)
    if config is None or completes_tensors(artifact):
        return
    for role, index, tensor in _tensors(config):
        if tensor.datatype == NO_DATATYPE:
            yield Violation(
                f"{tensor.name!r} has no data_type.", "one of Triton's data types.", field=(role, index)
            )


@rule(
    "SEA209",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="negative max_batch_size",
    scope=ARTIFACT,
    source="Triton, model configuration, maximum batch size; seen on Triton 2.51",
    symptom=f"Triton says \"'max_batch_size' must be non-negative value\", {_NOT_LOADED}",
    fix="Give 0 for a model without a batch dimension, otherwise the largest batch.",
)
def negative_max_batch_size(artifact: ArtifactInspection) -> Iterator[Violation]:
    """The largest batch is a number of requests."""
    config = config_of(artifact)
    if config is not None and config.max_batch_size < 0:
        yield Violation(
            f"max_batch_size is {config.max_batch_size}.", "0 or more.", field=("max_batch_size",)
        )


@rule(
    "SEA210",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="GPUs named for instances on the CPU",
    scope=ARTIFACT,
    source="Triton, model configuration, instance groups; seen on Triton 2.51",
    symptom=f"Triton says 'has kind KIND_CPU but specifies one or more GPUs', {_NOT_LOADED}",
    fix="Leave gpus out, or use KIND_GPU.",
)
def gpus_on_cpu_group(artifact: ArtifactInspection) -> Iterator[Violation]:
    """Only instances on GPUs have GPUs."""
    config = config_of(artifact)
    if config is None:
        return
    for index, group in enumerate(config.instance_groups):
        if group.kind == "KIND_CPU" and group.gpus:
            yield Violation(
                f"An instance_group of KIND_CPU names the GPUs {list(group.gpus)}.",
                "gpus with KIND_GPU alone.",
                field=("instance_group", index, "gpus"),
            )


def _tensors(config: TritonConfig) -> Iterator[tuple[str, int, ConfiguredTensor]]:
    """Yield every input and output: the role, its index and the tensor."""
    for role, tensors in (("input", config.inputs), ("output", config.outputs)):
        for index, tensor in enumerate(tensors):
            yield role, index, tensor
