from collections.abc import Callable
from typing import Any

import botocore.session
import pytest
from botocore.parsers import create_parser

from local.aws.server.runtime_answers import (
    Answer,
    Origin,
    answer_head,
    body_too_large,
    component_header_required,
    component_not_found,
    endpoint_not_found,
    model_error,
    model_timeout,
    model_unreachable,
    no_capacity,
    not_a_component_endpoint,
    unknown_operation,
    unknown_variant,
)
from local.aws.server.scope import Scope

_SCOPE = Scope("000000000000", "eu-west-1")
_ORIGIN = Origin(_SCOPE, "e")
_LOG_STREAM = "arn:aws:logs:eu-west-1:000000000000:log-group:/aws/sagemaker/Endpoints/e"


def _as_boto3_reads_it(answer: Answer) -> dict[str, Any]:
    """Return what botocore makes of an answer."""
    head, _, body = answer.encode(close=False).partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")[1:]
    headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
    model = botocore.session.get_session().get_service_model("sagemaker-runtime")
    shape = model.operation_model("InvokeEndpoint").output_shape
    parsed: dict[str, Any] = create_parser("rest-json").parse(
        {"status_code": answer.status, "headers": headers, "body": body}, shape
    )
    return parsed


@pytest.mark.parametrize(
    ("answer", "code", "message"),
    [
        (
            endpoint_not_found(_SCOPE, "e"),
            "ValidationError",
            "Endpoint e of account 000000000000 not found.",
        ),
        (unknown_variant("e", "v"), "ValidationError", "Variant v not found for endpoint e."),
        (
            not_a_component_endpoint(),
            "ValidationError",
            (
                "Inference Component Name header is not allowed for endpoints to which you dont plan to "
                "deploy inference components. Please remove the Inference Component Name header and try "
                "again."
            ),
        ),
        (
            component_header_required(),
            "ValidationError",
            (
                "Inference Component Name header is required for endpoints to which you plan to deploy "
                "inference components. Please include Inference Component Name header or consider using "
                "SageMaker models."
            ),
        ),
        (component_not_found("e", "c"), "ValidationError", "Inference Component c not found for endpoint e."),
        (
            no_capacity(),
            "ValidationError",
            (
                "Inference Component has no capacity to process this request. ApplicationAutoScaling may be "
                "in-progress (if configured) or try to increase the capacity by invoking "
                "UpdateInferenceComponentRuntimeConfig API."
            ),
        ),
        (unknown_operation("/x"), "UnknownOperationException", "/x is not served on the laptop."),
        (body_too_large(), "413", "HTTP content length exceeded 6291456 bytes."),
    ],
)
def test_refusals_reach_boto3_with_code_and_message(answer: Answer, code: str, message: str) -> None:
    """A refusal is what a client of the real service would see."""
    error = _as_boto3_reads_it(answer)["Error"]
    assert (error["Code"], error["Message"]) == (code, message)


@pytest.mark.parametrize(
    ("status", "who", "error_code"),
    [(400, "client", "CLIENT_ERROR_FROM_MODEL"), (500, "server", "SERVER_ERROR_FROM_MODEL")],
)
def test_a_models_error_carries_what_the_model_said(status: int, who: str, error_code: str) -> None:
    """ModelError has the original status and message, the log stream, and AWS's sentence."""
    answer = model_error(_ORIGIN, status, b'{"error":"bad"}')
    read = _as_boto3_reads_it(answer)
    assert answer.status == 424
    assert read["Error"]["Code"] == "ModelError"
    assert read["Error"]["Message"] == (
        f'Received {who} error ({status}) from primary with message "{{"error":"bad"}}". See '
        "https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#logEventViewer:"
        "group=/aws/sagemaker/Endpoints/e in account 000000000000 for more information."
    )
    assert error_code.encode() in answer.body
    assert b'"OriginalStatusCode": %d' % status in answer.body
    assert b'"OriginalMessage": "{\\"error\\":\\"bad\\"}"' in answer.body
    assert _LOG_STREAM.encode() in answer.body


def test_bytes_that_are_no_text_dont_break_a_models_error() -> None:
    """A model's answer of any bytes still makes JSON."""
    assert (
        "\N{REPLACEMENT CHARACTER}"
        in _as_boto3_reads_it(model_error(_ORIGIN, 500, b"\xff"))["Error"]["Message"]
    )


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (model_timeout, "Your invocation timed out while waiting for a response from container primary."),
        (
            model_unreachable,
            "Amazon SageMaker could not get a response from the e endpoint. This can ",
        ),
    ],
)
def test_no_answer_from_the_model_is_a_models_error_of_status_0(
    make: Callable[[Origin], Answer], message: str
) -> None:
    """Without an answer the original status is 0."""
    error = _as_boto3_reads_it(make(_ORIGIN))["Error"]
    assert error["Code"] == "ModelError"
    assert error["Message"].startswith(f'Received server error (0) from primary with message "{message}')


def test_a_head_with_a_length_frames_by_it() -> None:
    """The body's length stands in the head, and nothing of chunks."""
    head = answer_head(200, b"text/plain", 3, more=b"X: y\r\n", close=True)
    assert head.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"\r\nContent-Length: 3\r\nX: y\r\nConnection: close\r\n\r\n" in head
    assert b"chunked" not in head


def test_a_head_without_a_length_announces_chunks() -> None:
    """A body of unknown length comes in chunks."""
    assert b"\r\nTransfer-Encoding: chunked\r\n\r\n" in answer_head(200, b"text/plain", None)


def test_every_answer_has_a_request_id_of_its_own() -> None:
    """Two heads differ in x-amzn-RequestId."""
    assert answer_head(200, b"a/b", 0) != answer_head(200, b"a/b", 0)
