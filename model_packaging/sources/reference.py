"""An eager module beside a model that was not exported from it: what it answers, the model must answer."""

from collections.abc import Iterable

from model_packaging.artifact.signature import VARIABLE, Signature, TensorSpec
from model_packaging.eager.samples import named_outputs, read_samples, write_samples
from model_packaging.errors import SampleError
from model_packaging.sources.laid_out import RECORDED_SEED, SourceTask
from model_packaging.worker.process import run_worker
from model_packaging.worker.protocol import WorkerRequest
from spec import TritonModelConfig

__all__ = ["record_reference"]


def record_reference(task: SourceTask, signature: Signature, max_batch_size: int) -> tuple[int, ...] | None:
    """Record requests with the answers of the model's eager reference, under the model's own names.

    The reference's inputs are the model's by name, its results the model's outputs by place.

    Returns:
        The batch sizes of the recorded requests; None where the model has no reference.

    Raises:
        SampleError: it takes or gives other tensors than the model.
        PackagingError: it fails.
    """
    model = task.model
    if model.reference is None:
        return None
    if model.triton is None:
        model = model.model_copy(update={"triton": TritonModelConfig(max_batch_size=max_batch_size)})
    batch_sizes = tuple(sorted({1, max(max_batch_size, 1)}))
    request = WorkerRequest("observe", task.name, model, task.project_root, (RECORDED_SEED,), batch_sizes)
    run_worker(request, task.work, cancelled=task.cancelled)
    observed = task.work.read_signature()
    problems = [
        *_differences("input", {each.name: each for each in observed.inputs}, signature.inputs),
        *_differences(
            "output",
            {spec.name: each for spec, each in zip(signature.outputs, observed.outputs, strict=False)},
            signature.outputs,
        ),
        *_left_over("input", observed.inputs, signature.inputs),
        *_left_over("output", observed.outputs, signature.outputs),
    ]
    if problems:
        raise SampleError(
            f"the reference does not fit the model: {'; '.join(problems)}.",
            "let its forward() take the model's inputs by their names and return its outputs in their order, "
            "or correct input and output.",
        )
    path = task.work.samples(RECORDED_SEED)
    names = [each.name for each in signature.outputs]
    write_samples(named_outputs(read_samples(path), names), path)
    return batch_sizes


def _differences(role: str, observed: dict[str, TensorSpec], declared: Iterable[TensorSpec]) -> list[str]:
    """Say where the reference's tensors, under the model's names, contradict the model's."""
    found = []
    for spec in declared:
        seen = observed.get(spec.name)
        if seen is None:
            found.append(f"it has no {role} {spec.name!r}")
        elif seen.datatype != spec.datatype or not _same_shape(seen.dims, spec.dims):
            found.append(
                f"its {role} {spec.name!r} is {seen.datatype} {list(seen.dims)}, the model's "
                f"{spec.datatype} {list(spec.dims)}"
            )
    return found


def _left_over(role: str, observed: tuple[TensorSpec, ...], declared: tuple[TensorSpec, ...]) -> list[str]:
    more = len(observed) - len(declared)
    return [f"it has {more} more {role}{'s' if more > 1 else ''} than the model"] if more > 0 else []


def _same_shape(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    return len(one) == len(other) and all(
        size == wanted or VARIABLE in (size, wanted) for size, wanted in zip(one, other, strict=True)
    )
