"""A model of several containers."""

from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest

from seatrial_hosting import (
    HostingError,
    InferenceExecutionMode,
    ModelArtifact,
    PipelineModel,
    PrivateNetwork,
    PyTorchImage,
    ServingContainer,
    TritonImage,
)

Find = Callable[[cdk.Stack, str], dict[str, dict[str, Any]]]
Statements = Callable[[cdk.Stack], dict[str, dict[str, Any]]]
Make = Callable[..., PipelineModel]

TRITON = TritonImage.from_catalogue("24.09", "eu-west-1")
PYTORCH = PyTorchImage.from_catalogue("2.6.0", "eu-west-1", gpu=False)
KEYS = [f"arn:aws:kms:eu-west-1:123456789012:key/{name}" for name in ("a", "b")]


def container(
    name: str, image: TritonImage | PyTorchImage = TRITON, key: str | None = None, **environment: str
) -> ServingContainer:
    artifact = ModelArtifact("ab" * 32, "models", f"{name}.tar.gz", key)
    return ServingContainer(image, artifact, ("SERVED", name), environment)


@pytest.fixture
def make(stack: cdk.Stack, network: PrivateNetwork) -> Make:
    """Make a model of the given containers in ``stack``."""

    def made(containers: dict[str, ServingContainer], **arguments: Any) -> PipelineModel:  # noqa: ANN401 - passed on
        return PipelineModel(stack, "Model", network=network, containers=containers, **arguments)

    return made


def properties_of(stack: cdk.Stack, find: Find) -> dict[str, Any]:
    (model,) = find(stack, "AWS::SageMaker::Model").values()
    properties: dict[str, Any] = model["Properties"]
    return properties


def test_containers_stand_in_their_order(stack: cdk.Stack, make: Make, find: Find) -> None:
    """Each with its name, image, artifact and variables."""
    make({"second": container("two", PYTORCH, LEVEL="1"), "first": container("one")})
    properties = properties_of(stack, find)
    assert properties["Containers"] == [
        {
            "ContainerHostname": "second",
            "Image": PYTORCH.uri,
            "ModelDataUrl": "s3://models/two.tar.gz",
            "Environment": {"SERVED": "two", "LEVEL": "1"},
        },
        {
            "ContainerHostname": "first",
            "Image": TRITON.uri,
            "ModelDataUrl": "s3://models/one.tar.gz",
            "Environment": {"SERVED": "one"},
        },
    ]
    assert "PrimaryContainer" not in properties
    assert properties["EnableNetworkIsolation"] is True


@pytest.mark.parametrize("mode", list(InferenceExecutionMode))
def test_the_mode_says_who_answers(
    stack: cdk.Stack, make: Make, find: Find, mode: InferenceExecutionMode
) -> None:
    """All in a row, or the one that is named."""
    make({"a": container("one"), "b": container("two")}, mode=mode)
    assert properties_of(stack, find)["InferenceExecutionConfig"] == {"Mode": mode.value}


def test_in_a_row_is_the_default(stack: cdk.Stack, make: Make, find: Find) -> None:
    """As at AWS."""
    make({"a": container("one"), "b": container("two")})
    assert properties_of(stack, find)["InferenceExecutionConfig"] == {"Mode": "Serial"}


def test_the_role_reads_and_pulls_what_the_containers_need(
    stack: cdk.Stack, make: Make, statements: Statements
) -> None:
    """One statement for all artifacts, one for all keys, one for all repositories, each named once."""
    make(
        {
            "a": container("one", key=KEYS[0]),
            "b": container("two", PYTORCH, key=KEYS[1]),
            "c": container("one", key=KEYS[0]),
        }
    )
    found = statements(stack)
    assert found["ReadArtifact"]["Resource"] == [
        "arn:aws:s3:::models/one.tar.gz",
        "arn:aws:s3:::models/two.tar.gz",
    ]
    assert found["DecryptArtifact"]["Resource"] == KEYS
    repositories = [each.rpartition("/")[2] for each in found["PullImage"]["Resource"]]
    assert sorted(repositories) == ["pytorch-inference", "sagemaker-tritonserver"]


@pytest.mark.parametrize("count", [0, 1, 16])
def test_a_wrong_number_of_containers_is_refused(make: Make, count: int) -> None:
    """SageMaker takes 2 to 15."""
    with pytest.raises(HostingError, match=f"there are {count} containers; SageMaker takes 2 to 15"):
        make({f"c{number}": container("one") for number in range(count)})


def test_fifteen_containers_are_taken(stack: cdk.Stack, make: Make, find: Find) -> None:
    """The most there may be."""
    make({f"c{number}": container("one") for number in range(15)})
    assert len(properties_of(stack, find)["Containers"]) == 15


@pytest.mark.parametrize("hostname", ["-a", "a-", "a_b", "a.b", "", "a" * 64])
def test_a_hostname_that_sagemaker_does_not_take_is_refused(make: Make, hostname: str) -> None:
    """Letters, digits and hyphens in between, at most 63."""
    with pytest.raises(HostingError) as refusal:
        make({hostname: container("one"), "b": container("two")})
    assert f"a container is called {hostname!r}; SageMaker takes at most 63 letters" in str(refusal.value)


def test_all_problems_of_all_containers_are_told_at_once(make: Make) -> None:
    """Each with the container's name."""
    foreign = TritonImage.from_catalogue("24.09", "us-east-1")
    with pytest.raises(HostingError) as refusal:
        make({"a": container("one", SERVED="x"), "b": container("two", foreign)})
    assert "a: environment sets SERVED" in str(refusal.value)
    assert "b: image " in str(refusal.value)
