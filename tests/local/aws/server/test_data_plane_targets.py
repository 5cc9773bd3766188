"""The data plane before several containers, and as a stream: whatever these do, the client gets an answer."""

import http.client
import json
import time
from collections.abc import Iterator

import pytest
from botocore.eventstream import EventStreamBuffer

from tests.local.aws.server.plane import Plane, running_plane

pytestmark = pytest.mark.integration

_STREAM = "invocations-response-stream"


@pytest.fixture(scope="module")
def plane() -> Iterator[Plane]:
    with running_plane() as running:
        yield running


def _events(stream: bytes) -> list[tuple[str, bytes]]:
    buffer = EventStreamBuffer()
    buffer.add_data(stream)
    return [
        (event.headers.get(":event-type") or event.headers[":exception-type"], event.payload)
        for event in buffer
    ]


def _payload(stream: bytes) -> bytes:
    events = _events(stream)
    assert {kind for kind, _ in events} == {"PayloadPart"}
    return b"".join(payload for _, payload in events)


@pytest.mark.parametrize("size", [1, 600_000])
def test_a_pipeline_passes_bodies_whole(plane: Plane, size: int) -> None:
    """Through every container; the second adds a mark."""
    body = (b"0123456789abcdef" * (size // 16 + 1))[:size]
    response, answer = plane.invoke("serial", body)
    assert (response.status, answer) == (200, body + b"!")
    assert response.headers["x-Amzn-Invoked-Production-Variant"] == "AllTraffic"


def test_a_pipelines_body_in_chunks_is_gathered(plane: Plane) -> None:
    """As before a single container."""
    connection = plane.connect()
    parts = iter([b"one,", b"two"])
    connection.request("POST", "/endpoints/serial/invocations", parts, encode_chunked=True)
    assert connection.getresponse().read() == b"one,two!"
    connection.close()


def test_a_pipelines_connections_are_used_again(plane: Plane) -> None:
    """One for each container, however many requests follow each other."""
    plane.invoke("serial")
    before = plane.backend.connections
    connection = plane.connect()
    for _ in range(5):
        connection.request("POST", "/endpoints/serial/invocations", b"again")
        assert connection.getresponse().read() == b"again!"
    assert plane.backend.connections == before
    connection.close()


@pytest.mark.parametrize(
    ("endpoint", "status", "container"),
    [
        ("ends_gone", 0, "c2"),
        ("starts_early", 400, "c1"),
        ("breaks_between", 0, "c1"),
        ("hangs_last", 0, "c2"),
    ],
)
def test_a_pipelines_container_that_fails_is_named(
    plane: Plane, endpoint: str, status: int, container: str
) -> None:
    """Whichever it is and however it fails; the connection lives."""
    connection = plane.connect()
    connection.request("POST", f"/endpoints/{endpoint}/invocations", bytes(600_000))
    response = connection.getresponse()
    document = json.loads(response.read())
    assert (response.status, document["OriginalStatusCode"]) == (424, status)
    assert f"error ({status}) from {container} with message" in document["Message"]
    connection.request("POST", "/endpoints/echo/invocations", b"next")
    assert connection.getresponse().read() == b"next"
    connection.close()


def test_a_pipeline_whose_client_leaves_goes_on_with_others(plane: Plane) -> None:
    """What was begun is given up."""
    connection = plane.connect()
    connection.request("POST", "/endpoints/hangs_last/invocations", b"{}")
    connection.close()
    assert plane.invoke("serial", b"x")[1] == b"x!"


@pytest.mark.parametrize("endpoint", ["echo", "chunked", "serial"])
def test_a_stream_carries_what_the_model_says(plane: Plane, endpoint: str) -> None:
    """In parts, with the content type that the model gave it."""
    response, stream = plane.invoke(endpoint, bytes(600_000), operation=_STREAM)
    assert response.status == 200
    assert response.headers["Content-Type"] == "application/vnd.amazon.eventstream"
    assert response.headers["X-Amzn-SageMaker-Content-Type"] == "application/json"
    assert response.headers["x-Amzn-Invoked-Production-Variant"] == "AllTraffic"
    assert _payload(stream).startswith(bytes(600_000))


@pytest.mark.parametrize(
    ("endpoint", "code", "words"),
    [
        ("breaks_off", "StreamBroken", "was closed before its answer was complete"),
        ("stalls", "ModelInvocationTimeExceeded", "did not complete sending the inference response in the"),
        ("stalls_last", "ModelInvocationTimeExceeded", "did not complete sending the inference response"),
    ],
)
def test_a_stream_that_ends_too_soon_says_so(plane: Plane, endpoint: str, code: str, words: str) -> None:
    """After what there was comes a ModelStreamError; the connection lives."""
    connection = plane.connect()
    connection.request("POST", f"/endpoints/{endpoint}/{_STREAM}", b"{}")
    (part, payload), (kind, error) = _events(connection.getresponse().read())
    assert (part, payload) == ("PayloadPart", b"half")
    assert kind == "ModelStreamError"
    assert json.loads(error)["ErrorCode"] == code
    assert words in json.loads(error)["Message"]
    connection.request("POST", "/endpoints/echo/invocations", b"next")
    assert connection.getresponse().read() == b"next"
    connection.close()


@pytest.mark.parametrize(
    ("endpoint", "status"), [("error400", 400), ("error500", 500), ("gone", 0), ("hangs", 0)]
)
def test_an_error_before_the_first_part_is_no_stream(plane: Plane, endpoint: str, status: int) -> None:
    """ModelError, as of an ordinary invocation."""
    response, answer = plane.invoke(endpoint, operation=_STREAM)
    assert (response.status, json.loads(answer)["OriginalStatusCode"]) == (424, status)


def _target(plane: Plane, target: str, body: bytes = b"{}") -> tuple[int, str | None, bytes]:
    response, answer = plane.invoke("many", body, X_Amzn_SageMaker_Target_Model=target)
    return response.status, response.headers["x-amzn-ErrorType"], answer


@pytest.mark.parametrize("size", [0, 1, 600_000])
def test_a_target_models_body_passes_whole(plane: Plane, size: int) -> None:
    """Also while the model is loaded, and in chunks."""
    body = bytes(size)
    assert _target(plane, f"echo?{size}", body) == (200, None, body)
    assert _target(plane, f"echo?{size}", body) == (200, None, body)
    connection = plane.connect()
    headers = {"X-Amzn-SageMaker-Target-Model": f"echo?chunked{size}"}
    connection.request("POST", "/endpoints/many/invocations", iter([body]), headers, encode_chunked=True)
    assert connection.getresponse().read() == body
    connection.close()


def test_a_target_model_that_takes_too_long_to_load_is_not_ready(plane: Plane) -> None:
    """The request is told so in time; loading goes on, and a later request is answered."""
    began = time.monotonic()
    status, code, answer = _target(plane, "counts")
    assert (status, code) == (429, "ModelNotReadyException")
    assert json.loads(answer)["Message"].startswith("Model counts of endpoint many is not ready yet.")
    assert time.monotonic() - began < 1.4
    time.sleep(0.7)
    assert _target(plane, "counts", b"x") == (200, None, b"x")


@pytest.mark.parametrize(
    ("target", "status"), [("error500", 400), ("hangs", 0), ("dies", 0), ("breaks_off", None)]
)
def test_a_target_model_that_fails(plane: Plane, target: str, status: int | None) -> None:
    """However it does, the client is told; a container's 500 is none where it is a multi-model one."""
    if status is None:
        with pytest.raises((http.client.IncompleteRead, ConnectionResetError)):
            _target(plane, target)
        return
    answered, code, answer = _target(plane, target)
    assert (answered, code) == (424, "ModelError")
    assert json.loads(answer)["OriginalStatusCode"] == status


def test_a_client_that_leaves_while_its_model_is_loaded(plane: Plane) -> None:
    """The model is loaded all the same, and others are answered."""
    connection = plane.connect()
    headers = {"X-Amzn-SageMaker-Target-Model": "echo?left"}
    connection.request("POST", "/endpoints/many/invocations", b"{}", headers)
    connection.close()
    assert _target(plane, "echo?left", b"x") == (200, None, b"x")


def test_direct_invocation_asks_one_container(plane: Plane) -> None:
    """And names it where it fails."""
    response, answer = plane.invoke("direct", b"x", X_Amzn_SageMaker_Target_Container_Hostname="c1")
    assert (response.status, answer) == (200, b"x")
    assert response.headers["x-Amzn-Invoked-Production-Variant"] == "AllTraffic"
    _, answer = plane.invoke("direct", b"x", X_Amzn_SageMaker_Target_Container_Hostname="c2")
    assert json.loads(answer)["Message"].startswith("Received client error (400) from c2 with message")


@pytest.mark.parametrize(
    ("endpoint", "header", "document"),
    [
        (
            "echo",
            "X-Amzn-SageMaker-Target-Model",
            {
                "ErrorCode": "TARGET_MODEL_HEADER_NOT_SUPPORTED",
                "Message": "Endpoint echo is not a multi-model endpoint and does not support target model "
                "header.",
            },
        ),
        (
            "echo",
            "X-Amzn-SageMaker-Target-Container-Hostname",
            {
                "Message": "Endpoint echo is not configured for direct invocation and does not support "
                "TargetContainerHostname."
            },
        ),
        (
            "direct",
            "X-Amzn-SageMaker-Target-Container-Hostname",
            {"Message": "Target container m not found for endpoint direct. Its containers are c1, c2."},
        ),
        (
            "direct",
            "X-Other",
            {
                "Message": "Endpoint direct is configured for direct invocation: TargetContainerHostname is "
                "required. Its containers are c1, c2."
            },
        ),
    ],
)
def test_a_target_that_there_can_not_be_is_refused(
    plane: Plane, endpoint: str, header: str, document: dict[str, str]
) -> None:
    """ValidationError, before any model is asked."""
    before = plane.backend.requests
    response, answer = plane.invoke(endpoint, b"{}", **{header: "m"})
    assert (response.status, response.headers["x-amzn-ErrorType"]) == (400, "ValidationError")
    assert json.loads(answer) == document
    assert plane.backend.requests == before
