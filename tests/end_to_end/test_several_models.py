"""Endpoints with several models on real parts: packaged, deployed by the stock CDK CLI, asked, compared."""

from collections import Counter
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.end_to_end.project import Project

pytestmark = pytest.mark.integration

DEPLOYMENT = "deployments/several-models.yaml"
ASKED = {
    (target, batch_size): 5
    for target in ("many.one", "many.two", "many.three", "side-by-side.one", "side-by-side.two", "in-a-row")
    for batch_size in (1, 4)
}


@pytest.fixture(scope="module")
def rehearsed(project: Project) -> dict[str, Any]:
    """Return the document of one `seatrial rehearse` of the deployment."""
    return project.document("rehearse", DEPLOYMENT)


def test_every_model_answers_as_eager_pytorch_does(rehearsed: dict[str, Any]) -> None:
    """By TargetModel, by TargetContainerHostname, and through both containers in a row."""
    answers = rehearsed["answers"]
    assert Counter((answer["target"], answer["batch_size"]) for answer in answers) == ASKED
    assert [answer["wrong"] for answer in answers] == [[]] * len(answers)
    assert rehearsed["ok"] is True


@pytest.mark.usefixtures("rehearsed")
@pytest.mark.parametrize(
    ("endpoint", "option", "answer"),
    [
        ("many", ("--model", "three"), [[3.0]]),
        ("side-by-side", ("--container", "two"), [[2.0]]),
    ],
)
def test_invoke_names_the_model_or_the_container(
    project: Project, endpoint: str, option: tuple[str, str], answer: list[list[float]]
) -> None:
    """`seatrial invoke` knows the archive's address and the container's name."""
    answered = project.document("invoke", DEPLOYMENT, endpoint, *option)
    assert answered["outputs"] == {"OUTPUT__0": answer}


@pytest.mark.usefixtures("rehearsed")
def test_the_stock_client_takes_the_outputs_of_the_stack(project: Project) -> None:
    """TargetModel stands in the stack's outputs, and what is not below the prefix is refused."""
    [stack] = project.client("cloudformation").describe_stacks(StackName="several-models-many")["Stacks"]
    targets = {
        each["Description"].rpartition(" ")[2]: each["OutputValue"]
        for each in stack["Outputs"]
        if each["Description"].startswith("What invoke_endpoint takes as TargetModel")
    }
    assert sorted(targets) == ["one", "three", "two"]
    body = b'{"inputs": [{"name": "features", "shape": [1, 4], "datatype": "FP32", "data": [1, 2, 3, 4]}]}'
    runtime = project.client("sagemaker-runtime")
    found = runtime.invoke_endpoint(
        EndpointName="several-models-many",
        ContentType="application/json",
        TargetModel=targets["two"],
        Body=body,
    )
    assert b'"data":[2.0]' in found["Body"].read()
    with pytest.raises(ClientError) as refusal:
        runtime.invoke_endpoint(
            EndpointName="several-models-many",
            ContentType="application/json",
            TargetModel=f"{'0' * 64}.tar.gz",
            Body=body,
        )
    assert refusal.value.response["Error"]["Code"] == "ValidationError"


@pytest.mark.usefixtures("rehearsed")
def test_the_models_are_described_as_declared(project: Project) -> None:
    """Prefix, containers and mode, all in isolation."""
    described = {
        endpoint: described_model(project, endpoint) for endpoint in ("many", "side-by-side", "in-a-row")
    }
    container = described["many"]["PrimaryContainer"]
    assert container["Mode"] == "MultiModel"
    assert container["ModelDataUrl"].endswith("/several-models-many/")
    assert container["MultiModelConfig"] == {"ModelCacheSetting": "Enabled"}
    for endpoint, mode, hostnames in (
        ("side-by-side", "Direct", ["one", "two"]),
        ("in-a-row", "Serial", ["scaler", "scorer"]),
    ):
        assert described[endpoint]["InferenceExecutionConfig"] == {"Mode": mode}
        assert [each["ContainerHostname"] for each in described[endpoint]["Containers"]] == hostnames
    assert [each["EnableNetworkIsolation"] for each in described.values()] == [True, True, True]


@pytest.mark.soak
@pytest.mark.usefixtures("rehearsed")
def test_another_content_of_a_model_replaces_neither_model_nor_configuration(project: Project) -> None:
    """Only its archive is uploaded: that is what a multi-model endpoint is for."""
    sagemaker = project.client("sagemaker")
    before = sagemaker.describe_endpoint(EndpointName="several-models-many")["EndpointConfigName"]
    project.replace_in_deployment("{value: 3.0}", "{value: 33.0}", DEPLOYMENT)
    assert project.seatrial("package", DEPLOYMENT).returncode == 0
    deployed = project.cdk(
        "deploy",
        "several-models-many",
        "--exclusively",
        "--require-approval",
        "never",
        "--context",
        f"deployment={DEPLOYMENT}",
        "--context",
        "seatrial:nag=false",
    )
    assert deployed.returncode == 0, deployed.stderr
    after = sagemaker.describe_endpoint(EndpointName="several-models-many")["EndpointConfigName"]
    assert after == before
    answered = project.document("invoke", DEPLOYMENT, "many", "--model", "three")
    assert answered["outputs"] == {"OUTPUT__0": [[33.0]]}


def described_model(project: Project, endpoint: str) -> dict[str, Any]:
    """Return what DescribeModel says of the one model of an endpoint's variant."""
    sagemaker = project.client("sagemaker")
    config = sagemaker.describe_endpoint(EndpointName=f"several-models-{endpoint}")["EndpointConfigName"]
    [variant] = sagemaker.describe_endpoint_config(EndpointConfigName=config)["ProductionVariants"]
    described: dict[str, Any] = sagemaker.describe_model(ModelName=variant["ModelName"])
    return described
