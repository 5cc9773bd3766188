from local.aws.server.invocation_mapping import infer_request_head, invocation_answer_type
from local.triton.sagemaker_contract import RefusedInvocation, ServingPlan

_PLAN = ServingPlan("my model", ("my model",), ())
_BINARY = b"application/vnd.sagemaker-triton.binary+json;json-header-size="


def test_json_becomes_an_infer_request_with_its_length() -> None:
    """The head names the default model and the body's length, and ends the head."""
    assert infer_request_head(_PLAN, 81, b"application/json", 7) == (
        b"POST /v2/models/my%20model/infer HTTP/1.1\r\nHost: 127.0.0.1:81\r\nContent-Length: 7\r\n"
        b"Content-Type: application/json\r\n\r\n"
    )


def test_binary_carries_the_json_headers_size() -> None:
    """The size in the content type becomes KServe's header."""
    head = infer_request_head(_PLAN, 81, _BINARY + b"12", 99)
    assert isinstance(head, bytes)
    assert b"\r\nInference-Header-Content-Length: 12\r\n\r\n" in head


def test_what_the_container_refuses_is_refused() -> None:
    """A binary content type in the wrong place is the container's own error."""
    refused = infer_request_head(_PLAN, 81, b"x;" + _BINARY + b"12", 99)
    assert isinstance(refused, RefusedInvocation)
    assert refused.status == 400


def test_the_answers_type_is_the_frontends() -> None:
    """A binary answer has SageMaker's content type with the size; JSON stays JSON."""
    headers = {b"content-type": b"application/octet-stream", b"inference-header-content-length": b"5"}
    assert invocation_answer_type(headers) == _BINARY + b"5"
    assert invocation_answer_type({b"content-type": b"application/json"}) == b"application/json"
