"""Loads a declared file of weights into the module that a factory made; only a worker process does."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import torch

from model_packaging.errors import WeightsError
from model_packaging.untrusted.fetched_files import fetched_file
from model_packaging.untrusted.state_dict_scan import scan_state_dict
from spec import Weights

__all__ = ["load_weights"]

Tensors = Mapping[str, torch.Tensor]

_SHOWN_NAMES = 5


def load_weights(
    module: torch.nn.Module, weights: Weights, project_root: Path, section: str = "export"
) -> None:
    """Give ``module`` the parameters and buffers in the declared file.

    The file has every one of them under its name in ``state_dict()``, of its shape and data type, and nothing
    else. Of tensors that share their memory, such as tied embeddings, one name is enough: safetensors writes
    no more.

    Args:
        module: what the factory made.
        weights: the file.
        project_root: where its path starts.
        section: of the model that declares it, ``export`` or ``reference``, for errors.

    Raises:
        FetchError: the file is missing, can't be fetched, or has another digest.
        WeightsError: it holds more than tensors, can't be read, or doesn't fit.
    """
    key = f"{section}.weights.from"
    path, shown = fetched_file(weights.from_, weights.sha256, project_root, key), f"{key}: {weights.from_}"
    try:
        found = _from_safetensors(path, shown) if weights.is_safetensors else _from_state_dict(path, shown)
    except OSError as error:
        raise WeightsError(f"{shown} can't be read ({error.strerror or error}).", "save it again.") from error
    wanted = module.state_dict()
    _check_names(wanted, found, shown)
    _check_tensors(wanted, found, shown)
    module.load_state_dict(dict(found), strict=False)


def _from_safetensors(path: Path, shown: str) -> Tensors:
    try:
        from safetensors import SafetensorError  # noqa: PLC0415 - only who declares such a file needs it
        from safetensors.torch import load_file  # noqa: PLC0415 - likewise
    except ModuleNotFoundError as error:
        raise WeightsError(
            f"{shown} needs the package safetensors, which is not installed.",
            "install safetensors, or save the weights with `torch.save(module.state_dict(), ...)`.",
        ) from error
    try:
        return load_file(path)
    except SafetensorError as error:
        raise WeightsError(f"{shown} is no safetensors file ({error}).", "save it again.") from error


def _from_state_dict(path: Path, shown: str) -> Tensors:
    scan_state_dict(path, shown)
    try:
        found: object = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # whatever a damaged file leads torch's reader to
        lines = str(error).strip().splitlines() or [type(error).__name__]
        raise WeightsError(
            f"{shown} can't be read by torch.load ({lines[0]}).",
            "save `module.state_dict()` again with `torch.save`.",
        ) from error
    if not isinstance(found, Mapping):
        raise WeightsError(f"{shown} holds a {type(found).__name__}.", "save `module.state_dict()`.")
    others = [str(name) for name, value in found.items() if not isinstance(value, torch.Tensor)]
    if others:
        raise WeightsError(
            f"{shown} holds more than tensors: {_some(others)}.",
            "save `module.state_dict()` alone: no optimizer, epoch or settings beside it.",
        )
    return found


def _check_names(wanted: Tensors, found: Tensors, shown: str) -> None:
    given = {_memory_of(tensor) for name, tensor in wanted.items() if name in found and tensor.numel()}
    missing = [
        name for name, tensor in wanted.items() if name not in found and _memory_of(tensor) not in given
    ]
    unexpected = sorted(found.keys() - wanted.keys())
    words = [f"is without {_some(missing)}"] if missing else []
    words += [f"has {_some(unexpected)}, which the module does not have"] if unexpected else []
    if words:
        raise WeightsError(
            f"{shown} {' and '.join(words)}.",
            "save `module.state_dict()` of the module that the factory returns, called with these arguments.",
        )


def _check_tensors(wanted: Tensors, found: Tensors, shown: str) -> None:
    """Torch itself would convert another data type without a word."""
    differing = [
        f"{name} is {_described(tensor)} and should be {_described(wanted[name])}"
        for name, tensor in found.items()
        if _described(tensor) != _described(wanted[name])
    ]
    if differing:
        raise WeightsError(
            f"{shown} doesn't fit the module: {_some(differing)}.",
            "correct the factory's arguments, or convert the weights and declare their new digest.",
        )


def _memory_of(tensor: torch.Tensor) -> tuple[int, tuple[int, ...], tuple[int, ...]]:
    return tensor.data_ptr(), tuple(tensor.shape), tuple(tensor.stride())


def _described(tensor: torch.Tensor) -> str:
    return f"{str(tensor.dtype).removeprefix('torch.')} {tuple(tensor.shape)}"


def _some(names: Iterable[str]) -> str:
    listed = list(names)
    more = f" and {len(listed) - _SHOWN_NAMES} more" if len(listed) > _SHOWN_NAMES else ""
    return ", ".join(listed[:_SHOWN_NAMES]) + more
