"""The stand-in's rules, in this process: PyTorch without Triton."""

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from local.triton.backends.pytorch.libtorch import LibTorchError, LibTorchModule, NamingConvention
from local.triton.backends.pytorch.libtorch.module import DATATYPES

Load = Callable[..., LibTorchModule]
Tensors = list[dict[str, Any]]


class Difference(torch.nn.Module):
    def forward(self, a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
        return a - b


class Pair(torch.nn.Module):
    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        return x, x.sum(-1)


class FirstRow(torch.nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x[:1]


class Total(torch.nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x.sum()


class Listed(torch.nn.Module):
    def forward(self, x: torch.Tensor) -> list[torch.Tensor]:
        return [x, x]


class Keyed(torch.nn.Module):
    def forward(self, inputs: dict[str, torch.Tensor]) -> torch.Tensor:
        return inputs["a"] - inputs["b"]


class Scaled(torch.nn.Module):
    def forward(self, x: torch.Tensor, factor: float) -> torch.Tensor:
        return x * factor


class Threshold(torch.nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if bool((x < 0).any()):
            raise ValueError("below zero")
        return x


def tensors(*names: str, datatype: str = "TYPE_FP32") -> Tensors:
    return [{"name": name, "data_type": datatype, "dims": [2]} for name in names]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """``(module, inputs, outputs, max_batch_size=8, **other fields) -> LibTorchModule``."""

    def loaded(
        module: torch.nn.Module,
        inputs: Tensors,
        outputs: Tensors,
        *,
        max_batch_size: int = 8,
        **fields: object,
    ) -> LibTorchModule:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            scripted: Any = torch.jit.script(module)
        scripted.save(str(tmp_path / "model.pt"))
        config = {"name": "m", "max_batch_size": max_batch_size, "input": inputs, "output": outputs, **fields}
        return LibTorchModule(tmp_path / "model.pt", config)

    return loaded


def array(*rows: list[float]) -> np.ndarray[Any, Any]:
    return np.array(rows, dtype=np.float32)


@pytest.mark.parametrize(
    ("names", "naming"),
    [
        (["b", "a"], NamingConvention.FORWARD_ARGUMENT),
        (["INPUT__1", "INPUT__0"], NamingConvention.NAMED_INDEX),
        (["second", "first"], NamingConvention.STRICT_CONFIG_ORDERING),
    ],
)
def test_inputs_reach_the_argument_that_libtorch_would_give_them(
    load: Load, names: list[str], naming: NamingConvention
) -> None:
    """The configuration lists them in reverse; only in the last case that is the order that counts."""
    module = load(Difference(), tensors(*names), tensors("OUTPUT__0"))
    (outcome,) = module.run([{names[0]: array([1, 1]), names[1]: array([5, 5])}])
    assert module.naming is naming
    difference = -4 if naming is NamingConvention.STRICT_CONFIG_ORDERING else 4
    assert not isinstance(outcome, str)
    assert outcome["OUTPUT__0"].tolist() == [[difference] * 2]


def test_a_dictionary_is_filled_by_name(load: Load) -> None:
    """A forward of one Dict[str, Tensor] takes the configuration's names as keys."""
    module = load(Keyed(), tensors("b", "a"), tensors("OUTPUT__0"))
    (outcome,) = module.run([{"a": array([3, 3]), "b": array([1, 1])}])
    assert not isinstance(outcome, str)
    assert outcome["OUTPUT__0"].tolist() == [[2, 2]]


def test_a_batch_is_joined_and_split_by_each_requests_size(load: Load) -> None:
    """Every request gets its own rows, of every output."""
    module = load(Pair(), tensors("x"), tensors("SUM__1", "OUT__0"))
    outcomes = module.run([{"x": array([1, 1], [2, 2])}, {"x": array([3, 3])}])
    found = [
        {name: value.tolist() for name, value in each.items()}
        for each in outcomes
        if not isinstance(each, str)
    ]
    assert found == [{"OUT__0": [[1, 1], [2, 2]], "SUM__1": [2, 4]}, {"OUT__0": [[3, 3]], "SUM__1": [6]}]


def test_without_a_batch_dimension_nothing_is_joined(load: Load) -> None:
    """Each request is a call of its own."""
    module = load(Threshold(), tensors("x"), tensors("y"), max_batch_size=0)
    outcomes = module.run([{"x": np.array([1], np.float32)}, {"x": np.array([2, 3], np.float32)}])
    assert [each["y"].tolist() for each in outcomes if not isinstance(each, str)] == [[1], [2, 3]]


def test_a_batch_fails_as_a_whole_and_the_next_one_is_served(load: Load) -> None:
    """As with LibTorch: one forward, one failure; the module takes no harm."""
    module = load(Threshold(), tensors("x"), tensors("y"))
    with pytest.raises(LibTorchError, match=r"^PyTorch execute failure: (.|\n)*below zero"):
        module.run([{"x": array([1, 1])}, {"x": array([-1, 1])}])
    (outcome,) = module.run([{"x": array([1, 1])}])
    assert not isinstance(outcome, str)


def test_requests_beyond_the_rows_of_an_output_fail_alone(load: Load) -> None:
    """A model whose batch is fixed answers the first, and says how many rows it lacks for the others."""
    module = load(FirstRow(), tensors("x"), tensors("y"))
    first, second = module.run([{"x": array([1, 1])}, {"x": array([2, 2], [3, 3])}])
    assert not isinstance(first, str)
    assert second == (
        "failed to split the output tensor 'y' in responses: expected batch size of atleast 3 in model "
        "output, got 1"
    )


def test_an_output_of_another_datatype(load: Load) -> None:
    """Both datatypes are named."""
    module = load(Pair(), tensors("x"), tensors("OUT__0", datatype="TYPE_INT64"))
    with pytest.raises(LibTorchError) as caught:
        module.run([{"x": array([1, 1])}])
    assert str(caught.value) == (
        "configuration expects datatype TYPE_INT64 for output 'OUT__0', model provides TYPE_FP32"
    )


def test_an_output_that_forward_does_not_return(load: Load) -> None:
    """LibTorch finds out at the first request."""
    module = load(Pair(), tensors("x"), tensors("OUT__2"))
    with pytest.raises(LibTorchError) as caught:
        module.run([{"x": array([1, 1])}])
    assert str(caught.value) == (
        "The output OUT__2 in the model configuration refers to an output index which doesn't exist. This "
        "model has 2 outputs"
    )


def test_a_scalar_output(load: Load) -> None:
    """It has no batch dimension to split."""
    with pytest.raises(LibTorchError, match=r"^output 'y' is a scalar which is not supported\.$"):
        load(Total(), tensors("x"), tensors("y")).run([{"x": array([1, 1])}])


def test_a_list_of_tensors(load: Load) -> None:
    """A tuple is taken, a list is not."""
    with pytest.raises(LibTorchError, match="PyTorch execute failure: output must be of type Tensor, "):
        load(Listed(), tensors("x"), tensors("y")).run([{"x": array([1, 1])}])


@pytest.mark.parametrize("datatype", DATATYPES)
def test_every_datatype_passes_as_it_is(load: Load, datatype: str) -> None:
    """In and out, value by value."""
    values = torch.tensor([[0, 1, 5]]).to(DATATYPES[datatype]).numpy()
    module = load(FirstRow(), tensors("x"), tensors("y", datatype=datatype))
    (outcome,) = module.run([{"x": values}])
    assert not isinstance(outcome, str)
    assert outcome["y"].dtype == values.dtype
    assert outcome["y"].tolist() == values.tolist()


@pytest.mark.parametrize(
    ("module", "inputs", "outputs", "message"),
    [
        (
            Difference(),
            tensors("a"),
            tensors("y"),
            "unable to load model 'm', configuration expects 1 inputs, model provides 2",
        ),
        (
            Difference(),
            tensors("X__1", "Y__1"),
            tensors("y"),
            (
                "the inputs ['X__1', 'Y__1'] of model 'm' refer to the positions [1, 1], but forward has the "
                "positions 0 to 1"
            ),
        ),
        (
            Difference(),
            tensors("X__0", "Y__2"),
            tensors("y"),
            (
                "the inputs ['X__0', 'Y__2'] of model 'm' refer to the positions [0, 2], but forward has the "
                "positions 0 to 1"
            ),
        ),
        (
            Scaled(),
            tensors("x", "factor"),
            tensors("y"),
            (
                "An input of type 'float' was detected in the model. Only a single input of type Dict(str, "
                "Tensor) or input(s) of type Tensor are supported."
            ),
        ),
        (
            Pair(),
            tensors("x", datatype="TYPE_UINT16"),
            tensors("y"),
            "unsupported datatype TYPE_UINT16 for input 'x' for model 'm'",
        ),
        (
            Pair(),
            tensors("x"),
            tensors("y", datatype="TYPE_BF16"),
            "unsupported datatype TYPE_BF16 for output 'y' for model 'm'",
        ),
        (
            Pair(),
            [],
            tensors("y"),
            "model configuration must contain at least one input, none were specified.",
        ),
        (
            Pair(),
            tensors("x"),
            [],
            "model configuration must contain at least one output, none were specified.",
        ),
    ],
    ids=["count", "twice", "beyond", "no tensor", "input type", "output type", "no input", "no output"],
)
def test_a_configuration_that_does_not_fit_is_refused_at_load(
    load: Load, module: torch.nn.Module, inputs: Tensors, outputs: Tensors, message: str
) -> None:
    """In LibTorch's words, where it refuses; where it would crash, in ours."""
    with pytest.raises(LibTorchError) as caught:
        load(module, inputs, outputs)
    assert str(caught.value) == message


def test_what_only_the_native_backend_serves_is_refused_at_once(load: Load) -> None:
    """All of it in one message, with what to do."""
    strings = [{"name": "words", "data_type": "TYPE_STRING", "dims": [1]}]
    ragged = [{**tensors("y")[0], "allow_ragged_batch": True}]
    with pytest.raises(LibTorchError) as caught:
        load(Pair(), strings, ragged, sequence_batching={"oldest": {}})
    assert str(caught.value) == (
        "this machine's stand-in for the LibTorch backend does not serve 'sequence_batching', TYPE_STRING of "
        "'words', ragged batches of 'y'; the native backend does: deploy to AWS to try it"
    )


def test_a_missing_file(tmp_path: Path) -> None:
    """In LibTorch's words."""
    config = {"name": "m", "input": tensors("x"), "output": tensors("y")}
    with pytest.raises(LibTorchError, match=r"^unable to find '.*/gone\.pt' for model instance 'm'$"):
        LibTorchModule(tmp_path / "gone.pt", config)


def test_a_pickle_is_never_loaded(tmp_path: Path) -> None:
    """What ``torch.save`` writes is no TorchScript, and nothing of it is run."""
    torch.save(Pair(), tmp_path / "model.pt")
    config = {"name": "m", "input": tensors("x"), "output": tensors("y")}
    with pytest.raises(
        LibTorchError, match=r"^failed to load model 'm': PytorchStreamReader failed locating file"
    ):
        LibTorchModule(tmp_path / "model.pt", config)


@pytest.mark.parametrize("word", ["true", "TRUE", "1", "false", "0"])
def test_flags_are_read_as_triton_reads_them(load: Load, word: str) -> None:
    """The same answers with and without inference mode and the optimizing executor."""
    parameters = {key: {"string_value": word} for key in ("INFERENCE_MODE", "DISABLE_OPTIMIZED_EXECUTION")}
    module = load(Difference(), tensors("a", "b"), tensors("y"), parameters=parameters)
    (outcome,) = module.run([{"a": array([3, 3]), "b": array([1, 1])}])
    assert not isinstance(outcome, str)
    assert outcome["y"].tolist() == [[2, 2]]


def test_a_flag_that_is_no_flag(load: Load) -> None:
    """Names the parameter and its value."""
    with pytest.raises(
        LibTorchError, match=r"^failed to convert parameter INFERENCE_MODE 'maybe' to boolean value$"
    ):
        load(Pair(), tensors("x"), tensors("y"), parameters={"INFERENCE_MODE": {"string_value": "maybe"}})
