from collections.abc import Callable, Iterator

import pytest
import torch
from torch import nn

from model_packaging.eager import repeatable_factory
from model_packaging.eager.factory import EagerModel
from model_packaging.eager.repeatable_factory import check_repeatable_factory, weights_of
from model_packaging.errors import FactoryError


def sample(batch: int, generator: torch.Generator) -> dict[str, torch.Tensor]:
    return {"x": torch.rand(batch, 3, generator=generator)}


def check(make: Callable[[], nn.Module]) -> None:
    check_repeatable_factory(weights_of(make()), lambda: EagerModel(make(), sample), "models:factory")


def with_buffer(value: torch.Tensor) -> nn.Module:
    module = nn.Module()
    module.register_buffer("table", value, persistent=False)
    return module


def seeded(make: Callable[[], nn.Module]) -> nn.Module:
    torch.manual_seed(7)
    return make()


@pytest.mark.parametrize(
    "make",
    [
        lambda: seeded(lambda: nn.Linear(3, 2)),
        lambda: seeded(lambda: nn.Linear(3, 2, dtype=torch.bfloat16)),
        lambda: seeded(lambda: nn.Linear(3, 2, dtype=torch.complex64)),
        lambda: with_buffer(torch.full((2, 2), float("nan"))),
        lambda: with_buffer(torch.tensor(True)),  # noqa: FBT003 - a tensor's value
        lambda: with_buffer(torch.zeros(0, 3)),
        lambda: with_buffer(torch.arange(6).reshape(2, 3).T),
        lambda: with_buffer(torch.eye(3).to_sparse()),
        lambda: nn.LazyLinear(2),
        nn.Identity,
    ],
)
def test_equal_weights_pass(make: Callable[[], nn.Module]) -> None:
    """Of every type and layout; NaN equals NaN; what has no weights yet is not looked at."""
    check(make)


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (lambda: nn.Linear(3, 2, bias=False), "weight"),
        (lambda: with_buffer(torch.rand(3)), "table"),
        (lambda: nn.Sequential(nn.Linear(3, 2, bias=False)), r"0\.weight"),
    ],
)
def test_other_weights_are_refused(make: Callable[[], nn.Module], name: str) -> None:
    """The tensor is named, and what to do."""
    with pytest.raises(FactoryError) as caught:
        check(make)
    assert caught.match(rf"^models:factory: two calls with the same .* different weights \({name}\)\. Fix: ")
    assert caught.value.fix.startswith("derive all randomness from an argument such as random_seed")


@pytest.mark.parametrize(
    "others",
    [
        (torch.zeros(2), torch.zeros(3)),
        (torch.zeros(4), torch.zeros(2, 2)),
        (torch.zeros(2), torch.zeros(2, dtype=torch.int32)),
        (torch.tensor([0.0]), torch.tensor([-0.0])),
    ],
)
def test_a_difference_of_one_bit_shape_or_type_counts(others: tuple[torch.Tensor, torch.Tensor]) -> None:
    """Bit for bit, as the archive's key does."""
    made: Iterator[torch.Tensor] = iter(others)
    with pytest.raises(FactoryError, match=r"\(table\)"):
        check(lambda: with_buffer(next(made)))


def test_a_tensor_that_is_there_only_once_counts() -> None:
    """The names must be the same, too."""
    made: Iterator[nn.Module] = iter((nn.Identity(), nn.Linear(1, 1, bias=False)))
    with pytest.raises(FactoryError, match=r"\(weight\)"):
        check(lambda: next(made))


def test_a_large_model_is_not_made_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """It would double the time of its build."""
    monkeypatch.setattr(repeatable_factory, "CHECKED_BELOW_BYTES", 24)
    assert weights_of(nn.Linear(3, 2, bias=False)) is None
    assert weights_of(nn.Linear(3, 1, bias=False)) is not None
    check_repeatable_factory(None, lambda: pytest.fail("it was made again"), "models:factory")


def test_a_factory_that_can_be_called_only_once_passes() -> None:
    """Its second failure says nothing of its weights."""

    def refuse() -> EagerModel:
        raise FactoryError("models:factory raised RuntimeError: registered already.", "correct the factory.")

    check_repeatable_factory(weights_of(nn.Linear(3, 2)), refuse, "models:factory")
