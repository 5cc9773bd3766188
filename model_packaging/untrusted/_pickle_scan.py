"""Reads the opcodes of a pickle, executes none, and says which go beyond what is allowed.

A pickle is a program: whatever it names as a GLOBAL can be called (Python documentation, "pickle", warning).
"""

import pickletools
from collections.abc import Callable, Iterator

__all__ = ["DATA_OPCODES", "STORAGES", "refused_in"]

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

_MEMO_OPCODES = frozenset({"PUT", "BINPUT", "LONG_BINPUT"})


def refused_in(
    content: bytes, opcodes: frozenset[str], is_allowed_global: Callable[[str], bool]
) -> Iterator[str]:
    """Yield in words every opcode and global of ``content`` that is not allowed, as often as it is there.

    Args:
        content: the whole pickle.
        opcodes: the names of those that are allowed (``pickletools``).
        is_allowed_global: asked with ``module name``, as GLOBAL has it.

    Raises:
        ValueError: it can't be read to its end.
    """
    end = 0
    try:
        for opcode, argument, position in pickletools.genops(content):
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
