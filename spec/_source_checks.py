"""Where a model comes from: exactly one source, and what goes with it."""

from collections.abc import Iterator

from spec._document import Complaint, Document, DocumentPath
from spec._packed_names import packed_name_complaints
from spec._plain_data import get
from spec.model import SOURCES

__all__ = ["source_complaints"]

_FORMATS_OF = {
    "how": ("torchscript",),
    "freeze": ("torchscript",),
    "optimize": ("torchscript",),
    "opset": ("onnx", "tensorrt"),
    "tensorrt": ("tensorrt",),
}
"""Keys of an export that some formats alone have."""
_FORMATS = ("torchscript", "onnx", "tensorrt")
_DECLARE_TENSORS = ("python", "ensemble", "file")
"""Sources whose inputs and outputs may be declared; the others say them."""
_PACKED_MODEL = "model.py"
"""How ``python.from`` is called where it is packed."""
_OF_EXECUTED_MODELS = (
    "instance_group",
    "optimization",
    "model_warmup",
    "dynamic_batching",
    "sequence_batching",
)
"""What Triton refuses in an ensemble, which executes nothing itself (seen with 2.51)."""


def source_complaints(
    document: Document, path: DocumentPath, model: dict[str, object]
) -> Iterator[Complaint]:
    """Yield what is wrong about where the model at ``path`` comes from."""
    given = [source for source in SOURCES if model.get(source) is not None]
    if not given:
        if path not in document.incomplete:
            yield Complaint(
                path,
                "nothing says where the model comes from",
                f"exactly one of {', '.join(SOURCES)}",
                "add `export:` for a PyTorch module of a factory, or another of these",
            )
        return
    for other in given[1:]:
        yield Complaint(
            (*path, other),
            f"both {given[0]} and {other} say where the model comes from",
            f"exactly one of {', '.join(SOURCES)}",
            f"remove {given[0]}, or {other}",
        )
    source = given[0]
    if source == "export":
        yield from _export(document, (*path, "export"), model)
    if source == "python":
        yield from _python((*path, "python"), get(model, dict, "python") or {})
    if source == "ensemble":
        yield from _ensemble((*path, "triton"), get(model, dict, "triton") or {})
    yield from _beside(document, path, model, source)
    yield from _tensors(document, path, model, source)


def _export(document: Document, path: DocumentPath, model: dict[str, object]) -> Iterator[Complaint]:
    export = get(model, dict, "export") or {}
    to = export.get("to")
    if to == "torchscript" and export.get("how") is None and path not in document.incomplete:
        yield Complaint(
            path,
            "nothing says how the module becomes TorchScript",
            "how: trace or script",
            "add how: trace, or how: script where forward() has control flow",
        )
    if to == "tensorrt" and export.get("tensorrt") is None and path not in document.incomplete:
        yield Complaint(
            path,
            "nothing says on which GPU the plan is built",
            "tensorrt: {instance_type: ...}",
            "add tensorrt with the instance_type of the endpoints that serve the model",
        )
    for key, formats in _FORMATS_OF.items():
        if to in _FORMATS and to not in formats and export.get(key) not in (None, False):
            yield Complaint(
                (*path, key),
                f"the format is {to}, which has no {key}",
                f"{key} with to: {' or '.join(formats)}",
                f"remove {key}, or set to: {' or '.join(formats)}",
                value=document.shown((*path, key)),
            )
    if export.get("versions") and model.get("pytorch") is not None:
        yield Complaint(
            (*path, "versions"),
            "the PyTorch images serve one model file, and several versions of the model are declared",
            "versions with `triton`",
            "remove versions, or replace `pytorch` by `triton`",
        )
    if to in ("onnx", "tensorrt") and model.get("pytorch") is not None:
        yield Complaint(
            (*path, "to"),
            f"the PyTorch images serve TorchScript, and the format is {to}",
            "torchscript with `pytorch`; onnx and tensorrt with `triton`",
            "set to: torchscript, or replace `pytorch` by `triton`",
            value=str(to),
        )


def _python(path: DocumentPath, python: dict[str, object]) -> Iterator[Complaint]:
    """Yield each file that would lie where another does: all of them lie in the version's folder."""
    files = [((*path, "files", index), file) for index, file in enumerate(get(python, list, "files") or ())]
    yield from packed_name_complaints(files, {_PACKED_MODEL: "python.from"}, "beside the model")


def _ensemble(path: DocumentPath, triton: dict[str, object]) -> Iterator[Complaint]:
    for key in _OF_EXECUTED_MODELS:
        if triton.get(key) not in (None, []):
            yield Complaint(
                (*path, key),
                f"an ensemble executes nothing itself, and has no {key}",
                f"{key} with its members",
                f"remove {key}, or say it of a member",
            )


def _beside(
    document: Document, path: DocumentPath, model: dict[str, object], source: str
) -> Iterator[Complaint]:
    """Yield sections that the source leaves no room for."""
    layouts = [key for key in ("triton", "pytorch") if model.get(key) is not None]
    if source == "repository":
        for key in layouts:
            yield Complaint(
                (*path, key),
                f"the repository is packed as it is: its own files say what {key} would",
                f"repository without {key}",
                f"remove {key}",
            )
    elif source != "export" and "pytorch" in layouts:
        yield Complaint(
            (*path, "pytorch"),
            f"the PyTorch images serve exported modules alone, and the source is {source}",
            f"`triton` with {source}",
            "replace `pytorch` by `triton`",
        )
    if source == "export" and model.get("reference") is not None:
        yield Complaint(
            (*path, "reference"),
            "an exported model is compared with the module that it was exported from",
            "reference with another source than export",
            "remove reference",
        )
    address = get(model, str, "repository", "from") or ""
    has_digest = get(model, str, "repository", "sha256") is not None
    if source == "repository" and address and address.startswith("s3://") != has_digest:
        yield Complaint(
            (*path, "repository"),
            "a folder has no digest" if has_digest else "an archive in Amazon S3 is held to no digest",
            "sha256 exactly where from is an s3:// address",
            "remove sha256" if has_digest else "add the sha256 that sha256sum prints",
            value=document.shown((*path, "repository", "from")),
        )


def _tensors(
    document: Document, path: DocumentPath, model: dict[str, object], source: str
) -> Iterator[Complaint]:
    triton = get(model, dict, "triton")
    if triton is None or (*path, "triton") in document.incomplete:
        return
    file = get(model, str, "file", "from") or ""
    for key in ("input", "output"):
        at = (*path, "triton", key)
        declared = bool(triton.get(key))
        yield from _declared_twice(at, get(triton, list, key) or [])
        if declared and source not in _DECLARE_TENSORS:
            yield Complaint(
                at,
                f"{key} is observed on the module, and declared as well",
                f"{key} with {', '.join(_DECLARE_TENSORS)}",
                f"remove {key}",
            )
        elif not declared and (source in ("python", "ensemble") or file.endswith((".pt", ".plan"))):
            yield Complaint(
                (*path, "triton"),
                f"nothing says the {key}s of the model: a source of the kind `{source}` does not say them",
                f"{key}: a list of name, data_type and dims",
                f"add {key}",
            )


def _declared_twice(path: DocumentPath, tensors: list[object]) -> Iterator[Complaint]:
    """Yield each tensor whose name another one before it has: requests know tensors by their names."""
    names = [get(tensor, str, "name") for tensor in tensors]
    for index, name in enumerate(names):
        if name is not None and name in names[:index]:
            yield Complaint(
                (*path, index, "name"),
                f"{name!r} is declared twice",
                "names that differ",
                "rename one of the two, or remove it",
                value=name,
            )
