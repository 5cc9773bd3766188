"""Reads the opcodes of a pickle, executes none, and says which go beyond what is allowed.

A pickle is a program: whatever it names as a GLOBAL can be called (Python documentation, "pickle", warning).
"""

import pickletools
from collections.abc import Callable, Iterator

from model_packaging.artifact.effort import Effort

__all__ = ["DATA_OPCODES", "STORAGES", "refused_in", "refused_in_state_dict", "refused_in_torchscript"]

_DATA_OPCODE_NAMES = """
    PROTO FRAME STOP MARK POP POP_MARK DUP MEMOIZE PUT BINPUT LONG_BINPUT GET BINGET LONG_BINGET
    NONE NEWTRUE NEWFALSE INT BININT BININT1 BININT2 LONG LONG1 BINFLOAT
    UNICODE BINUNICODE SHORT_BINUNICODE
    EMPTY_TUPLE TUPLE TUPLE1 TUPLE2 TUPLE3 EMPTY_LIST LIST APPEND APPENDS
    EMPTY_DICT DICT SETITEM SETITEMS GLOBAL REDUCE BUILD BINPERSID
"""
DATA_OPCODES = frozenset(_DATA_OPCODE_NAMES.split())
"""Data, and calls of what a GLOBAL names. STACK_GLOBAL is not among them: protocol 2, which torch writes, has
none, and what it names can't be read off without executing."""

STORAGES = (
    "BFloat16Storage",
    "BoolStorage",
    "ByteStorage",
    "CharStorage",
    "ComplexDoubleStorage",
    "ComplexFloatStorage",
    "DoubleStorage",
    "FloatStorage",
    "HalfStorage",
    "IntStorage",
    "LongStorage",
    "ShortStorage",
)
"""How pickles of torch name the data type of a tensor's bytes."""

_CLASSES = ("__torch__", "__torch__.")
"""Where classes live whose source is in the file, and those that torch itself registers in C++."""

_TORCHSCRIPT_GLOBALS = frozenset(
    {
        "builtins complex",
        "collections OrderedDict",
        "torch device",
        "torch per_channel_affine",
        "torch per_channel_affine_float_qparams",
        "torch per_tensor_affine",
        "torch._utils _rebuild_qtensor",
        "torch._utils _rebuild_sparse_tensor",
        "torch._utils _rebuild_tensor_v2",
        "torch.jit._pickle build_boollist",
        "torch.jit._pickle build_doublelist",
        "torch.jit._pickle build_intlist",
        "torch.jit._pickle build_tensor_from_id",
        "torch.jit._pickle build_tensorlist",
        "torch.jit._pickle restore_type_tag",
        *(f"torch {name}" for name in STORAGES),
        *(f"torch {name}Storage" for name in ("QInt8", "QInt32", "QUInt8", "QUInt2x4", "QUInt4x2")),
    }
)
"""What ``Unpickler::readGlobal`` knows, without remote references and tensor subclasses."""

_TORCHSCRIPT_OPCODES = DATA_OPCODES | {"NEWOBJ"}
"""NEWOBJ makes objects of the file's own classes."""

_STATE_DICT_GLOBALS = frozenset(
    {
        "collections OrderedDict",
        "torch._utils _rebuild_parameter",
        "torch._utils _rebuild_tensor_v2",
        *(f"torch {name}" for name in STORAGES),
    }
)
"""What names a tensor, a parameter, their bytes, and the mapping that ``state_dict()`` returns."""

_MEMO_OPCODES = frozenset({"PUT", "BINPUT", "LONG_BINPUT"})


def refused_in(
    content: bytes,
    opcodes: frozenset[str],
    is_allowed_global: Callable[[str], bool],
    effort: Effort | None = None,
) -> Iterator[str]:
    """Yield in words every opcode and global of ``content`` that is not allowed, as often as it is there.

    Args:
        content: the whole pickle.
        opcodes: the names of those that are allowed (``pickletools``).
        is_allowed_global: asked with ``module name``, as GLOBAL has it.
        effort: each opcode is a step of it; without one, nothing is counted.

    Raises:
        ValueError: it can't be read to its end.
        EffortSpentError: no step is left.
    """
    end = 0
    try:
        for opcode, argument, position in pickletools.genops(content):
            if effort is not None:
                effort.take()
            if opcode.name not in opcodes:
                yield f"the opcode {opcode.name}"
            elif opcode.name == "GLOBAL" and not is_allowed_global(str(argument)):
                yield f"the global {str(argument).replace(' ', '.')}"
            elif opcode.name in _MEMO_OPCODES and int(argument or 0) >= len(content):
                # torch's reader keeps a table as long as the largest index.
                yield f"the memo index {argument}"
            end = (position or 0) + 1
    except IndexError as error:
        raise ValueError(str(error)) from error
    if end != len(content):
        yield f"{len(content) - end} bytes behind its end"


def refused_in_torchscript(content: bytes, effort: Effort | None = None) -> Iterator[str]:
    """Yield what ``content``, a pickle of TorchScript, has beyond a model's own data; as ``refused_in``.

    Raises:
        ValueError: it can't be read to its end.
    """
    return refused_in(content, _TORCHSCRIPT_OPCODES, _is_of_torchscript, effort)


def refused_in_state_dict(content: bytes) -> Iterator[str]:
    """Yield what ``content``, a pickle of torch.save, has beyond tensors by name; as ``refused_in``.

    Raises:
        ValueError: it can't be read to its end.
    """
    return refused_in(content, DATA_OPCODES, _STATE_DICT_GLOBALS.__contains__)


def _is_of_torchscript(name: str) -> bool:
    return (
        name in _TORCHSCRIPT_GLOBALS or name.partition(" ")[0] == _CLASSES[0] or name.startswith(_CLASSES[1])
    )
