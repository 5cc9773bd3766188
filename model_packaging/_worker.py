"""Runs in a process of its own and does what needs torch and the user's code.

`python -m model_packaging._worker FOLDER LIFELINE`. A process of its own makes exports reproducible
(TorchScript numbers classes of equal names over a process's life), survives a crash of the user's code, and
gives its memory back. LIFELINE is the descriptor of a pipe: when that ends, so does the worker, whatever
killed its parent.
"""

import contextlib
import os
import sys
import threading
from pathlib import Path

from model_packaging._worker_protocol import CANT_WRITE, WorkerFolder, WorkerRequest
from model_packaging.artifact.manifest import Tolerance
from model_packaging.errors import PackagingError
from model_packaging.export_torchscript import export_torchscript, prove_torchscript
from model_packaging.factory import EagerModel, build_eager_model
from model_packaging.factory_reference import FactoryReference
from model_packaging.observation import observe
from model_packaging.observed_signature import OBSERVATION_SEEDS, observe_signature, sampled_batch_sizes
from model_packaging.repeatable_factory import check_repeatable_factory, weights_of
from model_packaging.repository import model_file_path
from model_packaging.samples import Sample, write_samples
from model_packaging.weights import load_weights

__all__ = ["main"]

_TRACED_SEED, *_PROVED_SEEDS = OBSERVATION_SEEDS
_ORPHANED = 3


def main(folder: WorkerFolder, lifeline: int) -> None:
    """Do the task in ``folder`` and leave the answer there."""
    threading.Thread(target=_end_with_parent, args=(lifeline,), daemon=True).start()
    request = folder.read_request()
    try:
        model = _build(request)
        weights = weights_of(model.module) if request.task == "export" else None
        if request.task == "export":
            max_batch_size = request.model.max_batch_size
            folder.write_signature(observe_signature(model, max_batch_size, request.project_root))
            _export(model, request, folder)
        _sample(model, request, folder)
        # Last, so that nothing the second call leaves in the process reaches the artifact.
        check_repeatable_factory(weights, lambda: _build(request), request.model.export.from_)
        folder.write_success()
    except PackagingError as error:
        folder.write_error(error)


def _build(request: WorkerRequest) -> EagerModel:
    export = request.model.export
    model = build_eager_model(FactoryReference.parse(export.from_), export.arguments, request.project_root)
    if export.weights is not None:
        load_weights(model.module, export.weights, request.project_root)
    return model


def _export(model: EagerModel, request: WorkerRequest, folder: WorkerFolder) -> None:
    root = request.project_root
    batch_sizes = sampled_batch_sizes(request.model.max_batch_size)
    traced_batch_size = batch_sizes[min(1, len(batch_sizes) - 1)]
    file = model_file_path(folder.repository, request.model_name, request.model)
    file.parent.mkdir(parents=True)
    example = observe(model, traced_batch_size, _TRACED_SEED, root)
    tracer_warnings = export_torchscript(model, request.model.export.how, example, file, root)
    declared = request.model.tolerance
    prove_torchscript(
        file,
        (observe(model, batch_size, seed, root) for batch_size in batch_sizes for seed in _PROVED_SEEDS),
        Tolerance(declared.absolute, declared.relative),
        tracer_warnings,
    )


def _sample(model: EagerModel, request: WorkerRequest, folder: WorkerFolder) -> None:
    for seed in request.seeds:
        drawn: list[Sample] = []
        for batch_size in request.batch_sizes:
            seen = observe(model, batch_size, seed, request.project_root)
            inputs = {name: value.numpy() for name, value in seen.inputs.items()}
            outputs = {name: value.numpy() for name, value in seen.outputs.items()}
            drawn.append(Sample(batch_size, inputs, outputs))
        write_samples(drawn, folder.samples(seed))


def _end_with_parent(lifeline: int) -> None:
    while os.read(lifeline, 1):
        pass
    os._exit(_ORPHANED)


if __name__ == "__main__":
    try:
        main(WorkerFolder(Path(sys.argv[1])), int(sys.argv[2]))
    except OSError as unwritten:
        # The answer can't be written either where the disk is full, nor the log: the exit code has to say it.
        with contextlib.suppress(OSError):
            sys.stderr.write(f"{unwritten}\n")
        os._exit(CANT_WRITE)
