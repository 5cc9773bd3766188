"""A module of a factory: exported, compared with itself and recorded by a worker process."""

from collections.abc import Mapping

from model_packaging.artifact.signature import Signature
from model_packaging.errors import SampleError
from model_packaging.layout.repository import complete_repository, model_file_path
from model_packaging.remote.plan_builder import plan_from_onnx, required_plans
from model_packaging.sources.laid_out import RECORDED_SEED, LaidOut, SourceTask
from model_packaging.worker.process import run_worker
from model_packaging.worker.protocol import WorkerFolder, WorkerRequest
from spec import Export, Model

__all__ = ["lay_out_export"]


def lay_out_export(task: SourceTask, export: Export) -> LaidOut:
    """Export the module and write what belongs beside it.

    Raises:
        PackagingError: the factory, its samples or its module fail, the export answers otherwise than eager
            PyTorch, versions take or give different tensors, or a file that belongs beside it is missing.
    """
    model = task.model
    batch_sizes = tuple(sorted({1, max(model.max_batch_size, 1)}))
    if export.versions:
        signature = _export_versions(task, export, batch_sizes)
    else:
        signature = _export(task, model, task.work, batch_sizes)
    texts = complete_repository(task.work.repository, task.name, model, signature, task.project_root)
    return LaidOut(
        format=export.to,
        signature=signature,
        max_batch_size=model.max_batch_size,
        config_pbtxt=texts.config_pbtxt,
        entry_point=texts.entry_point,
        batch_sizes=batch_sizes,
    )


def _export(task: SourceTask, model: Model, work: WorkerFolder, batch_sizes: tuple[int, ...]) -> Signature:
    request = WorkerRequest("export", task.name, model, task.project_root, (RECORDED_SEED,), batch_sizes)
    export = model.export
    if export is None or export.to != "tensorrt":
        run_worker(request, work, cancelled=task.cancelled)
        return work.read_signature()
    plans, tensorrt = required_plans(task.plans, export.tensorrt)
    run_worker(request, work, cancelled=task.cancelled)
    signature = work.read_signature()
    plan_from_onnx(
        plans,
        task.name,
        model,
        tensorrt,
        onnx=work.onnx,
        destination=model_file_path(work.repository, task.name, model),
        signature=signature,
        cancelled=task.cancelled,
    )
    return signature


def _export_versions(task: SourceTask, export: Export, batch_sizes: tuple[int, ...]) -> Signature:
    """Export every version into its own folder; requests are recorded of the one that answers.

    Each has a worker of its own: so it is the same file as if it were the only version.
    """
    signatures: dict[str, Signature] = {}
    for number in sorted(export.versions, key=int):
        model = task.model.model_copy(update={"export": export.of_version(number)})
        work = WorkerFolder(task.work.path / f"version-{number}")
        work.path.mkdir()
        signatures[number] = _export(task, model, work, batch_sizes)
        exported = model_file_path(work.repository, task.name, model).parent
        destination = task.work.repository / task.name / number
        destination.parent.mkdir(parents=True, exist_ok=True)
        exported.rename(destination)
        if number == task.model.answering_version:
            work.samples(RECORDED_SEED).rename(task.work.samples(RECORDED_SEED))
    _check_equal(signatures)
    return signatures[task.model.answering_version]


def _check_equal(signatures: Mapping[str, Signature]) -> None:
    first, *others = signatures
    for other in others:
        if signatures[other] != signatures[first]:
            raise SampleError(
                f"version {other} takes or gives other tensors than version {first}: "
                f"{_words(signatures[other])}, not {_words(signatures[first])}.",
                "give versions the same inputs and outputs: one config.pbtxt stands for all; or declare "
                "another model.",
            )


def _words(signature: Signature) -> str:
    tensors = (*signature.inputs, *signature.outputs)
    return ", ".join(f"{each.name} {each.datatype} {list(each.dims)}" for each in tensors)
