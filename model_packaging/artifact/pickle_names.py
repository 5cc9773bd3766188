"""What a pickle names that reaches for the machine: its opcodes are read, none is run.

A pickle may name any function and call it (Python documentation, "pickle", warning). Classes of libraries are
how honest checkpoints are made; the functions here are not. The list follows that of picklescan
(mmaitre314/picklescan, src/picklescan/scanner.py, ``_unsafe_globals``), which the Hugging Face Hub runs on
uploads (Hugging Face Hub documentation, "Pickle Scanning").
"""

import io
import pickletools
from collections.abc import Iterator
from typing import BinaryIO

from model_packaging.artifact.effort import Effort

__all__ = ["reaching_names"]

_MODULE_NAMES = """
    _pickle aiohttp asyncio bdb commands ctypes distutils httplib importlib nt os pdb pickle pip posix
    posixpath pty pydoc requests runpy shutil socket ssl subprocess sys timeit venv webbrowser
"""
_MODULES = frozenset(_MODULE_NAMES.split())
_FUNCTIONS = frozenset(
    f"{module}.{name}"
    for module, names in {
        "__builtin__": "__import__ apply breakpoint compile eval exec execfile getattr open",
        "builtins": "__import__ breakpoint compile eval exec getattr open",
        "functools": "partial",
        "operator": "attrgetter itemgetter methodcaller",
        "torch.serialization": "load",
    }.items()
    for name in names.split()
)
_NAMES = frozenset({"GLOBAL", "INST"})
_PUTS = frozenset({"PUT", "BINPUT", "LONG_BINPUT"})
_GETS = frozenset({"GET", "BINGET", "LONG_BINGET"})
_PAIR = 2


def reaching_names(content: bytes, effort: Effort | None = None) -> Iterator[str]:
    """Yield, as ``module.name``, what ``content`` names of the machine, as often as it does.

    Of several pickles in a row, as torch.save wrote them before PyTorch 1.6, every one is read; bytes that
    are none end the reading.

    Args:
        content: of the file.
        effort: each opcode is a step of it.

    Raises:
        ValueError: the first one can't be read to its end.
        EffortSpentError: no step is left.
    """
    effort = effort or Effort()
    file = io.BytesIO(content)
    is_first = True
    while file.tell() < len(content):
        try:
            yield from filter(_reaches, _names(file, effort))
        except (ValueError, IndexError, OverflowError) as error:
            if is_first:
                raise ValueError(str(error) or type(error).__name__) from error
            return
        is_first = False


def _reaches(name: str) -> bool:
    return name.partition(".")[0] in _MODULES or name in _FUNCTIONS


def _names(file: BinaryIO, effort: Effort) -> Iterator[str]:
    """Yield what one pickle names; the two texts that lie on top are what STACK_GLOBAL names."""
    texts: list[str] = []
    memo: dict[int, str] = {}
    for opcode, argument, _ in pickletools.genops(file):
        effort.take()
        if opcode.name in _NAMES:
            yield str(argument).replace(" ", ".", 1)
        elif opcode.name == "STACK_GLOBAL":
            yield ".".join(texts[-_PAIR:])
        elif opcode.name == "MEMOIZE" or opcode.name in _PUTS:
            memo[len(memo) if opcode.name == "MEMOIZE" else int(argument or 0)] = texts[-1] if texts else ""
        elif opcode.name in _GETS:
            texts = [*texts[-1:], memo.get(int(argument or 0), "")]
        elif isinstance(argument, str):
            texts = [*texts[-1:], argument]
