"""InvokeEndpointWithResponseStream, by the stock boto3."""

import json
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from botocore.exceptions import EventStreamError

from invocation import EndpointClient
from model_packaging.artifact import Signature, TensorSpec
from tests.local.aws.account import IMAGE, Account
from tests.local.aws.component_account import SMALL, ComponentAccount
from tests.local.aws.tiny_models import counting_model_archive, scaling_model_archive

pytestmark = pytest.mark.integration

_PAUSE_SECONDS = 0.4
_STREAM = {"SAGEMAKER_TRITON_INFERENCE_TYPE": "generate_stream"}


def _parts(account: Account, endpoint: str, n: int, **more: str) -> Iterator[tuple[float, bytes]]:
    began = time.monotonic()
    answer = account.runtime.invoke_endpoint_with_response_stream(
        EndpointName=endpoint, ContentType="application/json", Body=json.dumps({"n": n}), **more
    )
    assert answer["InvokedProductionVariant"] == "AllTraffic"
    assert answer["ContentType"].startswith("text/event-stream")
    for event in answer["Body"]:
        yield time.monotonic() - began, event["PayloadPart"]["Bytes"]


def _numbers(stream: bytes) -> list[int]:
    events = [line.removeprefix(b"data: ") for line in stream.split(b"\n") if line.startswith(b"data: ")]
    return [json.loads(event)["i"] for event in events]


def _create(account: Account, archive: bytes, environment: dict[str, str]) -> str:
    name = account.new_name("stream")
    account.sagemaker.create_model(
        ModelName=name,
        ExecutionRoleArn=account.role_arn,
        PrimaryContainer={
            "Image": IMAGE,
            "ModelDataUrl": account.upload(archive),
            "Environment": environment,
        },
    )
    account.sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=account.create_config(name))
    return name


@pytest.fixture(scope="module")
def counting(account: Account) -> str:
    """An endpoint whose decoupled model answers n times, with a pause between."""
    name = _create(account, counting_model_archive(_PAUSE_SECONDS), _STREAM)
    account.wait_endpoint(name, "InService")
    return name


def test_parts_come_as_the_model_makes_them(account: Account, counting: str) -> None:
    """The first part is there before the last is made, and together they are what the model said."""
    parts = list(_parts(account, counting, 4))
    assert _numbers(b"".join(part for _, part in parts)) == [0, 1, 2, 3]
    first, last = parts[0][0], parts[-1][0]
    assert last - first > 2 * _PAUSE_SECONDS
    assert first < last - 2 * _PAUSE_SECONDS


def test_our_client_gives_arrays_as_the_model_makes_them(account: Account, counting: str) -> None:
    """Each answer is there before the next one is made."""
    number = (TensorSpec("n", "INT32", (1,)),), (TensorSpec("i", "INT32", (1,)),)
    client = EndpointClient(
        account.runtime, endpoint_name=counting, signature=Signature(*number, batched=False)
    )
    answers = list(client.stream({"n": np.array([3], np.int32)}))
    assert [answer.outputs["i"].tolist() for answer in answers] == [[0], [1], [2]]
    assert {answer.variant for answer in answers} == {"AllTraffic"}
    assert answers[2].seconds - answers[0].seconds > _PAUSE_SECONDS


def test_an_ordinary_invocation_gets_the_whole_stream(account: Account, counting: str) -> None:
    """In one body, of the content type that the container says: as Triton's frontend answers."""
    answer = account.runtime.invoke_endpoint(
        EndpointName=counting, ContentType="application/json", Body=json.dumps({"n": 2})
    )
    assert answer["ContentType"].startswith("text/event-stream")
    assert _numbers(answer["Body"].read()) == [0, 1]


def test_a_wrong_request_is_an_error_and_no_stream(account: Account, counting: str) -> None:
    """ModelError, as of InvokeEndpoint; JSON that can't be parsed is a server error of Triton's."""
    with pytest.raises(account.runtime.exceptions.ModelError) as caught:
        account.runtime.invoke_endpoint_with_response_stream(EndpointName=counting, Body=b"{")
    response: dict[str, Any] = caught.value.response
    assert response["OriginalStatusCode"] == 500
    assert "failed to parse" in response["OriginalMessage"]


def test_a_connection_that_breaks_ends_the_stream_with_its_error(account: Account) -> None:
    """What came before stays; then ModelStreamError says StreamBroken."""
    archive = counting_model_archive(0.1, ends="time.sleep(0.2); os.kill(os.getppid(), 9)  # Triton itself")
    name = _create(account, archive, _STREAM)
    account.wait_endpoint(name, "InService")
    seen: list[tuple[float, bytes]] = []
    with pytest.raises(EventStreamError, match="ModelStreamError") as caught:
        seen.extend(_parts(account, name, 2))
    assert _numbers(b"".join(part for _, part in seen)) == [0, 1]
    assert "was closed before its answer was complete" in str(caught.value)
    account.sagemaker.delete_endpoint(EndpointName=name)


def test_an_endpoint_that_does_not_stream_answers_one_stream_all_the_same(account: Account) -> None:
    """Its answer, in however many parts."""
    name = _create(account, scaling_model_archive(3), {})
    account.wait_endpoint(name, "InService")
    inputs = [{"name": "x", "shape": [1, 1], "datatype": "FP32", "data": [2.0]}]
    answer = account.runtime.invoke_endpoint_with_response_stream(
        EndpointName=name, ContentType="application/json", Body=json.dumps({"inputs": inputs})
    )
    assert answer["ContentType"] == "application/json"
    body = b"".join(event["PayloadPart"]["Bytes"] for event in answer["Body"])
    assert json.loads(body)["outputs"][0]["data"] == [6.0]
    account.sagemaker.delete_endpoint(EndpointName=name)


def test_a_component_streams(hosting: ComponentAccount) -> None:
    """By the same operation, with its name."""
    account, endpoint = hosting.account, hosting.create_endpoint(least=1)
    component = account.new_name("component")
    artifact = account.upload(counting_model_archive(_PAUSE_SECONDS))
    account.sagemaker.create_inference_component(
        InferenceComponentName=component,
        EndpointName=endpoint,
        VariantName="AllTraffic",
        Specification={
            "Container": {"Image": IMAGE, "ArtifactUrl": artifact, "Environment": _STREAM},
            "ComputeResourceRequirements": SMALL,
        },
        RuntimeConfig={"CopyCount": 1},
    )
    hosting.wait(component, "InService")
    parts = list(_parts(account, endpoint, 3, InferenceComponentName=component))
    assert _numbers(b"".join(part for _, part in parts)) == [0, 1, 2]
    assert parts[-1][0] - parts[0][0] > _PAUSE_SECONDS
    hosting.delete_endpoint(endpoint)
