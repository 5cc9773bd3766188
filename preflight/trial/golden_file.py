"""Files of golden requests: what a model is asked, and what it must answer.

Two forms are read. An .npz holds arrays named ``inputs/<name>`` and ``outputs/<name>``, or, as packaging
records them, ``<batch size>/input/<name>`` and ``<batch size>/output/<name>``. A .json file holds one request
of KServe v2 with the answer beside it: ``{"inputs": [...], "outputs": [...]}``, each tensor with ``name``,
``datatype``, ``shape`` and ``data`` (KServe, Open Inference Protocol, "Inference Request JSON Object").
Outputs may be left out of both: then only whether an answer comes is checked. Both may say how far an answer
may be from the expected one: ``tolerance/absolute`` and ``tolerance/relative`` of an .npz, ``"tolerance":
{"absolute": ..., "relative": ...}`` of a .json. Nothing is unpickled.
"""

import json
import lzma
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from model_packaging.artifact import Tolerance
from model_packaging.eager.comparison import Arrays
from preflight.trial._json_values import array_of
from preflight.trial.errors import GoldenFileError

__all__ = ["MAXIMUM_GOLDEN_FILE_BYTES", "GoldenRequest", "read_golden_file"]

MAXIMUM_GOLDEN_FILE_BYTES = 256 << 20
"""Ours: a larger file is refused before it is read; a request to an endpoint has 6 MiB at most."""

_TOLERANCES = {f"tolerance/{name}": name for name in ("absolute", "relative")}
_ROLES = {"inputs": "inputs", "outputs": "outputs", "input": "inputs", "output": "outputs"}


@dataclass(frozen=True, slots=True)
class GoldenRequest:
    """One request, by names of tensors.

    Attributes:
        inputs: what is sent.
        outputs: the answer that is expected; empty where none is.
        tolerance: how far an answer may be from it; None where the file doesn't say.
    """

    inputs: Arrays
    outputs: Arrays
    tolerance: Tolerance | None = None


def read_golden_file(path: Path) -> tuple[GoldenRequest, ...]:
    """Return the requests in ``path``: one of a .json file, one or one for each batch size of an .npz.

    Raises:
        GoldenFileError: it is missing, too large, or of neither form; says what is wrong, as a clause.
    """
    try:
        size_bytes = path.stat().st_size if path.is_file() else None
    except OSError as error:
        raise GoldenFileError(f"can't be read ({error.strerror or error})") from error
    if size_bytes is None:
        raise GoldenFileError("is no file")
    if size_bytes > MAXIMUM_GOLDEN_FILE_BYTES:
        raise GoldenFileError(f"has {size_bytes} bytes, at most {MAXIMUM_GOLDEN_FILE_BYTES} are read")
    try:
        if path.suffix == ".npz":
            return _of_npz(path)
        if path.suffix == ".json":
            return (_of_json(json.loads(path.read_text(encoding="utf-8"))),)
    except (
        ArithmeticError,
        AttributeError,
        EOFError,
        LookupError,
        MemoryError,  # a header may name any shape
        OSError,
        RuntimeError,  # an encrypted member, another way to compress, too many brackets
        TypeError,
        ValueError,
        lzma.LZMAError,
        zipfile.BadZipFile,
        zlib.error,
    ) as error:
        raise GoldenFileError(f"can't be read as {path.suffix} ({error or type(error).__name__})") from error
    raise GoldenFileError(f"ends in {path.suffix!r}; .npz and .json are read")


def _of_npz(path: Path) -> tuple[GoldenRequest, ...]:
    found: dict[str, dict[str, dict[str, np.ndarray]]] = {}
    limits: dict[str, float] = {}
    with zipfile.ZipFile(path) as archive:
        unpacked = sum(member.file_size for member in archive.infolist())
    if unpacked > MAXIMUM_GOLDEN_FILE_BYTES:
        raise ValueError(f"{unpacked} bytes unpacked, at most {MAXIMUM_GOLDEN_FILE_BYTES} are read")
    with np.load(path, allow_pickle=False) as arrays:
        for key in arrays.files:
            if key in _TOLERANCES:
                limits[_TOLERANCES[key]] = float(arrays[key])
                continue
            group, role, name = _parse_key(key)
            found.setdefault(group, {"inputs": {}, "outputs": {}})[role][name] = _as_tensor(arrays[key])
    if not found or any(not each["inputs"] for each in found.values()):
        raise ValueError("no array named inputs/<name>")
    return tuple(
        GoldenRequest(found[group]["inputs"], found[group]["outputs"], _tolerance(limits))
        for group in sorted(found, key=lambda each: int(each or 0))
    )


def _parse_key(key: str) -> tuple[str, str, str]:
    first, _, rest = key.partition("/")
    if first in ("inputs", "outputs") and rest:
        return "", first, rest
    role, _, name = rest.partition("/")
    if first.isdecimal() and role in ("input", "output") and name:
        return first, _ROLES[role], name
    raise ValueError(f"an array named {key!r}; inputs/<name> and outputs/<name> are read")


def _as_tensor(array: np.ndarray) -> np.ndarray:
    """Return strings as KServe's BYTES: an array of objects.

    Raises:
        ValueError: KServe v2 has no such data type: complex numbers, dates, records.
    """
    if array.dtype.kind not in "biufSU":
        raise ValueError(f"an array of {array.dtype}, which no request can hold")
    if array.dtype.kind == "U":
        return np.char.encode(array, "utf-8").astype(object)
    return array.astype(object) if array.dtype.kind == "S" else array


def _of_json(document: object) -> GoldenRequest:
    if not isinstance(document, Mapping) or not document.get("inputs"):
        raise ValueError('no object with "inputs"')
    inputs, outputs = _tensors(document["inputs"]), _tensors(document.get("outputs", ()))
    return GoldenRequest(inputs, outputs, _tolerance(document.get("tolerance", {})))


def _tensors(documents: Iterable[Mapping[str, Any]]) -> Arrays:
    found: dict[str, np.ndarray] = {}
    for each in documents:
        name = each["name"]
        if name in found:
            raise ValueError(f"two tensors named {name!r}")
        found[name] = array_of(name, each["datatype"], each["shape"], each["data"])
    return found


def _tolerance(limits: Mapping[str, Any]) -> Tolerance | None:
    """Return what ``limits`` says; what is left out is 0."""
    if unknown := sorted(limits.keys() - {"absolute", "relative"}):
        raise ValueError(f"tolerance has no {', '.join(unknown)}; it has absolute and relative")
    found = Tolerance(float(limits.get("absolute", 0)), float(limits.get("relative", 0)))
    if not (0 <= found.absolute < float("inf") and 0 <= found.relative < float("inf")):
        raise ValueError("a tolerance is a number from 0 on")
    return found if limits else None
