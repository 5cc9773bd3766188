"""What the text of a Python-backend model says of it; the text is parsed, never imported or run.

Source: Triton Python backend, README, "Usage" (``TritonPythonModel``, ``execute``), "Business Logic
Scripting" (``InferenceRequest(model_name=...)``) and "Decoupled mode" (``get_response_sender``).
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from model_packaging.artifact.python_source import parse_python

__all__ = ["MODEL_CLASS", "PythonModelText", "read_python_model"]

MODEL_CLASS = "TritonPythonModel"
"""The class that Triton makes an object of."""

_REQUEST_CLASS = "InferenceRequest"
_SENDER = "get_response_sender"


@dataclass(frozen=True, slots=True)
class PythonModelText:
    """What is seen in the text.

    Attributes:
        error: why it is no Python, in words; empty where it is. Then nothing else is known.
        defines_class: whether TritonPythonModel is bound at its top.
        methods: what that class defines itself; None where it is imported, or has bases that may define more.
        calls: the models that requests name, each once: by a literal, or by a name that the text binds to one
            at its top.
        sends_responses: whether it asks for a response sender.
    """

    error: str
    defines_class: bool
    methods: frozenset[str] | None
    calls: tuple[str, ...]
    sends_responses: bool


@lru_cache(maxsize=16)
def read_python_model(text: str) -> PythonModelText:
    """Return what ``text`` says; what it computes, such as a model's name, is not seen."""
    try:
        module = parse_python(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = f"line {error.lineno}: " if isinstance(error, SyntaxError) and error.lineno else ""
        words = error.msg if isinstance(error, SyntaxError) else str(error)
        return PythonModelText(
            error=f"{line}{words}", defines_class=False, methods=None, calls=(), sends_responses=False
        )
    classes = [node for node in module.body if isinstance(node, ast.ClassDef) and node.name == MODEL_CLASS]
    nodes = list(ast.walk(module))
    return PythonModelText(
        error="",
        defines_class=bool(classes) or MODEL_CLASS in _bound_names(module),
        methods=_methods(classes[-1]) if classes else None,
        calls=tuple(dict.fromkeys(_called(nodes, _texts(module)))),
        sends_responses=any(isinstance(node, ast.Attribute) and node.attr == _SENDER for node in nodes),
    )


def _bound_names(module: ast.Module) -> set[str]:
    """Return what the text imports or assigns at its top."""
    names: set[str] = set()
    for node in module.body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            names |= {alias.asname or alias.name for alias in node.names}
        elif isinstance(node, ast.Assign):
            names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return names


def _methods(model: ast.ClassDef) -> frozenset[str] | None:
    if any(not (isinstance(base, ast.Name) and base.id == "object") for base in model.bases):
        return None
    methods = {node.name for node in model.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
    for node in model.body:
        if isinstance(node, ast.Assign):
            methods |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return frozenset(methods)


def _texts(module: ast.Module) -> dict[str, str]:
    """Return the names that the text binds to a string at its top."""
    return {
        target.id: node.value.value
        for node in module.body
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def _called(nodes: list[ast.AST], texts: dict[str, str]) -> Iterator[str]:
    for node in nodes:
        if not isinstance(node, ast.Call):
            continue
        function = node.func
        name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
        for argument in node.keywords if name == _REQUEST_CLASS else ():
            if argument.arg != "model_name":
                continue
            value = argument.value
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                yield value.value
            elif isinstance(value, ast.Name) and value.id in texts:
                yield texts[value.id]
