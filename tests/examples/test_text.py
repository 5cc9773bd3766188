import pytest
import torch

from examples.text import encoder


@pytest.fixture(scope="module")
def module() -> torch.nn.Module:
    return encoder(7)[0]


def encode(module: torch.nn.Module, token_ids: list[list[int]], mask: list[list[int]]) -> torch.Tensor:
    with torch.inference_mode():
        answer: torch.Tensor = module(torch.tensor(token_ids), torch.tensor(mask))
    return answer


def test_the_seed_decides_the_weights(module: torch.nn.Module) -> None:
    """Equal seeds, equal models; other seeds, others."""
    text = [[1, 2, 3]], [[1, 1, 1]]
    assert torch.equal(encode(module, *text), encode(encoder(7)[0], *text))
    assert not torch.allclose(encode(module, *text), encode(encoder(8)[0], *text), atol=1e-3)


def test_the_global_generator_is_left_alone() -> None:
    """Building a model draws from nobody else's random numbers."""
    torch.manual_seed(3)
    expected = torch.rand(1)
    torch.manual_seed(3)
    encoder(7)
    assert torch.equal(torch.rand(1), expected)


@pytest.mark.parametrize("length", [1, 2, 47, 300])
def test_any_length_is_encoded(module: torch.nn.Module, length: int) -> None:
    """Also one longer than any sample; the embedding has length 1."""
    answer = encode(module, [list(range(length))] * 2, [[1] * length] * 2)
    assert answer.shape == (2, 64)
    torch.testing.assert_close(answer.norm(dim=1), torch.ones(2))


def test_padding_changes_nothing(module: torch.nn.Module) -> None:
    """Masked tokens are neither attended to nor averaged, whatever they are."""
    plain = encode(module, [[5, 6, 7]], [[1, 1, 1]])
    padded = encode(module, [[5, 6, 7, 900, 1]], [[1, 1, 1, 0, 0]])
    torch.testing.assert_close(padded, plain)


def test_the_mask_matters(module: torch.nn.Module) -> None:
    """Unmasking a token changes the answer."""
    masked = encode(module, [[5, 6, 7]], [[1, 1, 0]])
    assert not torch.allclose(masked, encode(module, [[5, 6, 7]], [[1, 1, 1]]), atol=1e-3)


def test_order_matters(module: torch.nn.Module) -> None:
    """Positions are encoded."""
    forwards = encode(module, [[5, 6, 7]], [[1, 1, 1]])
    assert not torch.allclose(forwards, encode(module, [[7, 6, 5]], [[1, 1, 1]]), atol=1e-3)


def test_an_empty_text_is_finite(module: torch.nn.Module) -> None:
    """Nothing but padding gives no NaN."""
    assert encode(module, [[1, 2]], [[0, 0]]).isfinite().all()


def test_samples_vary_in_length_and_padding() -> None:
    """So that the signature's variable dimension and the mask are seen."""
    samples = [encoder(7)[1](4, torch.Generator().manual_seed(seed)) for seed in range(8)]
    assert len({each["token_ids"].shape[1] for each in samples}) > 1
    assert any(0 < each["attention_mask"].float().mean() < 1 for each in samples)
    assert all((each["attention_mask"].sum(1) > 0).all() for each in samples)
