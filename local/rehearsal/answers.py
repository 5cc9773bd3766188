"""Whether endpoints answer as eager PyTorch does, on requests that no build has seen."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from invocation import EndpointClient
from local.rehearsal.targets import Target
from model_packaging.artifact import Manifest, Tolerance
from model_packaging.comparison import compare_answers
from model_packaging.fresh_samples import fresh_samples
from model_packaging.samples import Sample
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
        manifest: of the packaged model.
        samples: requests with eager PyTorch's answers.
    """

    target: Target
    manifest: Manifest
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
    file: DeploymentFile, target: Target, manifest: Manifest, project_root: Path, cancelled: threading.Event
) -> Expectation:
    """Return what ``target`` must answer, on fresh random requests at batch 1 and at the maximum.

    Raises:
        PackagingError: the model's factory, samples or module fail, or ``cancelled`` was set.
    """
    samples = fresh_samples(
        target.model,
        file.deployment.models[target.model],
        project_root,
        seeds=SEEDS,
        batch_sizes=manifest.samples.batch_sizes,
        cancelled=cancelled,
    )
    return Expectation(target, manifest, samples)


def check_target(expectation: Expectation, runtime: Any) -> Sequence[CheckedAnswer]:  # noqa: ANN401 - boto3's client
    """Send every request of ``expectation`` and compare each answer.

    A component that went to zero copies is given time to come back.

    Raises:
        InvocationError: the endpoint refused or answered with something that is no answer.
    """
    client = EndpointClient(
        runtime,
        endpoint_name=expectation.target.endpoint_name,
        component_name=expectation.target.component_name,
        capacity_timeout_seconds=_CAPACITY_TIMEOUT_SECONDS,
        signature=expectation.manifest.signature,
        layout=expectation.manifest.layout,
    )
    tolerance = expectation.manifest.samples.tolerance
    checked = []
    for sample in expectation.samples:
        answer = client.infer(sample.inputs)
        found = compare_answers(answer.outputs, sample.outputs, tolerance)
        checked.append(
            CheckedAnswer(
                target=expectation.target.label,
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
