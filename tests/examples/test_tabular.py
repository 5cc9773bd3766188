"""The two models in a row, and the entry point that hands arrays over."""

import io
from pathlib import Path

import numpy as np
import pytest
import torch

from examples import exact_arrays
from examples.tabular import FEATURES, scaler, scorer


def test_what_one_returns_the_other_takes() -> None:
    """The same seed gives the same models."""
    first, draw = scaler(random_seed=1)
    second, _ = scorer(random_seed=2)
    row = draw(3, torch.Generator().manual_seed(3))["row"]
    assert row.shape == (3, FEATURES)
    with torch.inference_mode():
        answer = second(first(row))
        again = scorer(random_seed=2)[0](scaler(random_seed=1)[0](row))
    assert answer.shape == (3, 1)
    assert torch.equal(answer, again)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float16, torch.int64, torch.int32])
def test_arrays_keep_their_data_type(dtype: torch.dtype) -> None:
    """Whatever the caller accepts: what is written is what is read."""
    tensor = torch.tensor([[1, 2], [3, 4]], dtype=dtype)
    body, content_type = exact_arrays.output_fn(tensor, "application/json")
    assert content_type == "application/x-npy"
    read = exact_arrays.input_fn(body, content_type)
    assert read.dtype == dtype
    assert torch.equal(read, tensor)


def test_what_is_no_npy_is_refused() -> None:
    """Rather than guessed; a pickle is never read."""
    with pytest.raises(ValueError, match="text/csv is sent; application/x-npy is taken"):
        exact_arrays.input_fn(b"1,2", "text/csv")
    buffer = io.BytesIO()
    np.save(buffer, np.array([{}], dtype=object), allow_pickle=True)
    with pytest.raises(ValueError, match="allow_pickle"):
        exact_arrays.input_fn(buffer.getvalue(), "application/x-npy")


def test_the_model_is_loaded_from_the_artifact(tmp_path: Path) -> None:
    """As the toolkit asks for it."""
    module, draw = scorer(random_seed=2)
    sample = draw(2, torch.Generator().manual_seed(3))["scaled"]
    torch.jit.trace(module, sample).save(tmp_path / "model.pt")  # type: ignore[no-untyped-call]  # torch's
    with torch.inference_mode():
        assert torch.allclose(exact_arrays.model_fn(str(tmp_path))(sample), module(sample))
