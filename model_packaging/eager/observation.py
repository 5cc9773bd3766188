"""Runs the eager model on samples and keeps what goes in and out."""

import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch

from model_packaging.eager.factory import EagerModel, cause_in_user_code
from model_packaging.errors import SampleError

__all__ = ["Observation", "observe", "output_name"]


@dataclass(frozen=True, slots=True)
class Observation:
    """One run of the eager model.

    Attributes:
        batch_size: what ``sample`` was asked for.
        seed: of the generator.
        inputs: by forward's argument names, in their order.
        outputs: by name, in the order of the results; names as ``output_name`` has them.
    """

    batch_size: int
    seed: int
    inputs: Mapping[str, torch.Tensor]
    outputs: Mapping[str, torch.Tensor]


def output_name(index: int) -> str:
    """Return the name of result ``index``: ``OUTPUT__0``, ``OUTPUT__1``, ...

    TorchScript results have no names, and Triton's PyTorch backend takes ``<name>__<index>`` as the place
    of a result (pytorch_backend, src/libtorch.cc, ``GetNamingConvention``, "Rules for output tensor names";
    Triton user guide, Model Configuration, "Special Conventions for PyTorch Backend").
    """
    return f"OUTPUT__{index}"


def observe(model: EagerModel, batch_size: int, seed: int, project_root: Path) -> Observation:
    """Draw a sample, run the eager model on it and return both.

    Raises:
        SampleError: the sample doesn't fit forward, either raises, or a result is no tensor.
    """
    generator = torch.Generator().manual_seed(seed)
    place = f"sample(batch={batch_size}) with seed {seed}"
    try:
        sample = model.sample(batch_size, generator)
    except Exception as error:  # the user's code may raise anything
        raise SampleError(
            f"{place} raised {cause_in_user_code(error, project_root)}.", "correct the sample function."
        ) from error
    inputs = _checked_inputs(sample, model.module, place)
    try:
        with torch.inference_mode():
            result: object = model.module(*inputs.values())
    except Exception as error:  # the user's code may raise anything
        raise SampleError(
            f"forward raised {cause_in_user_code(error, project_root)} on {place}: {_shapes(inputs)}.",
            "correct the module or its sample function.",
        ) from error
    return Observation(batch_size, seed, inputs, _named_outputs(result))


def _checked_inputs(sample: object, module: torch.nn.Module, place: str) -> dict[str, torch.Tensor]:
    if not isinstance(sample, Mapping) or not sample:
        raise SampleError(
            f"{place} returned {type(sample).__name__}, no inputs by name.",
            "return a mapping from forward's argument names to tensors.",
        )
    inputs: dict[str, torch.Tensor] = {}
    for name, value in sample.items():
        if not isinstance(value, torch.Tensor) or value.device.type != "cpu" or value.is_sparse:
            raise SampleError(f"{place} returned no dense CPU tensor for {name!r}.", "return CPU tensors.")
        inputs[str(name)] = value
    parameters = inspect.signature(module.forward).parameters
    expected = list(parameters)[: len(inputs)]
    left = [
        each.name
        for each in list(parameters.values())[len(inputs) :]
        if each.default is inspect.Parameter.empty
    ]
    if list(inputs) != expected or left:
        raise SampleError(
            f"{place} returned inputs {list(inputs)}, but forward takes {list(parameters)}.",
            "return every argument of forward that has no default, by its name and in its order: Triton's "
            "PyTorch backend finds inputs by these names.",
        )
    return inputs


def _named_outputs(result: object) -> dict[str, torch.Tensor]:
    results = result if isinstance(result, tuple) else (result,)
    outputs: dict[str, torch.Tensor] = {}
    for index, value in enumerate(results):
        if not isinstance(value, torch.Tensor):
            raise SampleError(
                f"forward returned {type(result).__name__}, its result {index} is {type(value).__name__}.",
                "return a tensor or a tuple of tensors: Triton's PyTorch backend reads no dictionary, list "
                "or number.",
            )
        outputs[output_name(index)] = value
    if not outputs:
        raise SampleError("forward returned an empty tuple.", "return at least one tensor.")
    return outputs


def _shapes(inputs: Mapping[str, torch.Tensor]) -> str:
    return ", ".join(f"{name} {tuple(value.shape)}" for name, value in inputs.items())
