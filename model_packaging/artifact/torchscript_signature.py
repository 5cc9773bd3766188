"""Reads what ``forward`` of a TorchScript file takes, from the source text in it; nothing is loaded or run.

A file holds the module's source under ``code/`` and its attributes in ``data.pkl``, whose first class is the
module's own (PyTorch, torch/csrc/jit/docs/serialization.md). The source says names and types such as
``Tensor``; data types and sizes are not in the file.
"""

import ast
import pickletools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from model_packaging.artifact.errors import ArtifactError
from model_packaging.artifact.python_source import parse_python
from model_packaging.artifact.torch_zip import TorchZip, TorchZipError

__all__ = [
    "TorchScriptArgument",
    "TorchScriptSignature",
    "TorchScriptSignatureError",
    "argument_places",
    "read_torchscript_signature",
    "result_places",
    "torchscript_signature_of",
]

_MAX_PICKLE_BYTES = 4096
"""The module's class is in the first few dozen."""
_MAX_SOURCE_BYTES = 32 << 20
_MAX_HEADER_CHARACTERS = 64 << 10
_INDEXED = re.compile(r".*?__([0-9]*)")
"""The first ``__``, and digits behind it to the end."""


class TorchScriptSignatureError(ArtifactError):
    """A file is no TorchScript, or one whose ``forward`` can't be found."""


@dataclass(frozen=True, slots=True)
class TorchScriptArgument:
    """One argument of ``forward``: its name, and its type as TorchScript writes it, such as ``Tensor``."""

    name: str
    annotation: str


@dataclass(frozen=True, slots=True)
class TorchScriptSignature:
    """What ``forward`` takes and returns.

    Attributes:
        arguments: without ``self``, in their order.
        result: its type as TorchScript writes it: ``Tensor``, ``Tuple[Tensor, Tensor]``, ...
    """

    arguments: tuple[TorchScriptArgument, ...]
    result: str

    @property
    def takes_dictionary(self) -> bool:
        """Whether its one argument is a dictionary, whose keys are the names of config.pbtxt."""
        return len(self.arguments) == 1 and self.arguments[0].annotation.startswith("Dict[")

    @property
    def output_count(self) -> int | None:
        """How many tensors it returns; None where it is something else than a tensor or a tuple of them."""
        if self.result == "Tensor":
            return 1
        parts = self.result.removeprefix("Tuple[").removesuffix("]").split(", ")
        return len(parts) if self.result.startswith("Tuple[") and set(parts) == {"Tensor"} else None


def argument_places(names: Sequence[str], arguments: Sequence[str]) -> Mapping[str, int] | None:
    """Return which of forward's ``arguments`` each input is passed as; None where names lead to no order.

    Source: pytorch_backend, src/libtorch.cc, ``GetNamingConvention`` and ``AddInputToMap``: by the names of
    arguments if all inputs have one, otherwise by the index in ``<name>__<index>``. Going by the order of
    config.pbtxt, which newer releases do as well, is no order that holds everywhere.
    """
    if set(names) == set(arguments) and len(names) == len(arguments):
        return {name: arguments.index(name) for name in names}
    places = [_index(name) for name in names]
    if sorted(place for place in places if place is not None) != list(range(len(arguments))):
        return None
    return {name: place for name, place in zip(names, places, strict=True) if place is not None}


def result_places(names: Sequence[str]) -> Mapping[str, int]:
    """Return which of forward's results each output is: by its index if all have one, else by their order.

    Source: pytorch_backend, src/libtorch.cc, ``GetNamingConvention``, rules for outputs.
    """
    places = [_index(name) for name in names]
    numbered = [place for place in places if place is not None]
    return dict(zip(names, numbered if len(numbered) == len(names) else range(len(names)), strict=True))


def _index(name: str) -> int | None:
    found = _INDEXED.fullmatch(name)
    return int(found[1] or 0) if found else None


def read_torchscript_signature(path: Path) -> TorchScriptSignature:
    """Return what ``forward`` of the TorchScript file at ``path`` takes and returns.

    Raises:
        TorchScriptSignatureError: it can't be read, or is no TorchScript.
    """
    try:
        with path.open("rb") as file:
            return torchscript_signature_of(TorchZip.of_file(file), str(path))
    except OSError as error:
        raise TorchScriptSignatureError(f"{path}: can't be read ({error.strerror or error})") from error
    except TorchZipError as error:
        raise TorchScriptSignatureError(_words(str(path), str(error))) from error


def torchscript_signature_of(records: TorchZip, source: str) -> TorchScriptSignature:
    """Return what ``forward`` of the TorchScript in ``records`` takes and returns.

    Args:
        records: of the file.
        source: how errors name it.

    Raises:
        TorchScriptSignatureError: it is no TorchScript, or says nothing of it.
    """
    try:
        return _read(records)
    except Exception as error:  # pickletools and ast raise many kinds at what others have made up
        raise TorchScriptSignatureError(_words(source, str(error) or type(error).__name__)) from error


class _NotFoundError(Exception):
    """Something that every TorchScript file has is missing."""


def _words(source: str, reason: str) -> str:
    return f"{source}: is no readable TorchScript ({reason}); save it with torch.jit.save"


def _read(records: TorchZip) -> TorchScriptSignature:
    if not records.is_torchscript:
        raise _NotFoundError(records.otherwise)
    module, class_name = _root_class(records.read("data.pkl", _MAX_PICKLE_BYTES))
    source = records.read(f"code/{module.replace('.', '/')}.py", _MAX_SOURCE_BYTES + 1)
    if len(source) > _MAX_SOURCE_BYTES:
        raise _NotFoundError(f"its source is longer than {_MAX_SOURCE_BYTES} bytes")
    return _forward_of(source.decode(), class_name)


def _root_class(pickle: bytes) -> tuple[str, str]:
    """Return module and name of the first class in ``pickle``, which is read and never run."""
    try:
        for opcode, argument, _ in pickletools.genops(pickle):
            if opcode.name == "GLOBAL":
                module, _, name = str(argument).partition(" ")
                return module, name
    except ValueError:
        pass  # the first bytes of a pickle end in the middle of something
    raise _NotFoundError("its data.pkl begins with no module")


def _forward_of(source: str, class_name: str) -> TorchScriptSignature:
    found = re.search(rf"^class {re.escape(class_name)}\(Module\):\n", source, re.MULTILINE)
    body = source[found.end() :] if found else ""
    following = re.search(r"^class ", body, re.MULTILINE)
    body = body[: following.start()] if following else body
    start = body.find("  def forward(")
    end = re.compile(r"\) -> ([^\n]*):\n").search(body, start) if start >= 0 else None
    if end is None or end.end() - start > _MAX_HEADER_CHARACTERS:
        raise _NotFoundError(f"its module {class_name!r} has no forward")
    (function,) = parse_python(f"{body[start : end.end()].strip()} pass").body
    if not isinstance(function, ast.FunctionDef) or function.returns is None:
        raise _NotFoundError(f"its module {class_name!r} has no forward")
    arguments = tuple(
        TorchScriptArgument(each.arg, ast.unparse(each.annotation) if each.annotation else "Tensor")
        for each in function.args.args[1:]
    )
    return TorchScriptSignature(arguments, ast.unparse(function.returns))
