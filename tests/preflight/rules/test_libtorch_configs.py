"""The rule about what LibTorch's backend asks of a config.pbtxt."""

import pytest

from preflight import inspect_artifact
from tests.preflight.rules.echo_configs import GOOD, artifact_of

TEXTS = GOOD.replace("python", "pytorch").replace('"x" data_type: TYPE_FP32', '"x" data_type: TYPE_STRING')


def found(config: str) -> list[tuple[str, str]]:
    return [
        (each.what, each.allowed) for each in inspect_artifact(artifact_of(config)) if each.rule == "SEA314"
    ]


def test_sea314_strings_of_several_dimensions() -> None:
    """The batch counts, and so does a second dimension without one; outputs are as inputs."""
    allowed = "one dimension, the batch's included."
    assert found(TEXTS) == [("The input 'x' is TYPE_STRING with dims [4], and max_batch_size is 4.", allowed)]
    unbatched = TEXTS.replace("max_batch_size: 4", "max_batch_size: 0")
    assert found(unbatched.replace("[ 4 ] } ]\noutput", "[ 4, 2 ] } ]\noutput")) == [
        ("The input 'x' is TYPE_STRING with dims [4, 2], and max_batch_size is 0.", allowed)
    ]
    output = GOOD.replace("python", "pytorch").replace(
        '"y" data_type: TYPE_FP32', '"y" data_type: TYPE_STRING'
    )
    assert [what.split()[1] for what, _ in found(output)] == ["output"]


@pytest.mark.parametrize(
    "config",
    [
        TEXTS.replace("max_batch_size: 4", "max_batch_size: 0"),
        TEXTS.replace("[ 4 ] } ]\noutput", "[ 1 ] reshape { } } ]\noutput"),
        TEXTS.replace("pytorch", "python"),
        GOOD.replace("python", "pytorch"),
    ],
)
def test_strings_that_libtorch_takes(config: str) -> None:
    """A list of them, a scalar of each request, other backends, other types."""
    assert found(config) == []
