"""Loads a TorchScript or ONNX file in a process that has given up what no model needs, and runs it.

`python -m model_packaging.untrusted._sandbox_child MODEL INPUTS LIFELINE MEMORY_BYTES CPU_SECONDS`. INPUTS is
an .npz with arrays named ``<run>/<position>``. Standard output gets the answer alone: eight bytes that say
how long the JSON after them is, that JSON, and the bytes of the arrays it lists.
"""

import contextlib
import io
import json
import os
import sys
import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np

from model_packaging.lifeline import end_with_parent
from model_packaging.untrusted._confinement import (
    FILES,
    NETWORK,
    confine_files,
    isolate_network,
    limit_resources,
)

__all__ = ["main"]

_SYSTEM = ("/usr", "/lib", "/lib64", "/etc/ld.so.cache", "/proc/self", "/proc/cpuinfo", "/sys/devices")
"""What Python and torch read while they run: libraries, and what processor this is."""

Array = np.ndarray[Any, np.dtype[Any]]
Answer = tuple[Mapping[str, Any], Sequence[Array]]
AnswerOf = Callable[[Path, Sequence[Sequence[Array]]], Answer]

ONNX_SUFFIX = ".onnx"
"""Of a model that ONNX Runtime loads; torch loads any other."""


def main(model: Path, inputs: Path, lifeline: int, memory_bytes: int, cpu_seconds: int) -> None:
    """Answer on standard output, to which nothing else is written."""
    confined = [NETWORK] if isolate_network() else []  # first: it takes a process of one thread
    answer = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    runs = _runs(inputs)
    answer_of, runtime = _onnx_runtime() if model.suffix == ONNX_SUFFIX else _torch_runtime()
    readable = (sys.prefix, sys.base_prefix, *_SYSTEM)
    files = [*map(Path, readable), Path(__file__).parents[1], model]
    confined += [FILES] if confine_files(files) else []
    end_with_parent(lifeline)
    limit_resources(memory_bytes, cpu_seconds)
    document, arrays = answer_of(model, runs)
    header = json.dumps({**document, "confined": confined, "runtime": runtime}).encode()
    with answer:
        answer.write(len(header).to_bytes(8, "little") + header)
        for array in arrays:
            answer.write(array.data if array.ndim else array.tobytes())


def _runs(inputs: Path) -> Sequence[Sequence[Array]]:
    with np.load(io.BytesIO(inputs.read_bytes()), allow_pickle=False) as stored:
        found: dict[int, dict[int, Array]] = {}
        for name in stored.files:
            run, _, position = name.partition("/")
            found.setdefault(int(run), {})[int(position)] = stored[name]
    return [[arrays[position] for position in sorted(arrays)] for _, arrays in sorted(found.items())]


def _torch_runtime() -> tuple[AnswerOf, str]:
    """Import torch; its libraries are mapped before the limits hold."""
    import torch  # noqa: PLC0415 - only where it is the runtime

    torch.set_num_threads(1)
    return _torch_answer, f"torch {torch.__version__}"


def _onnx_runtime() -> tuple[AnswerOf, str]:
    """Import ONNX Runtime, likewise."""
    import onnxruntime  # noqa: PLC0415 - only where it is the runtime

    return _onnx_answer, f"onnxruntime {onnxruntime.__version__}"


def _onnx_answer(model: Path, runs: Sequence[Sequence[Array]]) -> Answer:
    import onnxruntime  # noqa: PLC0415 - as above

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4
    try:
        session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # noqa: BLE001 - whatever the file makes ONNX Runtime raise is the answer
        return {"error": _first_line(error)}, ()
    taken, given = session.get_inputs(), session.get_outputs()
    names = [each.name for each in taken]

    def call(run: Sequence[Array]) -> list[Array]:
        return [np.ascontiguousarray(each) for each in session.run(None, dict(zip(names, run, strict=True)))]

    called, arrays = _called(call, runs)
    arguments = [[each.name, each.type] for each in taken]
    return {"arguments": arguments, "returns": [each.type for each in given], "runs": called}, arrays


def _torch_answer(model: Path, runs: Sequence[Sequence[Array]]) -> Answer:
    import torch  # noqa: PLC0415 - as above

    load = cast("Callable[..., torch.jit.ScriptModule]", torch.jit.load)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # Triton's PyTorch backend reads nothing else
            loaded = load(str(model), map_location="cpu").eval()
        schema = loaded.forward.schema  # type: ignore[attr-defined]  # a compiled method has one
    except Exception as error:  # noqa: BLE001 - whatever the file makes torch raise is the answer
        return {"error": _first_line(error)}, ()

    def call(run: Sequence[Array]) -> list[Array]:
        with torch.inference_mode():
            return _outputs(loaded(*map(torch.from_numpy, run)))

    called, arrays = _called(call, runs)
    arguments = [[each.name, str(each.type)] for each in schema.arguments[1:]]
    returns = [str(each.type) for each in schema.returns]
    return {"arguments": arguments, "returns": returns, "runs": called}, arrays


def _called(
    call: Callable[[Sequence[Array]], list[Array]], runs: Sequence[Sequence[Array]]
) -> tuple[list[dict[str, Any]], list[Array]]:
    """Call the model with each of ``runs``; return what is said of each, and all arrays in their order."""
    said: list[dict[str, Any]] = []
    arrays: list[Array] = []
    for run in runs:
        try:
            outputs = call(run)
        except Exception as error:  # noqa: BLE001 - whatever the model does is the answer
            said.append({"error": _first_line(error)})
            continue
        said.append({"outputs": [[each.dtype.str, each.shape] for each in outputs]})
        arrays += outputs
    return said, arrays


def _outputs(result: object) -> list[Array]:
    """Return the tensors that forward returned, one or several, as arrays."""
    import torch  # noqa: PLC0415 - as above

    outputs = result if isinstance(result, tuple | list) else (result,)
    for each in outputs:
        if not isinstance(each, torch.Tensor):
            raise TypeError(f"forward returned a {type(each).__name__} where a tensor belongs")
    return [np.ascontiguousarray(each.numpy()) for each in outputs]


def _first_line(error: BaseException) -> str:
    """Return the line that says why: the last one of what TorchScript raises, after its traceback."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return (lines[-1] if "Traceback of TorchScript" in str(error) else lines[0])[:500]


if __name__ == "__main__":
    with contextlib.suppress(BrokenPipeError):  # who asked has stopped listening
        main(Path(sys.argv[1]), Path(sys.argv[2]), *map(int, sys.argv[3:]))
