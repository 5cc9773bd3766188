"""Exports a module to ONNX by torch.export, and proves the file against eager PyTorch in ONNX Runtime."""

import itertools
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import torch

from model_packaging.artifact.manifest import Tolerance
from model_packaging.artifact.onnx_signature import EXTERNAL_DATA_SUFFIX
from model_packaging.artifact.signature import VARIABLE, Signature
from model_packaging.eager.comparison import Arrays
from model_packaging.eager.factory import EagerModel
from model_packaging.eager.observation import Observation, output_name
from model_packaging.errors import ExportError
from model_packaging.export.cause import export_cause
from model_packaging.export.proof import ExportProof, RunFailed

__all__ = ["DEFAULT_OPSET", "EXTERNAL_DATA_FROM_BYTES", "export_onnx", "prove_onnx"]

DEFAULT_OPSET = 18
"""What the ONNX Runtime of every published Triton image knows, and what torch's own translations are for."""

EXTERNAL_DATA_FROM_BYTES = 256 << 20
"""Weights of more than this lie beside the model: a protobuf message ends at 2 GiB (ONNX,
docs/ExternalData.md), and whoever reads the graph alone need not pass them."""

_SMALLEST_EXTERNAL_BYTES = 1024
"""A smaller tensor stays in the model's file: those that shapes are computed from are needed there."""

_FIX = (
    "let forward compute the same whatever the values and sizes of its inputs: no Python `if`, `int()` or "
    "`.item()` on them (PyTorch, torch.export programming model), or set export.to: torchscript."
)


def export_onnx(
    model: EagerModel,
    signature: Signature,
    example: Observation,
    destination: Path,
    project_root: Path,
    *,
    opset: int = DEFAULT_OPSET,
    external_data_from_bytes: int = EXTERNAL_DATA_FROM_BYTES,
) -> None:
    """Write ``model`` to ``destination`` as ONNX; the same model gives the same bytes wherever it is built.

    Inputs are named as forward's arguments, outputs as ``output_name`` has them. The batch dimension and
    every dimension that varies in ``signature`` are dynamic.

    Args:
        model: in evaluation mode.
        signature: observed on its samples.
        example: of batch size 2 where there is a batch dimension: torch.export takes 0 and 1 for constants.
        destination: a new file; large weights go into ``<its name>.data`` beside it.
        project_root: for naming places in the user's code.
        opset: the version of ONNX's operators.
        external_data_from_bytes: weights of more than this go into that second file.

    Raises:
        ExportError: the module can't be exported, or a dimension that varies became fixed.
        OSError: the files can't be written.
    """
    with _quietly():
        try:
            program = torch.onnx.export(
                model.module,
                tuple(example.inputs.values()),
                dynamo=True,
                input_names=list(example.inputs),
                output_names=[output_name(index) for index in range(len(example.outputs))],
                dynamic_shapes=_dynamic_shapes(signature),
                opset_version=opset,
                verbose=False,
            )
        except Exception as error:  # the exporter and the user's code may raise anything
            raise ExportError(
                f"torch.onnx.export failed: {export_cause(error, project_root)}.", _FIX
            ) from error
    if program is None:
        raise ExportError("torch.onnx.export returned nothing.", _FIX)
    _save(program.model, destination, external_data_from_bytes)


def prove_onnx(file: Path, observations: Iterable[Observation], tolerance: Tolerance) -> None:
    """Check ``file``, load it into ONNX Runtime and compare its answers with eager's on ``observations``.

    Raises:
        ExportError: it breaks ONNX's rules, can't be loaded, or its inputs are not the samples'.
        TraceDiffersError: an answer differs beyond ``tolerance``, or it fails where eager doesn't.
    """
    session = _load(file)
    inputs = [each.name for each in session.get_inputs()]
    outputs = [each.name for each in session.get_outputs()]

    def answer(observation: Observation) -> Arrays:
        if inputs != list(observation.inputs):
            raise ExportError(
                f"the ONNX model takes {inputs}, the samples give {list(observation.inputs)}.", _FIX
            )
        values = {name: value.numpy() for name, value in observation.inputs.items()}
        try:
            results = session.run(outputs, values)
        except Exception as error:  # ONNX Runtime's errors have no class of their own in common
            raise RunFailed(" ".join(str(error).split())) from error
        return {name: np.asarray(result) for name, result in zip(outputs, results, strict=True)}

    ExportProof(answer, tolerance, "", _FIX).hold(observations)


def _dynamic_shapes(signature: Signature) -> tuple[dict[int, str], ...]:
    """Return the names of each input's dynamic dimensions, by their place in its shape."""
    shapes: list[dict[int, str]] = []
    for tensor in signature.inputs:
        first = 1 if signature.batched else 0
        names = {0: "batch"} if signature.batched else {}
        for place, size in enumerate(tensor.dims, first):
            if size == VARIABLE:
                names[place] = f"{tensor.name}_{place}"
        shapes.append(names)
    return tuple(shapes)


@contextmanager
def _quietly() -> Iterator[None]:
    """Without warnings: they are about torch's own code, or about names of equal dimensions."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _save(model: Any, destination: Path, external_data_from_bytes: int) -> None:  # noqa: ANN401 - onnx_ir's, untyped to us
    import onnx_ir  # noqa: PLC0415 - comes with the exporter; loaded where it is used
    from onnx import helper  # noqa: PLC0415 - as for the checker
    from onnx_ir.passes.common import ClearMetadataAndDocStringPass  # noqa: PLC0415 - likewise

    # They hold source paths, stack traces and names of the exporter's own.
    ClearMetadataAndDocStringPass()(model)
    for value in itertools.chain(model.graph.inputs, model.graph.outputs, model.graph.initializers.values()):
        value.metadata_props.clear()
    # Older runtimes refuse a newer format, and nothing in the file needs more than its operators do.
    imports = [helper.make_opsetid(domain, version) for domain, version in model.opset_imports.items()]
    model.ir_version = helper.find_min_ir_version_for(imports, ignore_unknown=True)
    weights_bytes = sum(
        each.const_value.nbytes for each in model.graph.initializers.values() if each.const_value
    )
    external = (
        f"{destination.name}{EXTERNAL_DATA_SUFFIX}" if weights_bytes > external_data_from_bytes else None
    )
    onnx_ir.save(model, destination, external_data=external, size_threshold_bytes=_SMALLEST_EXTERNAL_BYTES)


def _load(file: Path) -> Any:  # noqa: ANN401 - onnxruntime's session, untyped to us
    import onnx  # noqa: PLC0415 - 0.2 s, and only for the checker

    try:
        onnx.checker.check_model(str(file), full_check=True)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        return onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # of the checker's, of shape inference's or of ONNX Runtime's own classes
        reason = str(error).strip().splitlines()[0]
        raise ExportError(
            f"the ONNX model can't be loaded ({reason}).", "set another export.opset."
        ) from error
