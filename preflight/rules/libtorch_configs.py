"""SEA314: what LibTorch's backend asks of a config.pbtxt, whatever the model's file."""

from collections.abc import Iterator

from model_packaging.artifact.inspection import ArtifactInspection
from preflight.finding import Severity
from preflight.registry import rule
from preflight.rule import ARTIFACT, Enforcer, SeenAfter, Violation
from preflight.rules._triton_config import config_of

__all__ = ["strings_of_several_dimensions"]

_NOT_LOADED = "and the endpoint fails after its start-up time-out."
_LIBTORCH = "pytorch"


@rule(
    "SEA314",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="strings of more than one dimension for LibTorch",
    scope=ARTIFACT,
    source="pytorch_backend, src/libtorch.cc, ValidateInputs and ValidateOutputs",
    symptom="Triton says 'Triton only supports 1 dimensional List of String', " + _NOT_LOADED,
    fix="Set max_batch_size: 0 and one dimension, or make a scalar of each request: reshape: { }.",
)
def strings_of_several_dimensions(artifact: ArtifactInspection) -> Iterator[Violation]:
    """TorchScript takes strings as a list, and the batch counts as a dimension."""
    config = config_of(artifact)
    if config is None or config.serving_backend != _LIBTORCH:
        return
    batch = 1 if config.max_batch_size > 0 else 0
    for role, tensors in (("input", config.inputs), ("output", config.outputs)):
        for index, tensor in enumerate(tensors):
            if tensor.datatype == "BYTES" and len(tensor.model_dims) + batch > 1:
                yield Violation(
                    f"The {role} {tensor.name!r} is TYPE_STRING with dims {list(tensor.model_dims)}, and "
                    f"max_batch_size is {config.max_batch_size}.",
                    "one dimension, the batch's included.",
                    field=(role, index, "dims"),
                )
