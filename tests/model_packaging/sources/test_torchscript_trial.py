"""TorchScript made elsewhere against what is declared of it, without a GPU."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from model_packaging.artifact import parse_config_pbtxt
from model_packaging.errors import SandboxError
from model_packaging.sources import torchscript_trial
from model_packaging.sources.torchscript_trial import output_misfits, torchscript_misfits, trial_inputs
from model_packaging.untrusted.sandbox import SandboxAnswer, SandboxedRun
from tests.model_packaging.torchscript_models import CONFIG, Linear, saved

X = "x FP32 [1, 6] (batch 1, of max_batch_size 8)"


class _Dictionary(torch.nn.Module):
    """It takes its tensors by name."""

    def forward(self, x: dict[str, torch.Tensor]) -> torch.Tensor:
        return x["x"]


class _Strange(torch.nn.Module):
    """It returns what Triton does not take."""

    def forward(self, x: torch.Tensor) -> dict[str, torch.Tensor]:
        return {"y": x}


@pytest.fixture(scope="module")
def linear(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return saved(Linear(), tmp_path_factory.mktemp("linear") / "model.pt")


def config(*changes: tuple[str, str]) -> Any:  # noqa: ANN401 - a message that tritonclient has no types for
    text = CONFIG
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return parse_config_pbtxt(text)


def run(*outputs: np.ndarray[Any, np.dtype[Any]], error: str = "") -> SandboxedRun:
    return SandboxedRun(outputs, error)


ONE = np.zeros((4, 1), np.float32)


@pytest.mark.parametrize(
    ("change", "outputs", "what"),
    [
        (("dims: [ 1 ]", "dims: [ 1 ]"), (ONE,), None),
        (("dims: [ 1 ]", "dims: [ -1 ]"), (ONE,), None),
        (("dims: [ 1 ]", "dims: [ 1 ] reshape { shape: [ ] }"), (ONE[:, 0],), None),
        (("dims: [ 1 ]", "dims: [ 1 ]"), (ONE, ONE), None),
        (("dims: [ 1 ]", "dims: [ 3 ]"), (ONE,), "is FP32 [4, 1], and declared as FP32 [4, 3]"),
        (("dims: [ 1 ]", "dims: [ -1, -1 ]"), (ONE,), "is FP32 [4, 1], and declared as FP32 [4, -1, -1]"),
        (("_FP32 dims: [ 1 ]", "_INT32 dims: [ 1 ]"), (ONE,), "is FP32 [4, 1], and declared as INT32 [4, 1]"),
        (("dims: [ 1 ]", "dims: [ 1 ]"), (ONE[0],), "is FP32 [1], and declared as FP32 [4, 1]"),
        (("dims: [ 1 ]", "dims: [ 1 ]"), (ONE[:1],), "is FP32 [1, 1], and declared as FP32 [4, 1]"),
        (("dims: [ 1 ]", "dims: [ 1 ]"), (), "is result 0, counted from 0, and forward returns 0"),
    ],
)
def test_an_answer_is_held_against_the_configuration(
    change: tuple[str, str], outputs: tuple[np.ndarray[Any, np.dtype[Any]], ...], what: str | None
) -> None:
    """Data type, rank, fixed dimensions, and the batch; what varies or is reshaped fits."""
    found = output_misfits(config(change), run(*outputs), 4)
    assert found == ({"y": what} if what else {})


def test_outputs_are_found_by_their_index() -> None:
    """As LibTorch does, in whatever order they are declared; without a batch dimension dims are all."""
    text = """output [ { name: "b__1" data_type: TYPE_INT64 dims: [ 2 ] },
                       { name: "a__0" data_type: TYPE_FP32 dims: [ 4, 1 ] },
                       { name: "c__2" data_type: TYPE_FP32 dims: [ 1 ] } ]"""
    found = output_misfits(parse_config_pbtxt(text), run(ONE, np.zeros(2, np.int64)), 0)
    assert found == {"c__2": "is result 2, counted from 0, and forward returns 2"}


def test_inputs_are_in_the_order_of_forward(tmp_path: Path) -> None:
    """Which is not that of config.pbtxt."""

    class Difference(torch.nn.Module):
        def forward(self, x: torch.Tensor, shift: torch.Tensor) -> torch.Tensor:
            return x - shift

    file = saved(Difference(), tmp_path / "model.pt")
    own = 'input [ { name: "x" data_type: TYPE_FP32 dims: [ 6 ] } ]'
    shift = 'input [ { name: "shift" data_type: TYPE_FP32 dims: [ 6 ] } ]'
    assert [each.name for each in trial_inputs(file, config((own, f"{shift} {own}")))] == ["x", "shift"]
    assert trial_inputs(file, config()) == ()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("FP32 dims: [ 6 ]", "STRING dims: [ 6 ]"),
        ("FP32 dims: [ 6 ]", "UINT16 dims: [ 6 ]"),
        ("dims: [ 6 ]", "dims: [ 6 ] optional: true"),
        ("dims: [ 6 ]", "dims: [ 6 ] allow_ragged_batch: true"),
        ("dims: [ 6 ]", "dims: [ 6 ] is_shape_tensor: true"),
        ('name: "x"', 'name: "other"'),
        ("output [", 'batch_input { kind: BATCH_ELEMENT_COUNT target_name: "n" } output ['),
        ("output [", 'sequence_batching { control_input { name: "START" } } output ['),
        ("output [", 'sequence_batching { state { input_name: "s" } } output ['),
    ],
)
def test_what_zeros_say_nothing_of_is_left_out(linear: Path, old: str, new: str) -> None:
    """Nothing is guessed."""
    assert len(trial_inputs(linear, config())) == 1
    assert trial_inputs(linear, config((old, new))) == ()


@pytest.mark.parametrize("module", [_Dictionary(), _Strange()], ids=["takes", "returns"])
def test_dictionaries_are_left_out(tmp_path: Path, module: torch.nn.Module) -> None:
    """Taken or returned."""
    assert trial_inputs(saved(module, tmp_path / "model.pt"), config()) == ()


Answers = Callable[[tuple[int, ...]], SandboxedRun]


@pytest.fixture
def trial(linear: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[str, ...]]:
    """``(answer to an input's shape, configuration) -> misfits``; no process is started."""

    def made(answers: Answers, declared: Any) -> tuple[str, ...]:  # noqa: ANN401 - see config
        def answer(_: Path, __: str, rows: list[list[Any]], **___: object) -> SandboxAnswer:
            return SandboxAnswer((), (), tuple(answers(row[0].shape) for row in rows), frozenset())

        monkeypatch.setattr(torchscript_trial, "run_torchscript", answer)
        return torchscript_misfits(linear, "m.pt", declared, trial_inputs(linear, declared))

    return made


def test_a_larger_batch_shows_what_the_first_does_not(trial: Callable[..., tuple[str, ...]]) -> None:
    """At most 4 are tried, and each output is told of once."""
    asked: list[tuple[int, ...]] = []

    def answers(shape: tuple[int, ...]) -> SandboxedRun:
        asked.append(shape)
        return run(ONE[:1])

    assert trial(answers, config()) == (
        "the output 'y' is FP32 [1, 1], and declared as FP32 [4, 1] (batch 4, of max_batch_size 8)",
    )
    assert asked == [(1, 6), (4, 6)]
    assert len(trial(answers, config(("dims: [ 1 ]", "dims: [ 3 ]")))) == 1


def test_what_small_sizes_fail_with_is_tried_larger(trial: Callable[..., tuple[str, ...]]) -> None:
    """Images have a smallest size; without a batch dimension there is one run."""
    asked: list[tuple[int, ...]] = []

    def answers(shape: tuple[int, ...]) -> SandboxedRun:
        asked.append(shape)
        return run(ONE[:1]) if shape[0] > 100 else run(error="too small")

    changes = (("max_batch_size: 8", "max_batch_size: 0"), ("dims: [ 6 ]", "dims: [ -1, 6 ]"))
    declared = config(*changes, ("dims: [ 1 ]", "dims: [ -1, 1 ]"))
    assert trial(answers, declared) == ()
    assert asked == [(2, 6), (128, 6)]


def test_why_forward_fails_is_said_once(trial: Callable[..., tuple[str, ...]]) -> None:
    """In torch's words, of the smallest batch."""
    assert trial(lambda _: run(error="too small."), config()) == (
        f"forward fails with the declared inputs {X}: too small",
    )


def test_what_runs_on_a_gpu_alone_is_not_judged(trial: Callable[..., tuple[str, ...]]) -> None:
    """The laptop has none."""
    error = "Could not run 'aten::empty_strided' with arguments from the 'CUDA' backend."
    assert trial(lambda _: run(error=error), config()) == ()


@pytest.mark.parametrize("dims", [f"{1 << 40}", "-1, " * 40 + "6"])
def test_what_is_too_large_is_not_tried(trial: Callable[..., tuple[str, ...]], dims: str) -> None:
    """A configuration made elsewhere may say anything."""
    assert trial(lambda _: run(error="never"), config(("dims: [ 6 ]", f"dims: [ {dims} ]"))) == ()


def test_a_trial_can_be_cancelled(linear: Path) -> None:
    """As every process that is started."""
    cancelled = threading.Event()
    cancelled.set()
    with pytest.raises(SandboxError, match="cancelled"):
        torchscript_misfits(linear, "m.pt", config(), trial_inputs(linear, config()), cancelled)
