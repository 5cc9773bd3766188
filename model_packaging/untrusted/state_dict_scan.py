"""Looks into a state dict of torch.save without unpickling it: it may hold tensors, and nothing that runs.

Since PyTorch 1.6 ``torch.save`` writes a zip with one pickle, ``<name>/data.pkl``, and one record for the
bytes of each storage (PyTorch documentation, "Serialization semantics"). The pickle's opcodes are read, never
executed, and held to what tensors need.
"""

import zipfile
from pathlib import Path

from model_packaging.artifact.pickle_scan import refused_in_state_dict
from model_packaging.errors import WeightsError

__all__ = ["MAX_PICKLE_BYTES", "scan_state_dict"]

MAX_PICKLE_BYTES = 64 << 20
"""A larger pickle is refused unread: tensors lie beside it, and one of thousands of names has about 1 MB."""

_PICKLE = "data.pkl"
_TORCHSCRIPT_RECORD = "constants.pkl"
_FIX = (
    "save `module.state_dict()` with `torch.save`, or better with `safetensors.torch.save_file`; never load "
    "a file that you don't trust to find out what is in it."
)


def scan_state_dict(path: Path, shown: str) -> None:
    """Do nothing where ``path`` is a zip of torch.save whose pickle holds nothing but tensors.

    Args:
        path: the file; it is read, nothing of it is executed or unpickled.
        shown: how errors name it.

    Raises:
        WeightsError: it is no such zip, holds TorchScript, is compressed, or its pickle names or does
            anything else.
    """
    try:
        content = _pickle_in(path, shown)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, ValueError, RuntimeError) as error:
        raise WeightsError(f"{shown} is no zip of torch.save ({error}).", _FIX) from error
    try:
        refused = sorted(set(refused_in_state_dict(content)))
    except ValueError as error:
        raise WeightsError(f"{shown} has a pickle that can't be read ({error}).", _FIX) from error
    if refused:
        raise WeightsError(f"{shown} holds more than tensors: its pickle has {', '.join(refused)}.", _FIX)


def _pickle_in(path: Path, shown: str) -> bytes:
    with zipfile.ZipFile(path) as archive:
        records = archive.infolist()
        # torch's reader finds records whatever the case of their letters.
        names = [record.filename.lower().rpartition("/")[2] for record in records]
        if _TORCHSCRIPT_RECORD in names:
            raise WeightsError(f"{shown} is TorchScript, no state dict.", _FIX)
        if any(record.compress_type != zipfile.ZIP_STORED for record in records):
            raise WeightsError(f"{shown} is compressed, which torch.save never does.", _FIX)
        pickles = [record for record, name in zip(records, names, strict=True) if name.endswith(".pkl")]
        if [record.filename.lower().rpartition("/")[2] for record in pickles] != [_PICKLE]:
            raise WeightsError(f"{shown} has {len(pickles)} pickles, not one {_PICKLE}.", _FIX)
        if pickles[0].file_size > MAX_PICKLE_BYTES:
            raise WeightsError(
                f"{shown} has a pickle of {pickles[0].file_size} bytes; at most {MAX_PICKLE_BYTES} are read.",
                _FIX,
            )
        return archive.read(pickles[0])
