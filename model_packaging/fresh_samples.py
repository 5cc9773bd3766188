"""Draws fresh random requests for a model, with eager PyTorch's answers."""

import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path

from model_packaging._worker_protocol import WorkerFolder, WorkerRequest
from model_packaging.errors import PackagingError
from model_packaging.samples import Sample, read_samples
from model_packaging.worker_process import run_worker
from spec import Model

__all__ = ["fresh_samples"]


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
    with tempfile.TemporaryDirectory(prefix="seatrial-samples-") as path:
        folder = WorkerFolder(Path(path))
        request = WorkerRequest(
            "samples", model_name, model, project_root, tuple(seeds), tuple(sorted(set(batch_sizes)))
        )
        try:
            run_worker(request, folder, cancelled=cancelled)
        except PackagingError as error:
            error.model = model_name
            raise
        return tuple(sample for seed in seeds for sample in read_samples(folder.samples(seed)))
