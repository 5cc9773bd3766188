"""SEA511 to SEA513: requests and answers against what an endpoint takes in one piece."""

from collections.abc import Iterator, Sequence
from math import prod

from catalogue.limits import INVOCATION_BODY_MAXIMUM_BYTES
from model_packaging.artifact import TensorSpec
from preflight.evidence import DeploymentEvidence
from preflight.finding import Severity
from preflight.registry import rule
from preflight.rule import DEPLOYMENT, Enforcer, SeenAfter, Surrounding, Violation

__all__ = ["answer_beyond_the_body", "batch_beyond_the_body", "request_beyond_the_body"]

_MOST_BYTES = 1 << 63
_RUNTIME = "SageMaker Runtime API Reference, InvokeEndpoint, Body"
_BYTES = {
    **dict.fromkeys(("BOOL", "INT8", "UINT8"), 1),
    **dict.fromkeys(("INT16", "UINT16", "FP16", "BF16"), 2),
    **dict.fromkeys(("INT32", "UINT32", "FP32"), 4),
    **dict.fromkeys(("INT64", "UINT64", "FP64"), 8),
}
"""Of an element (KServe, open inference protocol v2, tensor data types); BYTES has no size of its own."""


@rule(
    "SEA511",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVICE,
    seen_after=SeenAfter.AT_REQUEST,
    title="inputs larger than a request may be",
    scope=DEPLOYMENT,
    of_bare=(Surrounding.INSTANCE, Surrounding.IMAGE),
    source=f"{_RUNTIME}: at most {INVOCATION_BODY_MAXIMUM_BYTES} bytes",
    symptom="Every request is refused before it reaches the model, in JSON and as binary tensors alike.",
    fix="Let the model take less at a time, such as a compressed image as BYTES, or read its input from S3.",
)
def request_beyond_the_body(evidence: DeploymentEvidence) -> Iterator[Violation]:
    """One sample of all required inputs, as binary tensors, fits into the body of a request."""
    for name, _, manifest in evidence.packaged_models():
        size = _smallest_bytes([each for each in manifest.signature.inputs if not each.optional])
        if size > INVOCATION_BODY_MAXIMUM_BYTES:
            yield Violation(
                f"The inputs of {name!r} have {size} bytes at least.",
                f"{INVOCATION_BODY_MAXIMUM_BYTES} bytes.",
                ("models", name),
            )


@rule(
    "SEA512",
    severity=Severity.WARNING,
    enforced_by=Enforcer.NOBODY,
    seen_after=SeenAfter.AT_REQUEST,
    title="a largest batch that no request can hold",
    scope=DEPLOYMENT,
    of_bare=(Surrounding.INSTANCE, Surrounding.IMAGE),
    source=f"{_RUNTIME}: at most {INVOCATION_BODY_MAXIMUM_BYTES} bytes; Triton, model configuration, "
    f"dynamic batcher",
    symptom="A client that fills the batch is refused; the model never runs on so many samples.",
    fix="Lower max_batch_size, or let dynamic_batching put requests together.",
)
def batch_beyond_the_body(evidence: DeploymentEvidence) -> Iterator[Violation]:
    """Without dynamic batching a batch is as large as one request."""
    for name, model, manifest in evidence.packaged_models():
        alone = model.triton is not None and model.triton.dynamic_batching is None
        batched = manifest.signature.batched and model.max_batch_size > 1
        sample = _smallest_bytes([each for each in manifest.signature.inputs if not each.optional])
        most = INVOCATION_BODY_MAXIMUM_BYTES // sample if sample else model.max_batch_size
        if alone and batched and 0 < most < model.max_batch_size:
            yield Violation(
                f"A batch of {model.max_batch_size} has {sample * model.max_batch_size} bytes at least; "
                f"{INVOCATION_BODY_MAXIMUM_BYTES} bytes hold {most} samples.",
                f"a max_batch_size up to {most}, or dynamic batching.",
                ("models", name, "triton", "max_batch_size"),
            )


@rule(
    "SEA513",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVICE,
    seen_after=SeenAfter.AT_REQUEST,
    title="outputs larger than an answer may be",
    scope=DEPLOYMENT,
    of_bare=(Surrounding.INSTANCE, Surrounding.IMAGE),
    source=f"SageMaker Runtime API Reference, InvokeEndpoint, response Body: at most "
    f"{INVOCATION_BODY_MAXIMUM_BYTES} "
    "bytes",
    symptom="Every request fails although the model has computed its answer.",
    fix="Let the model return less, such as indices instead of masks, or stream its answers.",
)
def answer_beyond_the_body(evidence: DeploymentEvidence) -> Iterator[Violation]:
    """The answer to one sample, as binary tensors, fits; a client may ask for fewer outputs."""
    for name, model, manifest in evidence.packaged_models():
        policy = model.triton.model_transaction_policy if model.triton is not None else None
        if policy is not None and policy.decoupled:
            continue
        size = min((_smallest_bytes([each]) for each in manifest.signature.outputs), default=0)
        if size > INVOCATION_BODY_MAXIMUM_BYTES:
            yield Violation(
                f"Each output of {name!r} has {size} bytes or more.",
                f"{INVOCATION_BODY_MAXIMUM_BYTES} bytes.",
                ("models", name),
            )


def _smallest_bytes(tensors: Sequence[TensorSpec]) -> int:
    """Return how many bytes one sample has at least: a dimension that may vary counts as 1.

    More than a computer can hold is as good as that: hostile dims give numbers that Python refuses to print.
    """
    size = sum(
        prod(dimension if dimension > 0 else 1 for dimension in tensor.dims) * _BYTES.get(tensor.datatype, 0)
        for tensor in tensors
    )
    return min(size, _MOST_BYTES)
