"""Runs in a process of its own and does what needs torch and the user's code.

`python -m model_packaging.worker FOLDER LIFELINE`. A process of its own makes exports reproducible
(TorchScript numbers classes of equal names over a process's life), survives a crash of the user's code, and
gives its memory back. LIFELINE is the descriptor of a pipe: when that ends, so does the worker, whatever
killed its parent.
"""

import contextlib
import os
import sys
from dataclasses import replace
from pathlib import Path

import torch

from model_packaging.eager.factory import EagerModel, build_eager_model
from model_packaging.eager.factory_reference import FactoryReference
from model_packaging.eager.observation import observe
from model_packaging.eager.observed_signature import observe_signature
from model_packaging.eager.repeatable_factory import check_repeatable_factory, weights_of
from model_packaging.eager.samples import Sample, read_samples, write_samples
from model_packaging.eager.weights import load_weights
from model_packaging.errors import PackagingError, WorkerError
from model_packaging.export.formats import export_model
from model_packaging.layout.repository import model_file_path
from model_packaging.lifeline import end_with_parent
from model_packaging.worker.protocol import CANT_WRITE, WorkerFolder, WorkerRequest
from spec import Factory

__all__ = ["main"]


def main(folder: WorkerFolder, lifeline: int) -> None:
    """Do the task in ``folder`` and leave the answer there."""
    end_with_parent(lifeline)
    request = folder.read_request()
    try:
        factory = request.model.eager
        if factory is None:
            raise WorkerError("the model has no eager module to ask.", "add `reference`.")
        model = _build(factory, request)
        records = request.task in ("export", "observe")
        weights = weights_of(model.module) if records else None
        if records:
            signature = observe_signature(model, request.model.max_batch_size, request.project_root)
            folder.write_signature(signature)
        if request.task == "export" and request.model.export is not None:
            export = request.model.export
            file = model_file_path(folder.repository, request.model_name, request.model)
            file = folder.onnx if export.to == "tensorrt" else file
            file.parent.mkdir(parents=True)
            export_model(
                model,
                file,
                section=request.model,
                export=export,
                signature=signature,
                project_root=request.project_root,
            )
        _sample(model, request, folder)
        # Last, so that nothing the second call leaves in the process reaches the artifact.
        check_repeatable_factory(weights, lambda: _build(factory, request), factory.from_)
        folder.write_success()
    except PackagingError as error:
        folder.write_error(error)


def _build(factory: Factory, request: WorkerRequest) -> EagerModel:
    section = "reference" if request.model.export is None else "export"
    reference = FactoryReference.parse(factory.from_, section)
    model = build_eager_model(reference, factory.arguments, request.project_root)
    if factory.weights is not None:
        load_weights(model.module, factory.weights, request.project_root, section)
    return model


def _sample(model: EagerModel, request: WorkerRequest, folder: WorkerFolder) -> None:
    for seed in request.seeds:
        if request.task == "answers":
            asked = [(each.batch_size, _giving(model, each)) for each in read_samples(folder.given(seed))]
        else:
            asked = [(batch_size, model) for batch_size in request.batch_sizes]
        drawn: list[Sample] = []
        for batch_size, each in asked:
            seen = observe(each, batch_size, seed, request.project_root)
            inputs = {name: value.numpy() for name, value in seen.inputs.items()}
            outputs = {name: value.numpy() for name, value in seen.outputs.items()}
            drawn.append(Sample(batch_size, inputs, outputs))
        write_samples(drawn, folder.samples(seed))


def _giving(model: EagerModel, request: Sample) -> EagerModel:
    """Return ``model`` with a sample function that draws nothing but ``request``."""
    given = {name: torch.from_numpy(array) for name, array in request.inputs.items()}
    return replace(model, sample=lambda _batch, _generator: given)


if __name__ == "__main__":
    try:
        main(WorkerFolder(Path(sys.argv[1])), int(sys.argv[2]))
    except OSError as unwritten:
        # The answer can't be written either where the disk is full, nor the log: the exit code has to say it.
        with contextlib.suppress(OSError):
            sys.stderr.write(f"{unwritten}\n")
        os._exit(CANT_WRITE)
