"""Requests with eager PyTorch's answers: recorded while packaging, or drawn fresh."""

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from model_packaging.eager.comparison import Arrays
from model_packaging.errors import SamplesFileError

__all__ = ["Sample", "named_outputs", "read_samples", "write_samples"]

_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
_KEY_PARTS = 3


@dataclass(frozen=True, slots=True)
class Sample:
    """One request and eager's answer to it.

    Attributes:
        batch_size: of the request.
        inputs: by name; the leading dimension is the batch where the model has one.
        outputs: eager's answers by name.
    """

    batch_size: int
    inputs: Arrays
    outputs: Arrays


def named_outputs(samples: Sequence[Sample], names: Sequence[str]) -> tuple[Sample, ...]:
    """Return ``samples`` with the outputs under ``names``, by place.

    An eager module's results have no names but their places; a model that was not exported from it has names
    of its own.
    """
    return tuple(
        replace(sample, outputs=dict(zip(names, sample.outputs.values(), strict=True))) for sample in samples
    )


def write_samples(samples: Sequence[Sample], path: Path) -> None:
    """Write ``samples``, one per batch size, as an .npz; equal samples give equal bytes.

    The arrays are named ``<batch size>/input/<name>`` and ``<batch size>/output/<name>``.
    """
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for sample in samples:
            for role, arrays in (("input", sample.inputs), ("output", sample.outputs)):
                for name, array in arrays.items():
                    info = zipfile.ZipInfo(f"{sample.batch_size}/{role}/{name}.npy", _ZIP_EPOCH)
                    with archive.open(info, "w", force_zip64=True) as file:
                        np.lib.format.write_array(file, np.ascontiguousarray(array), allow_pickle=False)


def read_samples(path: Path) -> tuple[Sample, ...]:
    """Return the samples in ``path``, smallest batch first; nothing is unpickled.

    Raises:
        SamplesFileError: it is missing, no .npz, or not one that ``write_samples`` wrote.
    """
    found: dict[int, tuple[dict[str, np.ndarray], dict[str, np.ndarray]]] = {}
    try:
        with np.load(path, allow_pickle=False) as arrays:
            for key in arrays.files:
                batch_size, role, name = _parse_key(key)
                pair = found.setdefault(batch_size, ({}, {}))
                pair[role == "output"][name] = arrays[key]
    except (OSError, ValueError, EOFError, KeyError, AttributeError, zipfile.BadZipFile) as error:
        raise SamplesFileError(
            f"{path}: no readable samples ({error}).", "run `seatrial package --force`."
        ) from error
    return tuple(Sample(batch_size, *found[batch_size]) for batch_size in sorted(found))


def _parse_key(key: str) -> tuple[int, str, str]:
    parts = key.split("/", maxsplit=_KEY_PARTS - 1)
    if len(parts) != _KEY_PARTS or not parts[0].isdecimal() or parts[1] not in ("input", "output"):
        raise ValueError(f"an array named {key!r}")
    return int(parts[0]), parts[1], parts[2]
