"""SEA613 to SEA616: endpoints with several containers: what one hands to the next, and room for all."""

from collections.abc import Iterator
from itertools import pairwise

import catalogue
from model_packaging.artifact import TensorSpec
from preflight.evidence import DeploymentEvidence
from preflight.finding import Severity
from preflight.registry import rule
from preflight.rule import DEPLOYMENT, Enforcer, SeenAfter, Surrounding, Violation
from spec import Model, PipelineContainer, PipelineEndpoint

__all__ = [
    "answer_that_does_not_fit",
    "answer_that_is_no_request",
    "answer_without_its_data_type",
    "containers_larger_than_memory",
]

_PIPELINES = (
    "SageMaker Developer Guide, inference pipelines: each container gets the answer of the one before"
)
_MIB = 1024 * 1024


@rule(
    "SEA613",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AT_REQUEST,
    title="a Triton container in a row with others",
    scope=DEPLOYMENT,
    of_bare=(Surrounding.INSTANCE, Surrounding.IMAGE),
    source=f"{_PIPELINES}; KServe, open inference protocol v2: a request has `inputs`, an answer `outputs`; "
    "SageMaker PyTorch inference toolkit, default handlers: an array, without names",
    symptom="Every request fails with a ModelError: the next container can't read what the one before it "
    "answered.",
    fix="Take models with `pytorch`, or make an ensemble of them, which Triton runs in one container; or set "
    "inference_execution_mode: Direct.",
)
def answer_that_is_no_request(evidence: DeploymentEvidence) -> Iterator[Violation]:
    """What Triton answers is no request to Triton or to PyTorch's toolkit, nor the other way round."""
    for key, endpoint in _in_a_row(evidence):
        for (first, before), (second, after) in pairwise(endpoint.containers.items()):
            models = [evidence.file.deployment.models[each.model] for each in (before, after)]
            if any(model.container.image_uri is not None for model in models):
                # What another image answers and takes, nobody here knows.
                continue
            if any(model.layout == "triton" for model in models):
                answers, takes = (_form(model, at) for at, model in enumerate(models))
                yield Violation(
                    f"{first} answers {answers}, and {second} takes {takes}.",
                    "an answer that is the next container's request.",
                    ("endpoints", key, "containers", second, "model"),
                )


@rule(
    "SEA614",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AT_REQUEST,
    title="containers in a row whose tensors don't fit",
    scope=DEPLOYMENT,
    of_bare=(Surrounding.INSTANCE, Surrounding.IMAGE),
    source=f"{_PIPELINES}; SageMaker PyTorch inference toolkit: one array",
    symptom="Every request fails with a ModelError, or the second model gets what it wasn't made for.",
    fix="Export models where one returns what the next takes: one tensor of the same data type and shape.",
)
def answer_that_does_not_fit(evidence: DeploymentEvidence) -> Iterator[Violation]:
    """One tensor comes out of each container, and one of the same kind goes into the next."""
    for key, endpoint in _in_a_row(evidence):
        for (first, before), (second, after) in pairwise(endpoint.containers.items()):
            answering, asked = (evidence.built[each.model].manifest for each in (before, after))
            if answering is None or asked is None or not _hands_over(evidence, before, after):
                continue
            given, taken = answering.signature.outputs, asked.signature.inputs
            batched = answering.signature.batched, asked.signature.batched
            fits = len(given) == len(taken) == 1 and _fit(given[0], taken[0]) and batched[0] is batched[1]
            if not fits:
                yield Violation(
                    f"{first} answers {_told(given, batched=batched[0])}, and {second} takes "
                    f"{_told(taken, batched=batched[1])}.",
                    "one tensor of the same data type and shape.",
                    ("endpoints", key, "containers", second, "model"),
                )


@rule(
    "SEA615",
    severity=Severity.WARNING,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AT_REQUEST,
    title="a container in a row whose answer loses its data type",
    scope=DEPLOYMENT,
    of_bare=(Surrounding.INSTANCE, Surrounding.IMAGE),
    source="SageMaker PyTorch inference toolkit, default_pytorch_inference_handler.py (default_output_fn "
    "makes a list of the tensor, default_input_fn float32 of JSON); no document says which Accept header a "
    "container in a row gets",
    symptom="The next container is given float64 or int64 by .npy, float32 by JSON, whatever the tensor was: "
    "its model refuses it, or computes with what it wasn't made for.",
    fix="Give pytorch.entry_point with an input_fn and an output_fn of its own, such as "
    "examples/exact_arrays.py.",
)
def answer_without_its_data_type(evidence: DeploymentEvidence) -> Iterator[Violation]:
    """The toolkit's own functions write numbers, of which the next container makes another type."""
    for key, endpoint in _in_a_row(evidence):
        for (first, before), (second, _) in pairwise(endpoint.containers.items()):
            serving = evidence.file.deployment.models[before.model].pytorch
            if serving is not None and serving.entry_point is None:
                yield Violation(
                    f"{first} answers {second} by the toolkit's own output_fn.",
                    "an entry point that answers in the model's own data type.",
                    ("endpoints", key, "containers", first, "model"),
                )


@rule(
    "SEA616",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="containers that don't fit into the instance's memory together",
    scope=DEPLOYMENT,
    of_bare=(Surrounding.INSTANCE, Surrounding.IMAGE),
    source="EC2, instance types (memory); SageMaker Developer Guide, multi-container endpoints: all "
    "containers run on each instance",
    symptom="A container is killed while it loads its model, without a word in its log, and starts again "
    "until the endpoint fails.",
    fix="Take an instance type with more memory, or give a model an endpoint of its own.",
)
def containers_larger_than_memory(evidence: DeploymentEvidence) -> Iterator[Violation]:
    """Where there is no GPU, one instance of each container's model lies in main memory, all at once."""
    for key, endpoint in evidence.file.deployment.pipeline_endpoints.items():
        instance = catalogue.instance_type(endpoint.instances.type)
        manifests = [evidence.built[name].manifest for name in endpoint.served]
        sizes = [max((file.size_bytes for file in each.files), default=0) for each in manifests if each]
        together_mib = sum(sizes) / _MIB
        # One alone is another rule's.
        if not instance.gpus and together_mib > instance.memory_mib > max(sizes, default=0) / _MIB:
            yield Violation(
                f"The models of {key} have files of {together_mib:.0f} MiB together; {instance.name} has "
                f"{instance.memory_mib} MiB of memory.",
                f"model files below {instance.memory_mib} MiB together.",
                ("endpoints", key, "instances", "type"),
            )


def _in_a_row(evidence: DeploymentEvidence) -> Iterator[tuple[str, PipelineEndpoint]]:
    for key, endpoint in evidence.file.deployment.pipeline_endpoints.items():
        if endpoint.inference_execution_mode == "Serial":
            yield key, endpoint


def _form(model: Model, at: int) -> str:
    """Return in words what a model answers (``at`` 0) or takes (``at`` 1)."""
    if model.layout == "triton":
        return ("Triton's `outputs`", "Triton's `inputs`")[at]
    return "an array"


def _hands_over(evidence: DeploymentEvidence, before: PipelineContainer, after: PipelineContainer) -> bool:
    """Whether the second container's model is given the very tensor that the first one's returned.

    Where both have one entry point, or none, what the one writes is what the other reads; else the entry
    points may make anything of it.
    """
    first, second = (evidence.file.deployment.models[each.model].pytorch for each in (before, after))
    return first is not None and second is not None and first.entry_point == second.entry_point


def _fit(given: TensorSpec, taken: TensorSpec) -> bool:
    """Whether the data types are the same, and no dimension contradicts: -1 is any."""
    return (
        given.datatype == taken.datatype
        and len(given.dims) == len(taken.dims)
        and all(-1 in pair or pair[0] == pair[1] for pair in zip(given.dims, taken.dims, strict=True))
    )


def _told(tensors: tuple[TensorSpec, ...], *, batched: bool) -> str:
    kind = "batches of " if batched else ""
    return kind + ", ".join(f"{each.name} {each.datatype} {list(each.dims)}" for each in tensors)
