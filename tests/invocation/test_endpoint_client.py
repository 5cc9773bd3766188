"""What boto3 raises reaches the user as one sentence with the model's own words."""

import io
import json
from typing import Any

import numpy as np
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from invocation import (
    AnswerError,
    ClientSettingsError,
    EndpointClient,
    EndpointError,
    NoCapacityError,
    RequestError,
)
from model_packaging.artifact import Signature, TensorSpec
from tests.invocation.answers import answer_of

SIGNATURE = Signature((TensorSpec("x", "FP32", (1,)),), (TensorSpec("y", "FP32", (1,)),), batched=True)
INPUTS = {"x": np.ones((1, 1), np.float32)}


class Runtime:
    """Stands where boto3's client would: answers or raises what a test gives it."""

    def __init__(self, outcome: dict[str, Any] | Exception) -> None:
        self.outcome = outcome
        self.requests: list[dict[str, Any]] = []

    def invoke_endpoint(self, **request: Any) -> dict[str, Any]:  # noqa: ANN401 - as boto3 has it
        self.requests.append(request)
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome


def client(outcome: dict[str, Any] | Exception) -> tuple[EndpointClient, Runtime]:
    runtime = Runtime(outcome)
    return EndpointClient(runtime, endpoint_name="local-classifier", signature=SIGNATURE), runtime


def test_an_answer_carries_outputs_and_the_variant() -> None:
    """The variant tells a user of two which one answered."""
    body = json.dumps(
        {"outputs": [{"name": "y", "datatype": "FP32", "shape": [1, 1], "data": [2.0]}]}
    ).encode()
    endpoint, runtime = client(
        {
            "Body": io.BytesIO(body),
            "ContentType": "application/json",
            "InvokedProductionVariant": "AllTraffic",
        }
    )
    answer = endpoint.infer(INPUTS)
    assert answer.outputs["y"].tolist() == [[2.0]]
    assert answer.variant == "AllTraffic"
    assert runtime.requests[0]["EndpointName"] == "local-classifier"


def test_a_model_error_carries_the_models_own_words() -> None:
    """ModelError alone says nothing: the container's message is what helps."""
    refusal = {
        "Error": {"Code": "ModelError", "Message": "Received client error (400) from primary."},
        "OriginalMessage": '{"error": "unexpected shape for input"}',
    }
    endpoint, _ = client(ClientError(refusal, "InvokeEndpoint"))
    with pytest.raises(EndpointError, match=r"ModelError: .* The model says: unexpected shape for input"):
        endpoint.infer(INPUTS)


def test_a_missing_endpoint_is_named() -> None:
    """AWS's own sentence follows the endpoint's name."""
    refusal = {"Error": {"Code": "ValidationError", "Message": "Endpoint x not found."}}
    endpoint, _ = client(ClientError(refusal, "InvokeEndpoint"))
    with pytest.raises(
        EndpointError, match=r"endpoint local-classifier: ValidationError: Endpoint x not found\.$"
    ):
        endpoint.infer(INPUTS)


def test_no_connection_is_said() -> None:
    """A stopped laptop's AWS is no traceback."""
    endpoint, _ = client(EndpointConnectionError(endpoint_url="http://127.0.0.1:1"))
    with pytest.raises(EndpointError, match="can't be reached"):
        endpoint.infer(INPUTS)


NO_CAPACITY = ClientError(
    {"Error": {"Code": "ValidationError", "Message": "Inference Component has no capacity to process this."}},
    "InvokeEndpoint",
)
ANSWER = {
    "outputs": [{"name": "y", "datatype": "FP32", "shape": [1, 1], "data": [2.0]}],
}


class Component:
    """A component that has no copy for so many requests."""

    def __init__(self, refusals: int) -> None:
        self.refusals = refusals
        self.requests: list[dict[str, Any]] = []
        self.pauses: list[float] = []

    def invoke_endpoint(self, **request: Any) -> dict[str, Any]:  # noqa: ANN401 - as boto3 has it
        self.requests.append(request)
        if len(self.requests) <= self.refusals:
            raise NO_CAPACITY
        return {"Body": io.BytesIO(json.dumps(ANSWER).encode()), "ContentType": "application/json"}

    def client(self, timeout_seconds: float) -> EndpointClient:
        return EndpointClient(
            self,
            endpoint_name="shared",
            signature=SIGNATURE,
            component_name="shared-it",
            capacity_timeout_seconds=timeout_seconds,
            sleep=self.pauses.append,
        )


def test_a_request_is_repeated_until_a_copy_is_back() -> None:
    """After scaling to zero the client waits, longer each time, and then has its answer."""
    component = Component(refusals=6)
    assert component.client(600).infer(INPUTS).outputs["y"].tolist() == [[2.0]]
    assert component.pauses == [1, 2, 4, 8, 15, 15]
    assert {each["InferenceComponentName"] for each in component.requests} == {"shared-it"}


def test_waiting_for_capacity_ends() -> None:
    """Never longer than was asked for; then the error says which component of which endpoint."""
    component = Component(refusals=100)
    with pytest.raises(NoCapacityError, match=r"endpoint shared, component shared-it: .* no capacity"):
        component.client(10).infer(INPUTS)
    assert sum(component.pauses) == 10


def test_without_a_timeout_nothing_is_repeated() -> None:
    """Who doesn't ask for waiting is told at once."""
    component = Component(refusals=1)
    with pytest.raises(NoCapacityError):
        component.client(0).infer(INPUTS)
    assert component.pauses == []


def test_other_refusals_are_not_repeated() -> None:
    """Only missing capacity passes by itself."""
    refusal = {"Error": {"Code": "ValidationError", "Message": "Endpoint x not found."}}
    endpoint, runtime = client(ClientError(refusal, "InvokeEndpoint"))
    with pytest.raises(EndpointError):
        endpoint.infer(INPUTS)
    assert len(runtime.requests) == 1


@pytest.mark.parametrize(
    ("arguments", "sent", "named"),
    [
        ({"component_name": "e-c"}, {"InferenceComponentName": "e-c"}, "endpoint e, component e-c"),
        ({"target_model": "a.tar.gz"}, {"TargetModel": "a.tar.gz"}, "endpoint e, model a.tar.gz"),
        (
            {"target_container_hostname": "a"},
            {"TargetContainerHostname": "a"},
            "endpoint e, container a",
        ),
    ],
)
def test_what_is_asked_is_sent_and_named(arguments: dict[str, str], sent: dict[str, str], named: str) -> None:
    """One of the models behind the endpoint, in the request and in an error."""
    runtime = Runtime(ClientError({"Error": {"Code": "ValidationError", "Message": "No."}}, "InvokeEndpoint"))
    endpoint = EndpointClient(runtime, endpoint_name="e", signature=SIGNATURE, **arguments)
    with pytest.raises(EndpointError, match=rf"^{named}: ValidationError: No\.$"):
        endpoint.infer(INPUTS)
    assert runtime.requests[0].keys() - {"ContentType", "Body"} == {"EndpointName", *sent}
    assert runtime.requests[0].items() >= sent.items()


def test_a_component_has_no_other_models() -> None:
    """What can't be together is said with what to do, before any request."""
    with pytest.raises(
        ClientSettingsError,
        match=r"target_model and target_container_hostname can't be given together with component_name: .* "
        r"Leave one out\.",
    ):
        EndpointClient(
            None,
            endpoint_name="e",
            signature=SIGNATURE,
            component_name="e-c",
            target_model="a",
            target_container_hostname="b",
        )


def test_the_models_batch_is_held() -> None:
    """What Triton would refuse isn't sent."""
    runtime = Runtime({})
    endpoint = EndpointClient(runtime, endpoint_name="e", signature=SIGNATURE, max_batch_size=2)
    with pytest.raises(RequestError, match="batch size is 3, the model takes at most 2"):
        endpoint.infer({"x": np.ones((3, 1), np.float32)})
    assert runtime.requests == []


def test_an_answer_of_another_model_is_refused() -> None:
    """The endpoint answers properly, only not with what this model gives."""
    content_type, body = answer_of({"z": np.ones((1, 1), np.float32)}, binary=True)
    endpoint, _ = client({"Body": io.BytesIO(body), "ContentType": content_type})
    with pytest.raises(AnswerError, match=r"z: the model has no such output \(it has y\); y: missing"):
        endpoint.infer(INPUTS)


def test_json_is_sent_where_it_is_wanted() -> None:
    """The readable form, and an answer in it."""
    body = answer_of({"y": np.ones((1, 1), np.float32)}, binary=False)[1]
    endpoint, runtime = client({"Body": io.BytesIO(body), "ContentType": "application/json"})
    assert endpoint.infer(INPUTS, binary=False).outputs["y"].tolist() == [[1.0]]
    assert json.loads(runtime.requests[0]["Body"])["inputs"][0]["data"] == [1.0]


def test_a_container_that_generates_answers_once() -> None:
    """Values by name both ways; the signature gives them their shape."""
    endpoint, runtime = client({"Body": io.BytesIO(b'{"y": 2.5}'), "ContentType": "application/json"})
    answer = endpoint.generate(INPUTS, {"temperature": 0})
    assert answer.outputs["y"].tolist() == [[2.5]]
    assert json.loads(runtime.requests[0]["Body"]) == {"x": 1.0, "parameters": {"temperature": 0}}


def test_a_model_that_cant_generate_says_so() -> None:
    """In Triton's own words, with the endpoint's name."""
    endpoint, _ = client({"Body": io.BytesIO(b'{"error": "no"}'), "ContentType": "application/json"})
    with pytest.raises(EndpointError, match=r"^endpoint local-classifier: the model says: no$"):
        endpoint.generate(INPUTS)
