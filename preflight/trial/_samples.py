"""The requests of one trial: recorded, golden, or made for want of both."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tritonclient.utils import np_to_triton_dtype

from model_packaging.artifact import Signature, TensorSpec, Tolerance
from model_packaging.artifact.signature import VARIABLE
from model_packaging.eager.comparison import Arrays
from model_packaging.eager.samples import read_samples
from model_packaging.errors import SamplesFileError
from preflight.trial._made_requests import Recipe, made_request
from preflight.trial._subject import RecordedSamples, Subject
from preflight.trial.errors import GoldenFileError
from preflight.trial.golden_file import read_golden_file
from preflight.trial.outcome import GoldenProblem, Untried
from preflight.trial.request_outcome import Origin

__all__ = ["Samples", "TrialRequest", "batch_size_of", "made", "samples_of", "signature_of"]


@dataclass(frozen=True, slots=True)
class TrialRequest:
    """One request of a trial.

    Attributes:
        label: how reports call it.
        origin: where it comes from.
        inputs: by name.
        expected: the answer that is expected; empty where none is.
        tolerance: how far an answer may be from it.
        recipe: how it was made; None where it was given.
    """

    label: str
    origin: Origin
    inputs: Arrays
    expected: Arrays
    tolerance: Tolerance
    recipe: Recipe | None = None


@dataclass(frozen=True, slots=True)
class Samples:
    """What was read.

    Attributes:
        requests: recorded ones first, then golden ones.
        problems: golden files that can't be used.
        untried: what was recorded and can't be read.
    """

    requests: tuple[TrialRequest, ...] = ()
    problems: tuple[GoldenProblem, ...] = ()
    untried: tuple[Untried, ...] = ()


def samples_of(subject: Subject) -> Samples:
    """Read every request that comes with ``subject``."""
    requests: list[TrialRequest] = []
    problems: list[GoldenProblem] = []
    untried: list[Untried] = []
    if subject.recorded is not None:
        try:
            requests += _recorded(subject.recorded)
        except SamplesFileError as error:
            untried.append(Untried("the recorded requests", str(error.cause)))
    for index, file in enumerate(subject.golden):
        try:
            found = read_golden_file(file.path)
        except GoldenFileError as error:
            missing = not file.path.is_file()
            problems.append(GoldenProblem(index, file.shown, str(error), missing))
            continue
        for number, each in enumerate(found, 1):
            label = file.shown if len(found) == 1 else f"{file.shown}, request {number}"
            requests.append(
                TrialRequest(
                    label, Origin.GOLDEN, each.inputs, each.outputs, each.tolerance or subject.tolerance
                )
            )
    return Samples(tuple(requests), tuple(problems), tuple(untried))


def made(
    signature: Signature, recipe: Recipe, rows: int, tolerance: Tolerance, seed: int = 0
) -> TrialRequest:
    """Return a made request, from which no certain answer is expected."""
    inputs = made_request(signature, recipe, rows, seed)
    return TrialRequest(recipe.label(signature), Origin.MADE, inputs, {}, tolerance, recipe)


def batch_size_of(signature: Signature | None, inputs: Arrays) -> int | None:
    """Return how many rows ``inputs`` have; None where the model has no batch dimension."""
    shapes: Sequence[tuple[int, ...]] = [array.shape for array in inputs.values()]
    if signature is None or not signature.batched or not shapes or not shapes[0]:
        return None
    return shapes[0][0]


def signature_of(samples: Samples) -> Signature | None:
    """Return what the first request takes and gives, of any dimensions; None without requests.

    It stands in for a manifest: nothing in the PyTorch images' layout says what a model takes. Where no
    answer is expected, one of any numbers is read.
    """
    if not samples.requests:
        return None
    first = samples.requests[0]
    outputs = _specs(first.expected) or (TensorSpec("output", "FP64", ()),)
    return Signature(_specs(first.inputs), outputs, batched=False)


def _specs(arrays: Arrays) -> tuple[TensorSpec, ...]:
    return tuple(
        TensorSpec(name, np_to_triton_dtype(array.dtype), (VARIABLE,) * array.ndim)
        for name, array in arrays.items()
    )


def _recorded(recorded: RecordedSamples) -> Iterator[TrialRequest]:
    for sample in read_samples(recorded.path):
        yield TrialRequest(
            f"recorded batch of {sample.batch_size}",
            Origin.RECORDED,
            sample.inputs,
            sample.outputs,
            recorded.tolerance,
        )
