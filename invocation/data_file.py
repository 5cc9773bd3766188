"""Inputs from a user's file: KServe v2 JSON, .npy or .npz."""

import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from invocation.errors import DataFileError
from invocation.json_values import array_of_json
from model_packaging.artifact import Signature

__all__ = ["read_data_file"]


def read_data_file(path: Path, signature: Signature) -> dict[str, NDArray[Any]]:
    """Return a request's inputs by name.

    Args:
        path: ``.json`` with a KServe v2 body (``inputs``, each with name, shape, datatype and data), ``.npz``
            with one array per input, or ``.npy`` with the only input of a model that has one.
        signature: the model's, for the name a .npy lacks.

    Raises:
        DataFileError: the file is missing, of another kind, pickled, or not what its ending says.
    """
    readers = {".json": _from_json, ".npz": _from_npz, ".npy": _from_npy}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise DataFileError(f"{path}: the ending is {path.suffix!r}; allowed are {', '.join(readers)}.")
    try:
        return reader(path, signature)
    except OSError as error:
        raise DataFileError(f"{path}: {error.strerror or error}.") from error
    except KeyError as error:
        raise DataFileError(f"{path}: can't be read as {path.suffix}: it has no {error}.") from error
    except (ValueError, TypeError, EOFError, zipfile.BadZipFile) as error:
        raise DataFileError(f"{path}: can't be read as {path.suffix}: {_words(path, error)}.") from error


def _words(path: Path, error: Exception) -> str:
    """Return the cause; numpy's advice to allow pickles is not ours."""
    if "pickle" in str(error):
        return "it holds no plain array, or one of objects"
    return str(error) or f"it is cut short or no {path.suffix} file"


def _from_json(path: Path, signature: Signature) -> dict[str, NDArray[Any]]:  # noqa: ARG001 - one shape for all readers
    arrays = {}
    for tensor in json.loads(path.read_text(encoding="utf-8"))["inputs"]:
        # Data may be nested as the shape says (KServe v2, "Tensor Data").
        values = np.array(tensor["data"], dtype=object).ravel().tolist()
        try:
            array = array_of_json(tensor["datatype"], values)
        except ValueError as error:
            raise DataFileError(f"{path}: {tensor['name']}: {error}.") from error
        arrays[tensor["name"]] = array.reshape(tensor["shape"])
    return arrays


def _from_npz(path: Path, signature: Signature) -> dict[str, NDArray[Any]]:  # noqa: ARG001 - one shape for all readers
    # Pickled arrays run code when they are read.
    with np.load(path, allow_pickle=False) as archive:
        return {name: _with_objects(archive[name]) for name in archive.files}


def _from_npy(path: Path, signature: Signature) -> dict[str, NDArray[Any]]:
    if len(signature.inputs) != 1:
        names = ", ".join(spec.name for spec in signature.inputs)
        raise DataFileError(
            f"{path}: a .npy holds one array, the model takes {names}; write an .npz with these names."
        )
    return {signature.inputs[0].name: _with_objects(np.load(path, allow_pickle=False))}


def _with_objects(array: NDArray[Any]) -> NDArray[Any]:
    """Return text as requests take it; in a file without pickles it has a fixed width."""
    return array.astype(object) if array.dtype.kind in "SU" else array
