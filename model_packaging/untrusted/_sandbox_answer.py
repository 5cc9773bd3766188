"""What a sandboxed process answered, of which nothing is believed unchecked, and how it may have failed."""

import json
import math
import signal
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from model_packaging.errors import SandboxError

__all__ = [
    "Array",
    "SandboxAnswer",
    "SandboxLimits",
    "SandboxedRun",
    "died",
    "parsed",
    "too_long",
    "too_slow",
]

Array = np.ndarray[Any, np.dtype[Any]]

_LENGTH_BYTES = 8
_DATATYPES = frozenset({"|b1", "|u1", "<u2", "<u4", "<u8", "|i1", "<i2", "<i4", "<i8", "<f2", "<f4", "<f8"})
"""What Triton's PyTorch and ONNX Runtime backends convert, as numpy spells it."""

_MEMORY_WORDS = ("can't allocate memory", "bad_alloc", "MemoryError", "Cannot allocate memory")


@dataclass(frozen=True, slots=True)
class SandboxLimits:
    """What the process may use.

    Attributes:
        memory_bytes: beyond Python and torch themselves.
        cpu_seconds: of processor time.
        wall_seconds: from its start to its end.
        answer_bytes: of all outputs together.
    """

    memory_bytes: int
    cpu_seconds: int = 900
    wall_seconds: float = 1800.0
    answer_bytes: int = 1 << 30

    @classmethod
    def for_file(cls, path: Path) -> "SandboxLimits":
        """Return limits for a model of this size: its weights, a copy of them, and as much to compute with.

        Raises:
            OSError: there is no such file.
        """
        return cls(memory_bytes=(4 << 30) + 4 * path.stat().st_size)


@dataclass(frozen=True, slots=True)
class SandboxedRun:
    """One call of the model.

    Attributes:
        outputs: what it returned, in its order; empty where it failed.
        error: why it failed, in one line; empty where it did not.
    """

    outputs: tuple[Array, ...]
    error: str


@dataclass(frozen=True, slots=True)
class SandboxAnswer:
    """What the process said of the model.

    Attributes:
        arguments: ``(name, type)`` of what it takes, in its order; types as TorchScript or ONNX Runtime has
            them.
        returns: the types of what it returns.
        runs: one for each call.
        confined: which of ``network`` and ``files`` the kernel withheld from it.
    """

    arguments: tuple[tuple[str, str], ...]
    returns: tuple[str, ...]
    runs: tuple[SandboxedRun, ...]
    confined: frozenset[str]


def parsed(content: bytes, shown: str, limits: SandboxLimits, calls: int) -> SandboxAnswer:
    """Return the answer.

    Args:
        content: eight bytes that say how long the JSON after them is, that, and the bytes of the outputs.
        shown: how errors name the model.
        limits: what was allowed.
        calls: how many it was asked for.

    Raises:
        SandboxError: the model can't be loaded, or the answer can't be read, is not complete, or too long.
    """
    try:
        return _believed(content, shown, limits, calls)
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise SandboxError(
            f"{shown}: its process answered what can't be read ({error}).",
            "run the command again; a file that makes it happen again is not to be trusted.",
        ) from error


def _believed(content: bytes, shown: str, limits: SandboxLimits, calls: int) -> SandboxAnswer:
    end = _LENGTH_BYTES + int.from_bytes(content[:_LENGTH_BYTES], "little")
    document = json.loads(content[_LENGTH_BYTES:end])
    if "error" in document:
        raise _unloadable(shown, str(document["error"]), str(document["runtime"]), limits)
    arrays = memoryview(content)[end:]
    if len(arrays) > limits.answer_bytes:
        raise too_long(shown, limits)
    runs = tuple(_runs(document["runs"], arrays))
    if len(runs) != calls:
        raise ValueError(f"{len(runs)} answers to {calls} calls")
    return SandboxAnswer(
        arguments=tuple((str(name), str(kind)) for name, kind in document["arguments"]),
        returns=tuple(map(str, document["returns"])),
        runs=runs,
        confined=frozenset(map(str, document["confined"])),
    )


def _runs(documents: Sequence[Mapping[str, Any]], content: memoryview) -> Iterator[SandboxedRun]:
    start = 0
    for document in documents:
        outputs = []
        for datatype, shape in document.get("outputs", ()):
            if datatype not in _DATATYPES:
                raise ValueError(f"an output of the data type {datatype}")
            if any(size < 0 for size in shape):
                raise ValueError(f"an output of the shape {shape}")
            kind = np.dtype(datatype)
            end = start + math.prod(shape) * kind.itemsize
            if end > len(content):
                raise ValueError("it ends inside of an output")
            outputs.append(np.frombuffer(bytes(content[start:end]), kind).reshape(shape))
            start = end
        yield SandboxedRun(tuple(outputs), str(document.get("error", "")))


def died(shown: str, code: int, limits: SandboxLimits) -> SandboxError:
    """Return the error of a process that ended with ``code``."""
    if code == -signal.SIGXCPU:
        return too_slow(shown, limits.cpu_seconds)
    ending = f"was killed by {_signal_name(-code)}" if code < 0 else f"exited with {code}"
    return SandboxError(
        f"{shown}: the process that loaded it {ending}.",
        f"look whether torch loads it at all, and with {limits.memory_bytes >> 20} MiB of memory.",
    )


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:  # most of those for real time have no name
        return f"the signal {number}"


def _unloadable(shown: str, reason: str, runtime: str, limits: SandboxLimits) -> SandboxError:
    if any(word in reason for word in _MEMORY_WORDS):
        return SandboxError(
            f"{shown} needs more than {limits.memory_bytes >> 20} MiB to be loaded ({reason}).",
            "look whether it holds more than its size tells; a model of this size needs less.",
        )
    return SandboxError(
        f"{shown} can't be loaded by {runtime} ({reason}).",
        f"save it with a release of {runtime.partition(' ')[0]} that is not newer than this one.",
    )


def too_slow(shown: str, seconds: float) -> SandboxError:
    """Return the error of a process that passed its time."""
    return SandboxError(
        f"{shown}: loading and running it took longer than {seconds:.0f} s.", "look for what hangs in it."
    )


def too_long(shown: str, limits: SandboxLimits) -> SandboxError:
    """Return the error of a process that answered too much."""
    return SandboxError(
        f"{shown} answers with more than {limits.answer_bytes >> 20} MiB.",
        "declare a smaller max_batch_size, or look for what grows in it.",
    )
