"""A Python module with a model's requests and answers as types, written from its manifest.

The module stands by itself, for a service that has numpy, tritonclient and boto3 but none of ours. What
checks tensors and puts them on the wire there is the code that does so here, word for word.
"""

import ast
import inspect
import json
import keyword
import re
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from string import Template
from types import ModuleType

from invocation import tensors
from invocation.errors import TypedClientError
from model_packaging.artifact import Layout, Manifest, TensorSpec
from model_packaging.artifact import signature as signature_module

__all__ = ["typed_client_source"]

_TEMPLATE = Template(Path(__file__).with_name("typed_client.template").read_text(encoding="utf-8"))
_ERRORS = ("AnswerError", "RequestError")
_LINE_LENGTH = 110
_NUMPY_NAMES = {
    "BOOL": "np.bool_",
    "BYTES": "np.object_",
    "FP16": "np.float16",
    "FP32": "np.float32",
    "FP64": "np.float64",
    **{f"{kind}{bits}": f"np.{kind.lower()}{bits}" for kind in ("INT", "UINT") for bits in (8, 16, 32, 64)},
}
_REMARKS = {"BF16": " of ml_dtypes.bfloat16", "BYTES": ", objects that are str or bytes"}


def typed_client_source(manifest: Manifest) -> str:
    """Return the source of a module with ``<Model>Request``, ``<Model>Answer`` and ``<Model>Client``.

    The same manifest gives the same text. Fields have the tensors' names in the way of Python: ``OUTPUT__0``
    becomes ``output_0``.

    Raises:
        TypedClientError: the model's layout is not Triton's.
    """
    if manifest.layout is not Layout.TRITON:
        raise TypedClientError(
            f"{manifest.model}: its layout is {manifest.layout}; requests and answers are known for "
            f"{Layout.TRITON} alone, elsewhere the entry point decides on them. Use EndpointClient."
        )
    signature = manifest.signature
    inputs, outputs = _fields(signature.inputs), _fields(signature.outputs)
    batch_words = f"; a batch has at most {manifest.max_batch_size} requests" if signature.batched else ""
    name = _class_name(manifest.model)
    public = sorted([*(f"{name}{role}" for role in ("Answer", "Client", "Request")), *_ERRORS])
    return _TEMPLATE.substitute(
        model=_documented(manifest.model),
        content_key=manifest.content_key,
        name=name,
        public="\n".join(f"    {_quoted(each)}," for each in public),
        batch_words=batch_words,
        request_documentation=_documentation(inputs, batched=signature.batched),
        request_fields=_declarations(inputs),
        answer_documentation=_documentation(outputs, batched=signature.batched),
        answer_fields=_declarations(outputs),
        inputs=_lines(f"{_quoted(spec.name)}: request.{field}" for field, spec in inputs.items()),
        outputs=_lines(f"{field}=outputs[{_quoted(spec.name)}]" for field, spec in outputs.items()),
        common="\n\n\n".join(_body_of(module) for module in (signature_module, tensors)),
        input_specs=_specs(signature.inputs),
        output_specs=_specs(signature.outputs),
        batched=signature.batched,
        max_batch_size=manifest.max_batch_size if signature.batched else None,
    )


def _body_of(module: ModuleType) -> str:
    """Return a module's source without its docstring, its imports and ``__all__``, which come first."""
    source = inspect.getsource(module)
    head = [
        node.end_lineno or 0
        for node in ast.parse(source).body
        if isinstance(node, ast.Import | ast.ImportFrom)
        or (isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__")
    ]
    return "\n".join(source.splitlines()[max(head) :]).strip()


def _class_name(model: str) -> str:
    words = [word for word in re.split(r"[^A-Za-z0-9]+", model) if word]
    name = "".join(word[0].upper() + word[1:] for word in words)
    return name if name[:1].isalpha() else f"Model{name}"


def _fields(specs: Sequence[TensorSpec]) -> Mapping[str, TensorSpec]:
    """Return the tensors by the names of their fields, no two of which are equal."""
    fields: dict[str, TensorSpec] = {}
    for spec in specs:
        field = plain = _field_name(spec.name)
        number = 2
        while field in fields:
            field, number = f"{plain}_{number}", number + 1
        fields[field] = spec
    return fields


def _field_name(tensor: str) -> str:
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", tensor)
    name = re.sub(r"[^a-z0-9]+", "_", words.lower()).strip("_")
    if not name[:1].isalpha():
        name = f"tensor_{name}".rstrip("_")
    return f"{name}_" if keyword.iskeyword(name) else name


def _documentation(fields: Mapping[str, TensorSpec], *, batched: bool) -> str:
    entries = []
    for field, spec in fields.items():
        dims = [*(["batch"] if batched else []), *("any" if dim == -1 else str(dim) for dim in spec.dims)]
        named = "" if field == spec.name else f"``{_documented(spec.name)}``, "
        words = f"{field}: {named}{spec.datatype} [{', '.join(dims)}]{_REMARKS.get(spec.datatype, '')}"
        words += "; may be left out." if spec.optional else "."
        entries.append(
            textwrap.fill(
                words,
                _LINE_LENGTH,
                initial_indent=" " * 8,
                subsequent_indent=" " * 12,
                break_long_words=False,
                break_on_hyphens=False,
            )
        )
    return "\n".join(entries)


def _declarations(fields: Mapping[str, TensorSpec]) -> str:
    """Return the fields of a dataclass; those with a default come last."""
    ordered = sorted(fields.items(), key=lambda entry: entry[1].optional)
    return "\n".join(
        f"    {field}: NDArray[{_NUMPY_NAMES.get(spec.datatype, 'Any')}]{' | None = None' * spec.optional}"
        for field, spec in ordered
    )


def _specs(specs: Sequence[TensorSpec]) -> str:
    """Return a tuple of them as a formatter leaves it: one alone on the line, several below each other."""
    written = [
        f"TensorSpec({_quoted(spec.name)}, {_quoted(spec.datatype)}, {spec.dims}"
        f"{', optional=True' * spec.optional})"
        for spec in specs
    ]
    if len(written) == 1:
        return f"({written[0]},)"
    return "(\n" + "".join(f"        {each},\n" for each in written) + "    )"


def _lines(entries: Iterable[str]) -> str:
    return "\n".join(f"            {entry}," for entry in entries)


def _quoted(text: str) -> str:
    """Return a string as Python writes it, in the quotes that formatters prefer."""
    return json.dumps(text, ensure_ascii=False)


def _documented(text: str) -> str:
    """Return a name as it may stand in a docstring."""
    return _quoted(text)[1:-1]
