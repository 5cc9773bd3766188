"""Finds a model's signature by running it: names, data types, and which dimensions vary."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch

from model_packaging.artifact.signature import VARIABLE, Signature, TensorSpec
from model_packaging.eager.factory import EagerModel
from model_packaging.eager.observation import Observation, observe
from model_packaging.errors import SampleError

__all__ = ["OBSERVATION_SEEDS", "observe_signature", "sampled_batch_sizes"]

OBSERVATION_SEEDS = (0, 1, 2, 3)
"""Enough that a dimension drawn from only two values passes for fixed once in two thousand models."""

_DATATYPES = {
    torch.bool: "BOOL",
    torch.uint8: "UINT8",
    torch.int8: "INT8",
    torch.int16: "INT16",
    torch.int32: "INT32",
    torch.int64: "INT64",
    torch.float16: "FP16",
    torch.float32: "FP32",
    torch.float64: "FP64",
}
"""What Triton's PyTorch backend converts (pytorch_backend, src/libtorch_utils.cc)."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """A tensor's type and shape in one observation."""

    name: str
    dtype: torch.dtype
    shape: tuple[int, ...]
    batch_size: int


def sampled_batch_sizes(max_batch_size: int) -> tuple[int, ...]:
    """Return the batch sizes to observe: 1, 2 and the maximum; only 1 without a batch dimension."""
    return tuple(sorted({1, min(2, max(max_batch_size, 1)), max(max_batch_size, 1)}))


def observe_signature(model: EagerModel, max_batch_size: int, project_root: Path) -> Signature:
    """Run ``model`` on samples of several batch sizes and seeds, and return what they have in common.

    With ``max_batch_size`` above 0 the first dimension of every tensor must be the batch size, and
    ``dims`` leaves it out. Otherwise ``dims`` holds every dimension.

    Raises:
        SampleError: a sample or a result doesn't fit, or Triton's PyTorch backend couldn't serve it.
    """
    inputs: dict[str, list[_Seen]] = {}
    outputs: dict[str, list[_Seen]] = {}
    for batch_size in sampled_batch_sizes(max_batch_size):
        for seed in OBSERVATION_SEEDS:
            observation = observe(model, batch_size, seed, project_root)
            _collect(inputs, observation.inputs, batch_size)
            _collect(outputs, observation.outputs, batch_size)
            if seed == OBSERVATION_SEEDS[0] and batch_size == 1:
                _check_repeatable(model, observation, project_root)
    batched = max_batch_size > 0
    return Signature(
        inputs=tuple(_tensor_spec("input", seen, batched=batched) for seen in _complete(inputs)),
        outputs=tuple(_tensor_spec("output", seen, batched=batched) for seen in _complete(outputs)),
        batched=batched,
    )


def _collect(seen: dict[str, list[_Seen]], tensors: Mapping[str, torch.Tensor], batch_size: int) -> None:
    for name, tensor in tensors.items():
        seen.setdefault(name, []).append(_Seen(name, tensor.dtype, tuple(tensor.shape), batch_size))


def _complete(tensors: Mapping[str, Sequence[_Seen]]) -> Iterable[Sequence[_Seen]]:
    most = max(len(seen) for seen in tensors.values())
    for name, seen in tensors.items():
        if len(seen) != most:
            raise SampleError(
                f"{name} was there in {len(seen)} of {most} observations.",
                "take and return the same tensors whatever the sample.",
            )
    return tensors.values()


def _tensor_spec(role: str, seen: Sequence[_Seen], *, batched: bool) -> TensorSpec:
    name = seen[0].name
    dtypes = sorted({str(each.dtype) for each in seen})
    ranks = sorted({len(each.shape) for each in seen})
    datatype = _DATATYPES.get(seen[0].dtype)
    if len(dtypes) > 1 or len(ranks) > 1:
        raise SampleError(
            f"{role} {name} has data types {dtypes} and numbers of dimensions {ranks} over the samples.",
            "a tensor has one data type and one number of dimensions.",
        )
    if datatype is None:
        raise SampleError(
            f"{role} {name} is {dtypes[0]}, which Triton's PyTorch backend doesn't take.",
            f"convert it to one of {', '.join(sorted(_DATATYPES.values()))}.",
        )
    if batched:
        _check_batch_dimension(role, seen)
    shapes = [each.shape[1:] if batched else each.shape for each in seen]
    if not shapes[0]:
        shape = "[batch]" if batched else "no dimension"
        raise SampleError(
            f"{role} {name} has {shape}: config.pbtxt can't describe it.",
            "give it one more dimension of size 1 (`unsqueeze(-1)`).",
        )
    dims = tuple(sizes[0] if len(set(sizes)) == 1 else VARIABLE for sizes in zip(*shapes, strict=True))
    return TensorSpec(name, datatype, dims)


def _check_batch_dimension(role: str, seen: Sequence[_Seen]) -> None:
    for each in seen:
        if not each.shape or each.shape[0] != each.batch_size:
            raise SampleError(
                f"{role} {each.name} has shape {each.shape} at batch size {each.batch_size}.",
                "with max_batch_size above 0 the first dimension of every input and output is the "
                "batch size; correct the module or sample, or set max_batch_size: 0.",
            )


def _check_repeatable(model: EagerModel, observation: Observation, project_root: Path) -> None:
    again = observe(model, observation.batch_size, observation.seed, project_root)
    pairs = [(observation.inputs, again.inputs, "sample"), (observation.outputs, again.outputs, "forward")]
    for first, second, function in pairs:
        for name, value in first.items():
            if not torch.equal(value.nan_to_num(), second[name].nan_to_num()):
                raise SampleError(
                    f"{function} gave another {name} the second time, from the same seed.",
                    "draw every random number from the generator, and none in forward.",
                )
