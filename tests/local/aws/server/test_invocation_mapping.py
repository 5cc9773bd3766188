from local.aws.server.invocation_mapping import invocation_answer_type, request_head, server_request
from local.pytorch.contract import PyTorchPlan
from local.triton.sagemaker_contract import KserveRequest, RefusedInvocation, ServingPlan

_PLAN = ServingPlan("my model", ("my model",), ())
_BINARY = b"application/vnd.sagemaker-triton.binary+json;json-header-size="


def _head_of(headers: dict[bytes, bytes]) -> bytes:
    request = server_request(_PLAN, headers)
    assert isinstance(request, KserveRequest)
    return request_head(request, 7)


def test_json_becomes_an_infer_request_with_its_length() -> None:
    """The head names the default model and the body's length, and ends the head."""
    assert _head_of({b"content-type": b"application/json"}) == (
        b"POST /v2/models/my%20model/infer HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 7\r\n"
        b"Content-Type: application/json\r\n\r\n"
    )


def test_an_invocation_without_a_type_is_json() -> None:
    """The frontend takes whatever isn't binary for JSON."""
    assert _head_of({}) == _head_of({b"content-type": b"text/csv"})
    assert b"\r\nContent-Type: application/json\r\n" in _head_of({})


def test_binary_carries_the_json_headers_size() -> None:
    """The size in the content type becomes KServe's header."""
    head = _head_of({b"content-type": _BINARY + b"12"})
    assert head.endswith(b"\r\nInference-Header-Content-Length: 12\r\n\r\n")


def test_no_other_header_goes_further() -> None:
    """Triton's SageMaker frontend heeds none of these; the KServe endpoint would."""
    others = {
        b"content-encoding": b"gzip",
        b"accept-encoding": b"gzip",
        b"inference-header-content-length": b"3",
        b"authorization": b"AWS4-HMAC-SHA256 x",
    }
    assert _head_of({b"content-type": b"application/json", **others}) == _head_of({})


def test_what_the_container_refuses_is_refused() -> None:
    """A binary content type in the wrong place is the container's own error."""
    refused = server_request(_PLAN, {b"content-type": b"x;" + _BINARY + b"12"})
    assert isinstance(refused, RefusedInvocation)
    assert refused.status == 400


def test_the_inference_type_decides_the_path() -> None:
    """SAGEMAKER_TRITON_INFERENCE_TYPE generate asks Triton's generate extension."""
    request = server_request(ServingPlan("m", ("m",), (), inference_type="generate"), {})
    assert isinstance(request, KserveRequest)
    assert request.path == "/v2/models/m/generate"


def test_the_answers_type_is_the_frontends() -> None:
    """A binary answer has SageMaker's content type with the size; JSON stays JSON."""
    headers = {b"content-type": b"application/octet-stream", b"inference-header-content-length": b"5"}
    assert invocation_answer_type(headers) == _BINARY + b"5"
    assert invocation_answer_type({b"content-type": b"application/json"}) == b"application/json"


def test_a_pytorch_container_gets_the_invocation_itself() -> None:
    """Its path, its content type and what it is to answer with; no signature."""
    headers = {b"content-type": b"text/csv", b"accept": b"application/json", b"authorization": b"secret"}
    assert server_request(PyTorchPlan("inference.py"), headers) == KserveRequest(
        "/invocations", (("content-type", "text/csv"), ("accept", "application/json"))
    )
