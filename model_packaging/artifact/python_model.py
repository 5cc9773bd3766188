"""What the text of a Python-backend model says of it; the text is parsed, never imported or run.

Source: Triton Python backend, README, "Usage" (``TritonPythonModel``, ``execute``), "Business Logic
Scripting" (``InferenceRequest(model_name=...)``) and "Decoupled mode" (``get_response_sender``).
"""

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from model_packaging.artifact.python_source import parse_python

__all__ = ["MODEL_CLASS", "PythonModelText", "read_python_model", "statements_of"]

MODEL_CLASS = "TritonPythonModel"
"""The class that Triton makes an object of."""

_REQUEST_CLASS = "InferenceRequest"
_SENDER = "get_response_sender"
_LOADER = re.compile(r"\b(pb_utils|triton_python_backend_utils)\.load_model\(")
"""Python backend, README, "Model Loading API": what it loads, the text may then call."""
_ANYTHING = "*"


@dataclass(frozen=True, slots=True)
class PythonModelText:
    """What is seen in the text.

    Attributes:
        error: why it is no Python, in words; empty where it is. Then nothing else is known.
        defines_class: whether TritonPythonModel is bound at its top.
        methods: what that class defines itself; None where it is imported or assigned, and where bases,
            a metaclass or decorators may define more.
        calls: the models that requests name, each once: by a literal, or by a name that the text binds to one
            at its top; none where it loads models itself.
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
    top = list(statements_of(module.body))
    classes = [node for node in top if isinstance(node, ast.ClassDef) and node.name == MODEL_CLASS]
    bound = _bound_names(top)
    is_all_there_is = len(classes) == 1 and not bound & {MODEL_CLASS, _ANYTHING}
    nodes = list(ast.walk(module))
    return PythonModelText(
        error="",
        defines_class=bool(classes) or bool(bound & {MODEL_CLASS, _ANYTHING}),
        methods=_methods(classes[0]) if is_all_there_is else None,
        calls=() if _LOADER.search(text) else tuple(dict.fromkeys(_called(nodes, _texts(module)))),
        sends_responses=any(isinstance(node, ast.Attribute) and node.attr == _SENDER for node in nodes),
    )


def statements_of(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield the statements of a module or a class, those under if, try, with and for included."""
    for node in body:
        yield node
        if not isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            for part in ast.iter_child_nodes(node):
                if isinstance(part, ast.ExceptHandler | ast.match_case):
                    yield from statements_of(part.body)
                elif isinstance(part, ast.stmt):
                    yield from statements_of([part])


def _bound_names(statements: Iterable[ast.stmt]) -> set[str]:
    """Return the names that these statements import or assign to, be it to an attribute of one."""
    names: set[str] = set()
    for node in statements:
        if isinstance(node, ast.Import | ast.ImportFrom):
            names |= {alias.asname or alias.name for alias in node.names}
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            owners = (each.value if isinstance(each, ast.Attribute) else each for each in targets)
            names |= {each.id for each in owners if isinstance(each, ast.Name)}
    return names


def _methods(model: ast.ClassDef) -> frozenset[str] | None:
    has_bases = any(not (isinstance(base, ast.Name) and base.id == "object") for base in model.bases)
    if has_bases or model.keywords or model.decorator_list:
        return None
    body = list(statements_of(model.body))
    methods = {node.name for node in body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
    return frozenset(methods | _bound_names(body))


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
