"""Requests to an endpoint of one model: A24 to A29, A99, A100."""

import json
from typing import Any

from conformance.benches import ordinary
from conformance.laboratory import VARIANT, Laboratory
from conformance.probe import Bench, probe

_FAIL, _SLEEP, _KILL = -1.0, -2.0, -3.0
"""What a steered model is told (archives.STEERED)."""
_LIMIT_BYTES = 6 * 1024 * 1024
_TOO_LONG_SECONDS = 70.0


@probe("A24")
def invoking_what_is_missing(lab: Laboratory) -> None:
    """Invoking what isn't there is ValidationError, `Endpoint NAME of account ACCOUNT not found.`."""
    name = lab.new_name("missing")
    lab.evidence.refused(
        lambda: lab.invoke(name, 1.0),
        "ValidationError",
        rf"^Endpoint {name} of account {lab.account.account_id} not found\.$",
    )


@probe("A25", bench=Bench.ORDINARY, minutes=1)
def body_above_the_limit(lab: Laboratory) -> None:
    """A body of one byte above 6291456 is status 413, `HTTP content length exceeded 6291456 bytes.`."""
    endpoint = ordinary(lab)
    body = b" " * (_LIMIT_BYTES + 1)
    lab.evidence.refused(
        lambda: lab.runtime.invoke_endpoint(EndpointName=endpoint, ContentType="application/json", Body=body),
        "",
        r"HTTP content length exceeded 6291456 bytes",
        status=413,
    )


@probe("A25", bench=Bench.ORDINARY, minutes=1)
def body_at_the_limit(lab: Laboratory) -> None:
    """A body of 6291456 bytes reaches the model."""
    request = {"inputs": [{"name": "x", "shape": [1, 1], "datatype": "FP32", "data": [1.0]}]}
    body = json.dumps(request).encode().ljust(_LIMIT_BYTES)
    endpoint = ordinary(lab)
    lab.evidence.accepted(
        "InvokeEndpoint",
        lambda: lab.runtime.invoke_endpoint(EndpointName=endpoint, ContentType="application/json", Body=body),
    )


@probe("A26", bench=Bench.ORDINARY, minutes=1)
def error_of_the_server(lab: Laboratory) -> None:
    """A model that fails is ModelError, `Received server error (500) from primary with message ...`."""
    answer = _model_error(
        lab,
        ordinary(lab),
        [_FAIL],
        rf'^Received server error \(500\) from primary with message ".*told to fail.*"\. See '
        rf"https://{lab.account.region}\.console\.aws\.amazon\.com/cloudwatch/home\?.* in account "
        rf"{lab.account.account_id} for more information\.$",
    )
    lab.evidence.holds("OriginalStatusCode", found=answer.get("OriginalStatusCode"), believed=500)


@probe("A26", bench=Bench.ORDINARY, minutes=1)
def error_of_the_client(lab: Laboratory) -> None:
    """A request that the container refuses is `Received client error (400) from primary with message ...`."""
    endpoint = ordinary(lab)
    body = json.dumps({"inputs": [{"name": "z", "shape": [1, 1], "datatype": "FP32", "data": [1.0]}]})
    answer = lab.evidence.refused(
        lambda: lab.runtime.invoke_endpoint(EndpointName=endpoint, ContentType="application/json", Body=body),
        "ModelError",
        r'^Received client error \(400\) from primary with message "',
    )
    lab.evidence.holds("OriginalStatusCode", found=answer.get("OriginalStatusCode"), believed=400)


@probe("A27", bench=Bench.ORDINARY, minutes=2)
def answer_that_is_too_late(lab: Laboratory) -> None:
    """A model that takes 70 seconds is ModelError of status 0, `Your invocation timed out ...`."""
    answer = _model_error(
        lab,
        ordinary(lab),
        [_SLEEP, _TOO_LONG_SECONDS],
        r"Your invocation timed out while waiting for a response from container primary\.",
    )
    lab.evidence.holds("OriginalStatusCode", found=answer.get("OriginalStatusCode"), believed=0)


@probe("A27", bench=Bench.ORDINARY, minutes=5)
def server_that_ends(lab: Laboratory) -> None:
    """A server that ends while it answers is ModelError of status 0, `Amazon SageMaker could not get ...`."""
    endpoint = ordinary(lab)
    answer = _model_error(
        lab, endpoint, [_KILL], r"Amazon SageMaker could not get a response from the .+ endpoint\."
    )
    lab.evidence.holds("OriginalStatusCode", found=answer.get("OriginalStatusCode"), believed=0)
    lab.answers_again(endpoint)


@probe("A23", bench=Bench.ORDINARY, minutes=5)
def server_that_ends_is_started_again(lab: Laboratory) -> None:
    """The endpoint stays InService when its server ends, and answers again without anybody's doing."""
    endpoint = ordinary(lab)
    _model_error(lab, endpoint, [_KILL], "")
    status = lab.sagemaker.describe_endpoint(EndpointName=endpoint)["EndpointStatus"]
    lab.evidence.holds("EndpointStatus after its server's end", found=status, believed="InService")
    lab.answers_again(endpoint)
    lab.evidence.note("answers again")


@probe("A29", bench=Bench.ORDINARY, minutes=1)
def wrong_variant(lab: Laboratory) -> None:
    """A TargetVariant that the endpoint lacks is ValidationError."""
    endpoint = ordinary(lab)
    lab.evidence.refused(lambda: lab.invoke(endpoint, 1.0, TargetVariant="Nothing"), "ValidationError")
    lab.evidence.accepted("the right one", lambda: lab.invoke(endpoint, 1.0, TargetVariant=VARIANT))


@probe("A99", bench=Bench.ORDINARY, minutes=1)
def stream_that_fails_at_once(lab: Laboratory) -> None:
    """An error before the first part of a stream is an ordinary ModelError."""
    endpoint = ordinary(lab)
    lab.evidence.refused(lambda: _stream(lab, endpoint, [_FAIL]), "ModelError", r"told to fail")


@probe("A100", bench=Bench.ORDINARY, minutes=1)
def stream_of_a_plain_answer(lab: Laboratory) -> None:
    """A container that doesn't stream is answered in parts by InvokeEndpointWithResponseStream."""
    endpoint = ordinary(lab)
    parts = lab.evidence.accepted("streaming", lambda: _stream(lab, endpoint, [3.0]))
    document = json.loads(b"".join(part["PayloadPart"]["Bytes"] for part in parts))
    lab.evidence.holds("the answer", found=document["outputs"][0]["data"], believed=[6.0])


def _stream(lab: Laboratory, endpoint: str, values: list[float]) -> list[dict[str, Any]]:
    inputs = [{"name": "x", "shape": [1, len(values)], "datatype": "FP32", "data": values}]
    answer = lab.runtime.invoke_endpoint_with_response_stream(
        EndpointName=endpoint, ContentType="application/json", Body=json.dumps({"inputs": inputs})
    )
    return list(answer["Body"])


def _model_error(lab: Laboratory, endpoint: str, values: list[float], words: str) -> dict[str, Any]:
    return lab.evidence.refused(lambda: lab.invoke(endpoint, *values), "ModelError", words)
