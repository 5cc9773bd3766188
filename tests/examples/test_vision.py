import torch

from examples.vision import classifier


def test_the_seed_decides_the_weights() -> None:
    """Equal seeds, equal models; other seeds, others."""
    image = torch.rand(1, 3, 160, 160)
    with torch.inference_mode():
        answers = [classifier(seed)[0](image) for seed in (7, 7, 8)]
    assert torch.equal(answers[0], answers[1])
    assert not torch.allclose(answers[0], answers[2], atol=1e-3)


def test_the_global_generator_is_left_alone() -> None:
    """Building a model draws from nobody else's random numbers."""
    torch.manual_seed(3)
    expected = torch.rand(1)
    torch.manual_seed(3)
    classifier(7)
    assert torch.equal(torch.rand(1), expected)


def test_it_scores_ten_classes() -> None:
    """Of a batch of samples."""
    module, sample = classifier(7)
    inputs = sample(3, torch.Generator().manual_seed(0))
    assert {name: tuple(value.shape) for name, value in inputs.items()} == {"image": (3, 3, 160, 160)}
    with torch.inference_mode():
        assert module(**inputs).shape == (3, 10)


def test_its_answer_depends_on_the_image() -> None:
    """Otherwise comparing answers would prove nothing."""
    module, sample = classifier(7)
    with torch.inference_mode():
        scores = module(**sample(2, torch.Generator().manual_seed(0)))
    assert (scores[0] - scores[1]).abs().max() > 1e-4


def test_it_is_small() -> None:
    """Under a megabyte of weights."""
    assert sum(value.numel() * value.element_size() for value in classifier(7)[0].state_dict().values()) < 1e6
