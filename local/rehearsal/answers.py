"""Whether endpoints answer as eager PyTorch does, on requests that no build has seen."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from invocation import EndpointClient
from local.rehearsal.targets import Target, signature_of, target_model_of
from model_packaging.artifact import Manifest, Tolerance
from model_packaging.eager.comparison import compare_answers
from model_packaging.eager.samples import Sample, named_outputs
from model_packaging.worker.fresh_samples import eager_answers, fresh_samples
from spec import DeploymentFile

__all__ = ["SEEDS", "CheckedAnswer", "Expectation", "check_target", "expectation_of"]

SEEDS = (101, 102, 103, 104, 105)
"""Of the fresh requests; packaging records its own with another seed."""

_CAPACITY_TIMEOUT_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Expectation:
    """What one target must answer.

    Attributes:
        target: what is asked.
        manifests: of the packaged models that a request goes through, in their order.
        samples: requests with eager PyTorch's answers.
    """

    target: Target
    manifests: tuple[Manifest, ...]
    samples: tuple[Sample, ...]


@dataclass(frozen=True, slots=True)
class CheckedAnswer:
    """One answer beside eager PyTorch's.

    Attributes:
        target: its label.
        batch_size: of the request.
        largest_difference: the largest absolute one over all outputs; infinite where an output is missing or
            of another shape.
        tolerance: what was allowed.
        wrong: what is wrong, in words; empty where the answer keeps the tolerance.
        seconds: from the call to the last byte.
    """

    target: str
    batch_size: int
    largest_difference: float
    tolerance: Tolerance
    wrong: tuple[str, ...]
    seconds: float


def expectation_of(
    file: DeploymentFile,
    target: Target,
    manifests: Sequence[Manifest],
    project_root: Path,
    cancelled: threading.Event,
) -> Expectation:
    """Return what ``target`` must answer, on fresh random requests at batch 1 and at the maximum.

    Where a request goes through several models, eager PyTorch answers likewise, one module after another.

    Args:
        file: the deployment.
        target: what will be asked.
        manifests: of its models, in their order.
        project_root: where the models' factories lie.
        cancelled: set by another thread to give up.

    Raises:
        PackagingError: a model's factory, samples or module fail, or ``cancelled`` was set.
    """
    models = file.deployment.models
    recorded = [each.samples for each in manifests]
    if None in recorded or recorded[0] is None:
        # Without an eager module there is nothing to compare with.
        return Expectation(target, tuple(manifests), ())
    first, *others = target.models
    drawn = fresh_samples(
        first,
        models[first],
        project_root,
        seeds=SEEDS,
        batch_sizes=recorded[0].batch_sizes,
        cancelled=cancelled,
    )
    answered = drawn
    for name, manifest in zip(others, manifests[1:], strict=True):
        names = [tensor.name for tensor in manifest.signature.inputs]
        requests = [
            Sample(each.batch_size, dict(zip(names, each.outputs.values(), strict=True)), {})
            for each in answered
        ]
        answered = eager_answers(name, models[name], project_root, requests=requests, cancelled=cancelled)
    samples = [
        Sample(asked.batch_size, asked.inputs, last.outputs)
        for asked, last in zip(drawn, answered, strict=True)
    ]
    names = [tensor.name for tensor in manifests[-1].signature.outputs]
    return Expectation(target, tuple(manifests), named_outputs(samples, names))


def check_target(expectation: Expectation, runtime: Any) -> Sequence[CheckedAnswer]:  # noqa: ANN401 - boto3's client
    """Send every request of ``expectation`` and compare each answer.

    A component that went to zero copies is given time to come back.

    Raises:
        InvocationError: the endpoint refused or answered with something that is no answer.
    """
    target, manifests = expectation.target, expectation.manifests
    client = EndpointClient(
        runtime,
        endpoint_name=target.endpoint_name,
        component_name=target.component_name,
        target_model=target_model_of(target, manifests),
        target_container_hostname=target.container_hostname,
        capacity_timeout_seconds=_CAPACITY_TIMEOUT_SECONDS,
        signature=signature_of(manifests),
        layout=manifests[0].layout,
    )
    last = manifests[-1].samples
    tolerance = last.tolerance if last else Tolerance(0, 0)
    checked = []
    for sample in expectation.samples:
        answer = client.infer(sample.inputs)
        found = compare_answers(answer.outputs, sample.outputs, tolerance)
        checked.append(
            CheckedAnswer(
                target=target.label,
                batch_size=sample.batch_size,
                largest_difference=_largest_difference(answer.outputs, sample.outputs),
                tolerance=tolerance,
                wrong=tuple(f"{each.output} {each.what}" for each in found),
                seconds=answer.seconds,
            )
        )
    return checked


def _largest_difference(answer: dict[str, Any], expected: Any) -> float:  # noqa: ANN401 - arrays of any data type
    largest = 0.0
    for name, array in expected.items():
        if name not in answer or answer[name].shape != array.shape:
            return float("inf")
        gap = np.abs(answer[name].astype(np.float64) - array.astype(np.float64))
        largest = max(largest, float(np.max(gap, initial=0.0)))
    return largest
