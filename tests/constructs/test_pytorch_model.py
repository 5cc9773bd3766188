"""A model that one of SageMaker's PyTorch images serves."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest

from seatrial_hosting import HostingError, ModelArtifact, PrivateNetwork, PyTorchImage, PyTorchModel

Find = Callable[..., Any]
CONTENT_KEY = "c" * 64


@pytest.fixture
def make_pytorch_model(
    stack: cdk.Stack, network: PrivateNetwork, tmp_path: Path
) -> Callable[..., PyTorchModel]:
    """Make a model in ``stack``, with further variables."""

    def make(environment: dict[str, str]) -> PyTorchModel:
        return PyTorchModel(
            stack,
            "Model",
            network=network,
            image=PyTorchImage.from_catalogue("2.6.0", "eu-west-1", gpu=False),
            artifact=ModelArtifact.from_file(stack, tmp_path / "model.tar.gz", content_key=CONTENT_KEY),
            program="inference.py",
            environment=environment,
        )

    return make


def test_the_container_knows_its_entry_point(
    stack: cdk.Stack, make_pytorch_model: Callable[..., PyTorchModel], find: Find
) -> None:
    """Image, isolation, and the variable that the toolkit reads; no variable of Triton's."""
    make_pytorch_model({"OMP_NUM_THREADS": "1"})
    [model] = find(stack, "AWS::SageMaker::Model").values()
    properties = model["Properties"]
    assert properties["EnableNetworkIsolation"] is True
    assert properties["PrimaryContainer"]["Image"].endswith("/pytorch-inference:2.6.0-cpu-py312")
    assert properties["PrimaryContainer"]["Environment"] == {
        "SAGEMAKER_PROGRAM": "inference.py",
        "OMP_NUM_THREADS": "1",
    }


def test_the_entry_point_is_said_once(make_pytorch_model: Callable[..., PyTorchModel]) -> None:
    """As a variable it would contradict the argument."""
    with pytest.raises(HostingError, match="environment sets SAGEMAKER_PROGRAM; say it as the argument"):
        make_pytorch_model({"SAGEMAKER_PROGRAM": "other.py"})
