"""What a Python-backend model's text asks of Triton and of its image; it is parsed, never imported or run.

Source: Triton Python backend, README, "Usage" (``initialize(self, args)``, ``execute(self, requests)``, the
static ``auto_complete_config``), "Tensor" (``get_input_tensor_by_name``, ``Tensor``).
"""

import ast
import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from model_packaging.artifact.python_model import MODEL_CLASS
from model_packaging.artifact.python_source import parse_python

__all__ = ["PIP", "Literal", "Method", "PythonUses", "python_uses"]

_READING_MODULES = frozenset(
    {"cv2", "Image", "joblib", "np", "numpy", "onnxruntime", "ort", "pandas", "pd", "torch"}
)
_READERS = frozenset({"fromfile", "imread", "InferenceSession", "load", "loadtxt", "open", "read_csv"})
"""Functions of these modules open a path as it is given; one of the user's own may complete it."""
_DOWNLOADERS = frozenset({"hf_hub_download", "snapshot_download", "urlretrieve"})
_HUB_NAME = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")
PIP = "pip install"
"""How a download of packages is named."""
_PIP = re.compile(r"\bpip3? install\b")
_OFFLINE = re.compile(r"\b(HF_HUB_OFFLINE|TRANSFORMERS_OFFLINE)\b")
"""With these of their variables the hub's libraries read what is packed, and fetch nothing."""
_READ_MODE = re.compile(r"r[bt]?|[bt]r")
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True, slots=True)
class Literal:
    """A text that stands in the source, and its line, from 1."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Method:
    """How a method of the model can be called.

    Attributes:
        least: positional arguments that it needs, the object itself included; 0 where a decorator may change
            that.
        most: positional arguments that it takes; None for any number, or where a decorator may change that.
        bound: whether it is called on the object, which is then its first argument.
        answers: whether it returns or yields a value somewhere, or a decorator may.
        line: where it is defined, from 1.
    """

    least: int
    most: int | None
    bound: bool
    answers: bool
    line: int

    def takes(self, count: int) -> bool:
        """Say whether it can be called with ``count`` positional arguments, beside the object."""
        given = count + self.bound
        return self.least <= given and (self.most is None or given <= self.most)


@dataclass(frozen=True, slots=True)
class PythonUses:
    """What is seen in the text; what it computes is not, nor what it does under a condition or in a try.

    Attributes:
        methods: those that the model's class defines with ``def``, by name.
        inputs: names of inputs whose value is used at once, ``get_input_tensor_by_name(...).as_numpy()``.
        outputs: names of tensors that answers are made of.
        imports: top-level packages, each once, imported where a failure is not caught.
        downloads: calls that fetch something from the network: packages, or models from a hub.
        files: relative paths that are opened.
    """

    methods: Mapping[str, Method]
    inputs: tuple[Literal, ...]
    outputs: tuple[Literal, ...]
    imports: tuple[Literal, ...]
    downloads: tuple[Literal, ...]
    files: tuple[Literal, ...]


@lru_cache(maxsize=8)
def python_uses(text: str) -> PythonUses | None:
    """Return what ``text`` uses; None where it is no Python: a rule says so."""
    try:
        module = parse_python(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    certain = list(_unconditional(module))
    calls = [node for node in certain if isinstance(node, ast.Call)]
    classes = [each for each in module.body if isinstance(each, ast.ClassDef) and each.name == MODEL_CLASS]
    return PythonUses(
        methods={each.name: _method(each) for each in classes[-1].body if isinstance(each, _FUNCTIONS)}
        if classes
        else {},
        inputs=tuple(_inputs(certain)),
        outputs=tuple(_outputs(module, calls)),
        imports=tuple({each.text: each for each in reversed([*_imports(module.body)])}.values())[::-1],
        downloads=() if _OFFLINE.search(text) else tuple(each for call in calls for each in _downloads(call)),
        files=tuple(each for call in calls for each in _files(call)),
    )


def _method(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Method:
    arguments = function.args
    positional = len(arguments.posonlyargs) + len(arguments.args)
    decorators = {_name(each) for each in function.decorator_list}
    is_known = decorators <= {"staticmethod"}
    return Method(
        least=positional - len(arguments.defaults) if is_known else 0,
        most=positional if is_known and arguments.vararg is None else None,
        bound="staticmethod" not in decorators,
        answers=not is_known
        or any(
            isinstance(node, ast.Yield | ast.YieldFrom | ast.Raise)
            or (isinstance(node, ast.Return) and node.value is not None)
            for node in _own_nodes(function.body)
        ),
        line=function.lineno,
    )


def _own_nodes(body: Sequence[ast.stmt]) -> Iterator[ast.AST]:
    """Yield the nodes of a function's body, but not those of functions within it."""
    waiting: list[ast.AST] = list(body)
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, (*_FUNCTIONS, ast.Lambda, ast.ClassDef)):
            waiting.extend(ast.iter_child_nodes(node))


def _unconditional(module: ast.Module) -> Iterator[ast.AST]:
    """Yield the nodes of the text, but for what may never run or may fail without harm.

    That is what stands under if, match and try, in a conditional expression, and behind and, or.
    """
    waiting: deque[ast.AST] = deque([module])
    while waiting:
        node = waiting.popleft()
        yield node
        if isinstance(node, ast.If | ast.IfExp):
            waiting.append(node.test)
        elif isinstance(node, ast.Match):
            waiting.append(node.subject)
        elif isinstance(node, ast.BoolOp):
            waiting.append(node.values[0])
        elif isinstance(node, ast.Try) and node.handlers:
            waiting.extend(node.finalbody)
        else:
            waiting.extend(ast.iter_child_nodes(node))


def _inputs(nodes: Iterable[ast.AST]) -> Iterator[Literal]:
    for node in nodes:
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Call):
            call = node.value
            if _name(call.func) == "get_input_tensor_by_name" and len(call.args) > 1:
                yield from _literal(call.args[1])


def _outputs(module: ast.Module, calls: list[ast.Call]) -> Iterator[Literal]:
    """Yield tensors within an answer; and all others, where the text makes no request that takes tensors."""
    asks = any(
        isinstance(each, ast.Call) and _name(each.func) == "InferenceRequest" for each in ast.walk(module)
    )
    within = [call for call in calls if _name(call.func) == "InferenceResponse"]
    for call in (each for answer in within for each in ast.walk(answer)) if asks else calls:
        if isinstance(call, ast.Call) and _name(call.func) == "Tensor" and len(call.args) > 1:
            yield from _literal(call.args[0])


def _imports(body: Sequence[ast.stmt]) -> Iterator[Literal]:
    for node in body:
        if isinstance(node, ast.Import):
            yield from (Literal(each.name.partition(".")[0], node.lineno) for each in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield Literal(node.module.partition(".")[0], node.lineno)
        elif isinstance(node, ast.ClassDef | ast.FunctionDef):
            yield from _imports(node.body)


def _downloads(call: ast.Call) -> Iterator[Literal]:
    name = _name(call.func)
    texts = [node.value for node in ast.walk(call) if isinstance(node, ast.Constant)]
    words = " ".join(text for text in texts if isinstance(text, str))
    stays = any(each.arg == "local_files_only" for each in call.keywords)
    if _PIP.search(words) and name in (
        "system",
        "run",
        "call",
        "check_call",
        "check_output",
        "Popen",
        "main",
    ):
        yield Literal(PIP, call.lineno)
    elif name in _DOWNLOADERS and not stays:
        yield Literal(name, call.lineno)
    elif name == "from_pretrained" and call.args and not stays:
        for literal in _literal(call.args[0]):
            if _HUB_NAME.fullmatch(literal.text):
                yield Literal(f"from_pretrained({literal.text!r})", literal.line)


def _files(call: ast.Call) -> Iterator[Literal]:
    if _opens_a_path(call.func) and call.args and not _writes(call):
        for literal in _literal(call.args[0]):
            if literal.text and not literal.text.startswith(("/", "~")) and "://" not in literal.text:
                yield literal


def _opens_a_path(function: ast.expr) -> bool:
    if isinstance(function, ast.Name):
        return function.id == "open"
    root = function
    while isinstance(root, ast.Attribute):
        root = root.value
    return _name(function) in _READERS and isinstance(root, ast.Name) and root.id in _READING_MODULES


def _writes(call: ast.Call) -> bool:
    """Say whether ``open`` is told to write: then the file need not be there."""
    modes = [*call.args[1:2], *(each.value for each in call.keywords if each.arg == "mode")]
    return any(not _READ_MODE.fullmatch(each.text) for mode in modes for each in _literal(mode))


def _literal(node: ast.expr) -> Iterator[Literal]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield Literal(node.value, node.lineno)


def _name(node: ast.expr) -> str:
    """Return the last word of what is called: ``load`` of ``numpy.load``."""
    if isinstance(node, ast.Call):
        return _name(node.func)
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
