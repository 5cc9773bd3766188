"""Asks eager PyTorch: about fresh random requests, or about given ones."""

import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path

from model_packaging.eager.samples import Sample, read_samples, write_samples
from model_packaging.errors import PackagingError
from model_packaging.worker.process import run_worker
from model_packaging.worker.protocol import WorkerFolder, WorkerRequest
from spec import Model

__all__ = ["eager_answers", "fresh_samples"]


def fresh_samples(
    model_name: str,
    model: Model,
    project_root: Path,
    *,
    seeds: Sequence[int],
    batch_sizes: Sequence[int],
    cancelled: threading.Event | None = None,
) -> tuple[Sample, ...]:
    """Build ``model`` anew and return its answers to inputs that no build has seen.

    Args:
        model_name: of the deployment file; errors name it.
        model: its section.
        project_root: where the factory's module is found.
        seeds: one set of samples for each.
        batch_sizes: one sample of a set for each.
        cancelled: set by another thread to give up.

    Returns:
        ``len(seeds) * len(batch_sizes)`` samples: by seed, within it smallest batch first.

    Raises:
        PackagingError: the factory, its samples or its module fail, or it was cancelled.
    """
    sizes = tuple(sorted(set(batch_sizes)))
    request = WorkerRequest("samples", model_name, model, project_root, tuple(seeds), sizes)
    return _asked(request, (), cancelled)


def eager_answers(
    model_name: str,
    model: Model,
    project_root: Path,
    *,
    requests: Sequence[Sample],
    cancelled: threading.Event | None = None,
) -> tuple[Sample, ...]:
    """Build ``model`` anew and return its answers to the inputs of ``requests``, in their order.

    The other arguments and the errors are those of ``fresh_samples``.
    """
    numbers = tuple(range(len(requests)))
    request = WorkerRequest("answers", model_name, model, project_root, numbers, ())
    return _asked(request, requests, cancelled)


def _asked(
    request: WorkerRequest, given: Sequence[Sample], cancelled: threading.Event | None
) -> tuple[Sample, ...]:
    with tempfile.TemporaryDirectory(prefix="seatrial-samples-") as path:
        folder = WorkerFolder(Path(path))
        for number, each in enumerate(given):
            write_samples([each], folder.given(number))
        try:
            run_worker(request, folder, cancelled=cancelled)
        except PackagingError as error:
            error.model = request.model_name
            raise
        return tuple(sample for seed in request.seeds for sample in read_samples(folder.samples(seed)))
