"""What boto3 raises reaches the user as one sentence with the model's own words."""

import io
import json
from typing import Any

import numpy as np
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from invocation import EndpointClient
from invocation.errors import EndpointError
from model_packaging.artifact import Signature, TensorSpec

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
