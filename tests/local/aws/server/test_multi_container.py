"""Models of several containers: serial inference pipelines, and direct invocation."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.aws.client import LocalAws
from tests.local.aws.account import IMAGE, Account
from tests.local.aws.tiny_models import failing_model_archive, scaling_model_archive

pytestmark = pytest.mark.integration

_GENERATE = {"SAGEMAKER_TRITON_INFERENCE_TYPE": "generate"}
"""With it, answers and requests are JSON objects of tensors by name: containers can follow each other."""
_V2 = {"inputs": [{"name": "x", "shape": [1, 1], "datatype": "FP32", "data": [2.0]}]}


def _containers(account: Account, *archives: bytes, **more: object) -> list[dict[str, Any]]:
    return [
        {
            "Image": IMAGE,
            "ModelDataUrl": account.upload(archive),
            "ContainerHostname": f"stage{number}",
            **more,
        }
        for number, archive in enumerate(archives, 1)
    ]


def _create(account: Account, containers: list[dict[str, Any]], mode: str | None = None) -> str:
    name = account.new_name("containers")
    more = {} if mode is None else {"InferenceExecutionConfig": {"Mode": mode}}
    account.sagemaker.create_model(
        ModelName=name, ExecutionRoleArn=account.role_arn, Containers=containers, **more
    )
    account.sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=account.create_config(name))
    return name


def _ask(account: Account, endpoint: str, document: object, **more: str) -> Any:  # noqa: ANN401 - JSON
    answer = account.runtime.invoke_endpoint(
        EndpointName=endpoint, ContentType="application/json", Body=json.dumps(document), **more
    )
    return json.loads(answer["Body"].read())


def _refusal(account: Account, endpoint: str, document: object, **more: str) -> dict[str, Any]:
    with pytest.raises(ClientError) as caught:
        _ask(account, endpoint, document, **more)
    response: dict[str, Any] = caught.value.response
    return response


@pytest.fixture(scope="module")
def pipeline(account: Account) -> str:
    """An endpoint of three containers, each of which multiplies ``x``: by 2, by 3, by 5."""
    archives = [scaling_model_archive(factor, output="x") for factor in (2, 3)]
    containers = _containers(account, *archives, scaling_model_archive(5), Environment=_GENERATE)
    name = _create(account, containers)
    account.wait_endpoint(name, "InService")
    return name


@pytest.fixture(scope="module")
def direct(account: Account) -> str:
    """An endpoint of two containers: ``stage1`` doubles, ``stage2`` triples."""
    containers = _containers(account, scaling_model_archive(2), scaling_model_archive(3))
    name = _create(account, containers, "Direct")
    account.wait_endpoint(name, "InService")
    return name


def test_a_pipeline_passes_each_answer_on(account: Account, pipeline: str) -> None:
    """The last container's answer is the client's."""
    for value in (1.0, 4.0):
        assert _ask(account, pipeline, {"x": [value]})["y"] == 30.0 * value


def test_a_pipeline_counts_as_one_invocation_and_streams_its_end(account: Account, pipeline: str) -> None:
    """By the operation that streams, too."""
    answer = account.runtime.invoke_endpoint_with_response_stream(
        EndpointName=pipeline, ContentType="application/json", Body=json.dumps({"x": [2.0]})
    )
    body = b"".join(event["PayloadPart"]["Bytes"] for event in answer["Body"])
    assert json.loads(body)["y"] == 60.0


def test_a_container_that_refuses_is_named(account: Account, pipeline: str) -> None:
    """ModelError, with that container's status and words; those behind it are not asked."""
    response = _refusal(account, pipeline, {"wrong": [1.0]})
    assert response["Error"]["Code"] == "ModelError"
    assert response["OriginalStatusCode"] == 400
    assert response["Error"]["Message"].startswith("Received client error (400) from stage1 with message")


def test_a_container_behind_the_first_that_fails_is_named(account: Account) -> None:
    """The second one has no hostname; it says that Triton's ordinary answer is no ordinary request."""
    archives = [scaling_model_archive(2), scaling_model_archive(3)]
    containers = _containers(account, *archives)
    for container in containers:
        del container["ContainerHostname"]
    name = _create(account, containers, "Serial")
    account.wait_endpoint(name, "InService")
    response = _refusal(account, name, _V2)
    assert response["Error"]["Message"].startswith(
        "Received server error (500) from container-2 with message"
    )
    account.sagemaker.delete_endpoint(EndpointName=name)


def test_direct_invocation_asks_one_container(account: Account, direct: str) -> None:
    """The one that the request names."""
    assert account.invoke(direct, 2.0, TargetContainerHostname="stage1") == 4.0
    assert account.invoke(direct, 2.0, TargetContainerHostname="stage2") == 6.0


def test_direct_invocation_needs_a_container(account: Account, direct: str) -> None:
    """ValidationError that names those there are."""
    error = _refusal(account, direct, _V2)["Error"]
    assert error == {
        "Code": "ValidationError",
        "Message": f"Endpoint {direct} is configured for direct invocation: TargetContainerHostname is "
        "required. Its containers are stage1, stage2.",
    }


def test_direct_invocation_of_an_unknown_container(account: Account, direct: str) -> None:
    """ValidationError that names those there are."""
    error = _refusal(account, direct, _V2, TargetContainerHostname="stage3")["Error"]
    assert error == {
        "Code": "ValidationError",
        "Message": f"Target container stage3 not found for endpoint {direct}. Its containers are stage1, "
        "stage2.",
    }


def test_a_container_that_fails_alone_is_named(account: Account, direct: str) -> None:
    """ModelError, as of a pipeline."""
    response = _refusal(account, direct, {}, TargetContainerHostname="stage2")
    assert response["Error"]["Message"].startswith("Received server error (500) from stage2 with message")


def test_a_pipeline_takes_no_targets(account: Account, pipeline: str) -> None:
    """Neither a container nor a model."""
    error = _refusal(account, pipeline, {"x": [1.0]}, TargetContainerHostname="stage1")["Error"]
    assert error["Message"] == (
        f"Endpoint {pipeline} is not configured for direct invocation and does not support "
        "TargetContainerHostname."
    )
    error = _refusal(account, pipeline, {"x": [1.0]}, TargetModel="m.tar.gz")["Error"]
    assert error["Message"] == (
        f"Endpoint {pipeline} is not a multi-model endpoint and does not support target model header."
    )


def test_the_status_shows_each_container(direct: str, local_aws: LocalAws) -> None:
    """And what of it is served differently."""
    (variant,) = next(each for each in local_aws.status().endpoints if each.name == direct).variants
    assert variant.model == "stage1: scale, stage2: scale"
    assert variant.overlays == tuple(
        f"{stage}: scale/config.pbtxt:6: KIND_GPU is served as KIND_CPU on this machine"
        for stage in ("stage1", "stage2")
    )


def test_a_container_that_does_not_start_fails_the_endpoint(account: Account) -> None:
    """Its name stands in the reason; the others are stopped."""
    archives = [scaling_model_archive(2), failing_model_archive("never")]
    name = _create(account, _containers(account, *archives), "Direct")
    reason = account.wait_endpoint(name, "Failed")["FailureReason"]
    assert reason.startswith(
        "The stage2 container for production variant AllTraffic did not pass the ping health check."
    )
    assert "never" in reason
    account.sagemaker.delete_endpoint(EndpointName=name)


def test_a_stack_creates_and_describes_it(account: Account) -> None:
    """CloudFormation passes containers and the way they are invoked, and the model is described with them."""
    containers = _containers(account, scaling_model_archive(2), scaling_model_archive(3))
    name = account.new_name("containers")
    template = json.loads(account.endpoint_template(name, ""))
    template["Resources"]["Model"]["Properties"] = {
        "ModelName": name,
        "ExecutionRoleArn": account.role_arn,
        "Containers": containers,
        "InferenceExecutionConfig": {"Mode": "Direct"},
    }
    account.cloudformation.create_stack(StackName=name, TemplateBody=json.dumps(template))
    assert account.wait_stack(name) == "CREATE_COMPLETE"
    described = account.sagemaker.describe_model(ModelName=name)
    assert described["Containers"] == containers
    assert described["InferenceExecutionConfig"] == {"Mode": "Direct"}
    assert account.invoke(name, 2.0, TargetContainerHostname="stage2") == 6.0
    account.cloudformation.delete_stack(StackName=name)
