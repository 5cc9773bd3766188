"""A model file that was made elsewhere: packed as it is, once it was loaded and compared where that can be.

It is loaded in a process of its own that can do little else (``sandbox``); a TensorRT plan needs the GPU that
it was built for, so of it only the header is read.
"""

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, assert_never

import numpy as np

from model_packaging.artifact.config_pbtxt import parse_config_pbtxt
from model_packaging.artifact.errors import ArtifactError
from model_packaging.artifact.manifest import Tolerance
from model_packaging.artifact.onnx_signature import OnnxSignature, OnnxTensor, read_onnx_signature
from model_packaging.artifact.plan_header import read_plan_header
from model_packaging.artifact.signature import VARIABLE, Signature
from model_packaging.artifact.torchscript_signature import (
    argument_places,
    read_torchscript_signature,
    result_places,
)
from model_packaging.eager.comparison import compare_answers
from model_packaging.eager.samples import Sample, read_samples
from model_packaging.errors import DeclaredTensorsError, LayoutError, TraceDiffersError
from model_packaging.layout.declared_signature import declared_signature
from model_packaging.layout.repository import complete_repository, model_file_path
from model_packaging.sources.laid_out import RECORDED_SEED, LaidOut, SourceTask
from model_packaging.sources.reference import record_reference
from model_packaging.sources.torchscript_trial import torchscript_misfits, trial_inputs
from model_packaging.untrusted.fetched_files import fetched_file
from model_packaging.untrusted.sandbox import SandboxAnswer, run_onnx, run_torchscript
from spec import ModelFile, TritonModelConfig

__all__ = ["lay_out_file"]

_KEY = "file.from"
_BATCHED_RANK = 2
"""The batch's dimension, and one more: config.pbtxt knows no tensor without."""


def lay_out_file(task: SourceTask, file: ModelFile, triton: TritonModelConfig) -> LaidOut:
    """Fetch the file, write what belongs beside it, load it, and compare it with the reference.

    Raises:
        FetchError: it can't be fetched, or has another digest.
        LayoutError: it is of another format than its name says, or does not say what nobody declared.
        DeclaredTensorsError: TorchScript without a reference takes or gives something else than declared.
        TorchScriptError: a TorchScript file holds more than a model.
        SandboxError: it can't be loaded.
        PackagingError: the reference fails, or the file answers otherwise.
    """
    found = fetched_file(file.from_, file.sha256, task.project_root, _KEY, task.cancelled)
    placed = model_file_path(task.work.repository, task.name, task.model)
    placed.parent.mkdir(parents=True)
    shutil.copyfile(found, placed)
    signature = _declared_or_read(file, placed, triton)
    batch_sizes = record_reference(task, signature, triton.max_batch_size)
    samples = read_samples(task.work.samples(RECORDED_SEED)) if batch_sizes is not None else ()
    texts = complete_repository(task.work.repository, task.name, task.model, signature, task.project_root)
    if file.format == "torchscript" and not samples:
        _try(task, file, placed, texts.config_pbtxt)
    else:
        _load(task, file, placed, samples)
    return LaidOut(
        format=file.format,
        signature=signature,
        max_batch_size=triton.max_batch_size,
        config_pbtxt=texts.config_pbtxt,
        batch_sizes=batch_sizes,
    )


def _declared_or_read(file: ModelFile, placed: Path, triton: TritonModelConfig) -> Signature:
    declared = declared_signature(triton)
    if file.format != "onnx":
        return declared
    read = _own_onnx(file, placed)
    if read.external_files:
        raise LayoutError(
            f"{_KEY}: {file.from_} keeps weights in {', '.join(read.external_files)}, and it is packed "
            "alone.",
            "save it as one file: onnx.save(..., save_as_external_data=False).",
        )
    undeclared = (*(() if declared.inputs else read.inputs), *(() if declared.outputs else read.outputs))
    _check_complete(file, undeclared, triton.max_batch_size)
    own = read.signature(batched=declared.batched)
    inputs, outputs = declared.inputs or own.inputs, declared.outputs or own.outputs
    return Signature(inputs, outputs, batched=declared.batched)


def _check_complete(file: ModelFile, tensors: Sequence[OnnxTensor], max_batch_size: int) -> None:
    """Refuse a graph that leaves open what nobody declared."""
    if untyped := [each.name for each in tensors if not each.datatype]:
        raise LayoutError(
            f"{_KEY}: {file.from_} has {', '.join(untyped)} of a type that Triton's backend does not take.",
            "convert it to a tensor of booleans, integers, FP16, FP32, FP64 or strings.",
        )
    fixed = [each.name for each in tensors if len(each.shape) < _BATCHED_RANK or each.shape[0] != VARIABLE]
    if max_batch_size > 0 and fixed:
        raise LayoutError(
            f"{_KEY}: {file.from_} gives {', '.join(fixed)} no batch dimension that varies; max_batch_size "
            f"is {max_batch_size}.",
            "export it with a dynamic first dimension and one more, or set max_batch_size: 0.",
        )


def _load(task: SourceTask, file: ModelFile, placed: Path, samples: Sequence[Sample]) -> None:
    """Load the file, and compare its answers to the recorded requests with the reference's."""
    shown = f"{_KEY}: {file.from_}"
    match file.format:
        case "tensorrt":
            try:
                read_plan_header(placed)
            except ArtifactError as error:
                raise LayoutError(_words(error, placed, file), "build it again with trtexec.") from error
        case "onnx":
            graph = _own_onnx(file, placed)
            rows = _graph_inputs(file, graph, samples)
            places = {tensor.name: place for place, tensor in enumerate(graph.outputs)}
            answer = run_onnx(placed, shown, rows, cancelled=task.cancelled)
            _compare(task, shown, places, answer, samples)
        case "torchscript":
            rows = _forward_arguments(file, placed, samples)
            answer = run_torchscript(placed, shown, rows, cancelled=task.cancelled)
            places = dict(result_places(list(samples[0].outputs)))
            _compare(task, shown, places, answer, samples)
        case _ as never:
            assert_never(never)


def _try(task: SourceTask, file: ModelFile, placed: Path, config_pbtxt: str) -> None:
    """Load TorchScript that has no reference, and run it as declared."""
    shown = f"{_KEY}: {file.from_}"
    config = parse_config_pbtxt(config_pbtxt)
    inputs = trial_inputs(placed, config)
    if misfits := torchscript_misfits(placed, shown, config, inputs, task.cancelled):
        raise DeclaredTensorsError(
            f"{shown}: {'; '.join(misfits)}.",
            "correct triton.input, triton.output or triton.max_batch_size to what the file takes and gives.",
        )


def _own_onnx(file: ModelFile, placed: Path) -> OnnxSignature:
    try:
        return read_onnx_signature(placed)
    except ArtifactError as error:
        raise LayoutError(_words(error, placed, file), "export it to ONNX again.") from error


def _graph_inputs(
    file: ModelFile, graph: OnnxSignature, samples: Sequence[Sample]
) -> list[list[np.ndarray[Any, np.dtype[Any]]]]:
    """Return the inputs of each sample in the order of the graph's."""
    names = [each.name for each in graph.inputs]
    if samples and set(names) != samples[0].inputs.keys():
        raise LayoutError(
            f"{_KEY}: {file.from_} takes {', '.join(names)}; the inputs are {', '.join(samples[0].inputs)}.",
            "declare the inputs under the names that the file gives them.",
        )
    return [[each.inputs[name] for name in names] for each in samples]


def _forward_arguments(
    file: ModelFile, placed: Path, samples: Sequence[Sample]
) -> list[list[np.ndarray[Any, np.dtype[Any]]]]:
    """Return the inputs of each sample in the order that Triton passes them to forward."""
    try:
        arguments = [each.name for each in read_torchscript_signature(placed).arguments]
    except ArtifactError as error:
        raise LayoutError(_words(error, placed, file), "save it with torch.jit.save.") from error
    names = list(samples[0].inputs)
    places = argument_places(names, arguments)
    if places is None:
        raise LayoutError(
            f"{_KEY}: forward of {file.from_} takes {', '.join(arguments)}; the inputs are "
            f"{', '.join(names)}.",
            "name the inputs after forward's arguments, or INPUT__0, INPUT__1 and so on.",
        )
    return [[each.inputs[name] for name in sorted(names, key=places.__getitem__)] for each in samples]


def _compare(
    task: SourceTask,
    shown: str,
    places: Mapping[str, int],
    answer: SandboxAnswer,
    samples: Sequence[Sample],
) -> None:
    tolerance = Tolerance(task.model.tolerance.absolute, task.model.tolerance.relative)
    fix = "name the file that this reference stands for, correct the reference, or widen `tolerance`."
    for sample, run in zip(samples, answer.runs, strict=True):
        place = f"{shown}: batch {sample.batch_size}"
        if run.error:
            raise TraceDiffersError(f"{place}: it fails where the reference answers ({run.error}).", fix)
        answers = {
            name: run.outputs[places[name]]
            for name in sample.outputs
            if places.get(name, len(run.outputs)) < len(run.outputs)
        }
        for difference in compare_answers(answers, sample.outputs, tolerance):
            raise TraceDiffersError(f"{place}: {difference.output} {difference.what}.", fix)


def _words(error: ArtifactError, placed: Path, file: ModelFile) -> str:
    return f"{_KEY}: {str(error).replace(str(placed), file.from_)}."
