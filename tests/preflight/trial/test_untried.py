"""Which failures to load are this machine's."""

import pytest

from preflight.trial._untried import missing_here


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        (
            "model 'm': unable to find backend library for backend 'tensorrt', try specifying runtime",
            "this machine's Triton has no backend 'tensorrt'",
        ),
        (
            "model 'm': ModuleNotFoundError: No module named 'vllm'",
            "it imports 'vllm', which this machine's environment for Triton lacks",
        ),
        (
            "No CUDA GPUs are available",
            "it asks for a GPU, which this machine's Triton has not (No CUDA GPUs are available)",
        ),
        (
            "model 'm': this machine's stand-in for the LibTorch backend does not serve 'TYPE_STRING'",
            "this machine's stand-in for the LibTorch backend does not serve 'TYPE_STRING'",
        ),
        (
            "bad EXECUTION_ENV_PATH",
            "it brings its own Python environment, which does not start here (bad EXECUTION_ENV_PATH)",
        ),
    ],
)
def test_what_this_machine_lacks(failure: str, words: str) -> None:
    """It is said plainly, as a clause."""
    assert missing_here(failure) == words


@pytest.mark.parametrize(
    "failure",
    [
        "model 'm': unable to find backend library for backend 'pytroch'",
        "model 'm': ValueError: no weights",
        "ModuleNotFoundError: something else",
    ],
)
def test_the_model_s_own_failures(failure: str) -> None:
    """A backend that nobody has is a mistake in the configuration, and a finding."""
    assert missing_here(failure) == ""
