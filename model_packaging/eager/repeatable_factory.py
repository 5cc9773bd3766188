"""Holds a factory to its arguments: called with the same ones it must give the same weights."""

import hashlib
import itertools
from collections.abc import Callable, Iterator, Mapping

import torch
from torch.nn.parameter import is_lazy

from model_packaging.eager.factory import EagerModel
from model_packaging.errors import FactoryError

__all__ = ["CHECKED_BELOW_BYTES", "check_repeatable_factory", "weights_of"]

CHECKED_BELOW_BYTES = 64_000_000
"""A larger module is not made twice: that would double the time of a large model's build."""

Weights = Mapping[str, str]
"""What stands for each tensor's type, shape and bits, by its name."""


def weights_of(module: torch.nn.Module) -> Weights | None:
    """Return what stands for every parameter and buffer of ``module``; None from 64 MB on.

    Dense, initialised tensors of the CPU are seen; what a quantised module packs away is not. To be taken
    before the module runs, which may change its buffers.
    """
    tensors = dict(_tensors_of(module))
    if sum(tensor.nbytes for tensor in tensors.values()) >= CHECKED_BELOW_BYTES:
        return None
    return {
        name: f"{tensor.dtype} {tuple(tensor.shape)} {_digest(tensor)}" for name, tensor in tensors.items()
    }


def check_repeatable_factory(weights: Weights | None, build: Callable[[], EagerModel], factory: str) -> None:
    """Build the model again in this process and compare it with ``weights``, bit for bit.

    A seed that is set while the module is imported serves the first call alone, so it counts as none.

    Args:
        weights: of the first call; None where they are too large, then nothing is checked.
        build: calls the factory with the same arguments. Where that fails nothing is known: a factory may
            well refuse to be called twice in one process.
        factory: as the deployment file names it.

    Raises:
        FactoryError: a tensor differs: every later comparison with eager PyTorch would fail.
    """
    if weights is None:
        return
    try:
        again = weights_of(build().module) or {}
    except FactoryError:
        return
    for name in sorted(weights.keys() | again.keys()):
        if weights.get(name) != again.get(name):
            raise FactoryError(
                f"{factory}: two calls with the same arguments give different weights ({name}).",
                "derive all randomness from an argument such as random_seed, and seed it in the factory.",
            )


def _tensors_of(module: torch.nn.Module) -> Iterator[tuple[str, torch.Tensor]]:
    for name, tensor in itertools.chain(module.named_parameters(), module.named_buffers()):
        if is_lazy(tensor) or tensor.is_quantized:
            continue
        if tensor.layout == torch.strided and tensor.device.type == "cpu":
            yield name, tensor


def _digest(tensor: torch.Tensor) -> str:
    plain = tensor.detach().resolve_conj().resolve_neg().contiguous()
    return hashlib.sha256(plain.reshape(-1).view(torch.uint8).numpy().data).hexdigest()
