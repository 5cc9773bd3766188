"""Exports a module in the declared format, and proves the file against eager PyTorch."""

from pathlib import Path
from typing import assert_never

from model_packaging.artifact.manifest import Tolerance
from model_packaging.artifact.signature import Signature
from model_packaging.eager.factory import EagerModel
from model_packaging.eager.observation import observe
from model_packaging.eager.observed_signature import OBSERVATION_SEEDS, sampled_batch_sizes
from model_packaging.errors import ExportError
from model_packaging.export.torchscript import TorchScriptOptions, export_torchscript, prove_torchscript
from spec import Export, Model

__all__ = ["export_model"]

_EXAMPLE_SEED, *_PROVED_SEEDS = OBSERVATION_SEEDS
_EXAMPLE_BATCH_SIZE = 2
"""Of every batch size torch.export takes 0 and 1 for constants, and a trace sizes of 1."""


def export_model(
    eager: EagerModel,
    file: Path,
    *,
    section: Model,
    export: Export,
    signature: Signature,
    project_root: Path,
) -> None:
    """Write ``eager`` to ``file`` and compare the file's answers with eager's on inputs it was not made with.

    A TensorRT plan is made of ONNX, which is what is written for it.

    Args:
        eager: what the factory returned.
        file: a new one; large weights may go into another beside it.
        section: the model's.
        export: its export.
        signature: observed on ``eager``.
        project_root: for naming places in the user's code.

    Raises:
        ExportError: the module can't be exported, or the file answers otherwise.
        OSError: the files can't be written.
    """
    batch_sizes = sampled_batch_sizes(section.max_batch_size)
    observations = (
        observe(eager, batch_size, seed, project_root) for batch_size in batch_sizes for seed in _PROVED_SEEDS
    )
    tolerance = Tolerance(section.tolerance.absolute, section.tolerance.relative)
    match export.to:
        case "torchscript":
            example = observe(eager, min(_EXAMPLE_BATCH_SIZE, max(batch_sizes)), _EXAMPLE_SEED, project_root)
            if export.how is None:
                raise ExportError("export.how is missing.", "set export.how: trace or script.")
            options = TorchScriptOptions(export.how, export.freeze, export.optimize)
            tracer_warnings = export_torchscript(eager, options, example, file, project_root)
            prove_torchscript(file, observations, tolerance, tracer_warnings)
        case "onnx" | "tensorrt":
            # Here, since ONNX Runtime takes 0.3 s, and TorchScript needs none.
            from model_packaging.export.onnx import DEFAULT_OPSET, export_onnx, prove_onnx  # noqa: PLC0415

            size = _EXAMPLE_BATCH_SIZE if signature.batched else 1
            example = observe(eager, size, _EXAMPLE_SEED, project_root)
            opset = export.opset or DEFAULT_OPSET
            export_onnx(eager, signature, example, file, project_root, opset=opset)
            prove_onnx(file, observations, tolerance)
        case _ as never:
            assert_never(never)
