"""Exports a module to TorchScript, by trace or script, and proves the file against eager PyTorch."""

import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

import torch

from model_packaging.artifact.manifest import Tolerance
from model_packaging.eager.comparison import Arrays
from model_packaging.eager.factory import EagerModel, place_in_project
from model_packaging.eager.observation import Observation, output_name
from model_packaging.errors import ExportError
from model_packaging.export.cause import export_cause
from model_packaging.export.proof import ExportProof, RunFailed
from model_packaging.export.torchscript_file import normalise_torchscript

__all__ = ["HowToExport", "TorchScriptOptions", "export_torchscript", "prove_torchscript"]

HowToExport = Literal["trace", "script"]

_OF_THIS_PROCESSOR = "prim::ConstantMKLDNNTensor"
"""A constant of oneDNN's own layout: ``torch.jit.save`` writes none, and the file does not load (PyTorch,
torch.jit.optimize_for_inference: what it does is specific to the build, "serialization is not" supported)."""

_TracerWarning: type[Warning] = torch.jit.TracerWarning  # type: ignore[attr-defined]  # no part of its types


@dataclass(frozen=True, slots=True)
class TorchScriptOptions:
    """How TorchScript is made.

    Attributes:
        how: ``trace`` records one run on an example; ``script`` compiles the source.
        freeze: make parameters and attributes constants (``torch.jit.freeze``).
        optimize: fuse for inference (``torch.jit.optimize_for_inference``), which also freezes.
    """

    how: HowToExport
    freeze: bool = False
    optimize: bool = False


def export_torchscript(
    model: EagerModel,
    options: TorchScriptOptions,
    example: Observation,
    destination: Path,
    project_root: Path,
) -> tuple[str, ...]:
    """Write ``model`` to ``destination`` as TorchScript; the same model gives the same bytes.

    For equal bytes it must be the first export of its process: TorchScript numbers classes of equal names
    over a process's life.

    Args:
        model: in evaluation mode.
        options: how.
        example: for the trace; of a batch size above 1 where there is a batch dimension, so that sizes of
            1 are not taken for constants.
        destination: a new file.
        project_root: for naming places in the user's code.

    Returns:
        What the tracer warned of, one line each: usually why a trace answers wrong.

    Raises:
        ExportError: the module can't be traced, scripted, frozen or optimized.
        OSError: the files can't be written.
    """
    raw = destination.with_name(f"{destination.name}.raw")
    with warnings.catch_warnings(record=True) as caught, torch.inference_mode():
        # torch deprecates TorchScript (2.11), and Triton's PyTorch backend reads nothing else that batches:
        # the warning says nothing the user could act on. torch is pinned, so that it can't vanish unseen.
        warnings.simplefilter("always")
        try:
            exported = _trace(model, example) if options.how == "trace" else _script(model)
        except Exception as error:  # the compiler and the user's code may raise anything
            other = "script" if options.how == "trace" else "trace"
            raise ExportError(
                f"torch.jit.{options.how} failed: {export_cause(error, project_root)}.",
                f"make the module {options.how}able, or set export.how: {other}.",
            ) from error
        _save(_prepared(exported, options, project_root), raw)
    normalise_torchscript(raw, destination)
    raw.unlink()
    return tuple(
        f"{warning.message} ({_place_of(warning, project_root)})".replace("\n", " ")
        for warning in caught
        if issubclass(warning.category, _TracerWarning)
    )


def prove_torchscript(
    file: Path, observations: Iterable[Observation], tolerance: Tolerance, tracer_warnings: tuple[str, ...]
) -> None:
    """Load ``file`` and compare its answers with eager's on ``observations``.

    Raises:
        ExportError: it can't be loaded, or its arguments are not the samples' inputs.
        TraceDiffersError: an answer differs beyond ``tolerance``, or it fails where eager doesn't.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # as in export_torchscript
        load = cast("Callable[..., torch.jit.ScriptModule]", torch.jit.load)
        loaded = load(str(file), map_location="cpu")
    hint = f" The tracer warned: {tracer_warnings[0]}" if tracer_warnings else ""
    fix = (
        "remove what depends on the values or sizes of the traced example (Python `if`, `int()`, `len()`, "
        "`.item()`), or set export.how: script."
    )

    def answer(observation: Observation) -> Arrays:
        _check_arguments(loaded, observation)
        return _run(loaded, observation)

    ExportProof(answer, tolerance, hint, fix).hold(observations)


def _trace(model: EagerModel, example: Observation) -> torch.jit.ScriptModule:
    trace = cast("Callable[..., torch.jit.ScriptModule]", torch.jit.trace)
    # The check that trace itself offers runs on the traced example; prove_torchscript runs on others.
    return trace(model.module, tuple(example.inputs.values()), check_trace=False)


def _script(model: EagerModel) -> torch.jit.ScriptModule:
    script = cast("Callable[..., torch.jit.ScriptModule]", torch.jit.script)
    return script(model.module)


def _prepared(
    exported: torch.jit.ScriptModule, options: TorchScriptOptions, project_root: Path
) -> torch.jit.ScriptModule:
    steps: list[tuple[str, bool, Callable[..., torch.jit.ScriptModule]]] = [
        ("freeze", options.freeze, torch.jit.freeze),
        ("optimize_for_inference", options.optimize, torch.jit.optimize_for_inference),
    ]
    for name, wanted, step in steps:
        if not wanted:
            continue
        try:
            exported = step(exported)
        except Exception as error:  # the compiler may raise anything
            raise ExportError(
                f"torch.jit.{name} failed: {export_cause(error, project_root)}.",
                f"leave export.{name.partition('_')[0]} out.",
            ) from error
    if options.optimize and _OF_THIS_PROCESSOR in str(exported.graph):
        raise ExportError(
            "torch.jit.optimize_for_inference turned convolutions into operations of this machine's "
            "processor, which no file can hold.",
            "set export.freeze instead of export.optimize: it folds batch norms into convolutions, too.",
        )
    return exported


def _save(exported: torch.jit.ScriptModule, file: Path) -> None:
    """Save; the OSError that torch wraps into a RuntimeError comes out as one."""
    try:
        exported.save(str(file))
    except RuntimeError as error:
        raise OSError(f"{file}: {str(error).splitlines()[0]}") from error


def _run(loaded: torch.jit.ScriptModule, observation: Observation) -> Arrays:
    try:
        with torch.inference_mode():
            result: object = loaded(*observation.inputs.values())
    except RuntimeError as error:
        raise RunFailed(str(error).strip().splitlines()[-1]) from error
    results = result if isinstance(result, tuple) else (result,)
    return {output_name(index): value.numpy() for index, value in enumerate(results)}


def _check_arguments(loaded: torch.jit.ScriptModule, observation: Observation) -> None:
    schema = loaded.forward.schema  # type: ignore[attr-defined]  # a compiled method has one
    arguments = [(argument.name, str(argument.type)) for argument in schema.arguments[1:]]
    expected = [(name, "Tensor") for name in observation.inputs]
    if arguments != expected:
        raise ExportError(
            f"the exported forward takes {arguments}, the samples give {expected}.",
            "let forward take exactly the sampled tensors: Triton's PyTorch backend wants every argument in "
            "config.pbtxt, and only tensors.",
        )


def _place_of(warning: warnings.WarningMessage, project_root: Path) -> str:
    """Return where ``warning`` points: outside of the project without the machine's folders."""
    place = place_in_project(warning.filename, warning.lineno, project_root)
    return place or f"{Path(warning.filename).name}:{warning.lineno}"
