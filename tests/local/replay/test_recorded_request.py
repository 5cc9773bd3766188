"""What is sent again and again is what boto3 sends."""

from invocation import RequestBody, local_runtime_client
from local.replay.recorded_request import record_request

VARIABLES = {
    "AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME": "http://127.0.0.1:9",
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
}


def test_it_is_boto3s_request_and_nothing_is_sent() -> None:
    """Path, component, content type, signature for the region, length and body; nobody listens there."""
    runtime = local_runtime_client("us-west-2", VARIABLES)
    recorded = record_request(runtime, "e", "c", RequestBody("application/json", b'{"a": 1}'))
    head, _, body = recorded.content.partition(b"\r\n\r\n")
    request_line, *lines = head.decode().split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    assert (recorded.host, recorded.port, body) == ("127.0.0.1", 9, b'{"a": 1}')
    assert request_line == "POST /endpoints/e/invocations HTTP/1.1"
    assert headers["x-amzn-sagemaker-inference-component"] == "c"
    assert headers["content-type"] == "application/json"
    assert headers["content-length"] == "8"
    assert headers["host"] == "127.0.0.1:9"
    assert "/us-west-2/sagemaker/aws4_request" in headers["authorization"]


def test_the_client_is_as_before() -> None:
    """A second request is recorded alone."""
    runtime = local_runtime_client("us-west-2", VARIABLES)
    first, second = (
        record_request(runtime, "e", name, RequestBody("application/json", b"")).content for name in "ab"
    )
    assert first != second
