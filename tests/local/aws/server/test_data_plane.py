import http.client
import json
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from local.aws.server.runtime_answers import BODY_LIMIT_BYTES
from tests.local.aws.server.misbehaving_backend import BIG_ANSWER_BYTES
from tests.local.aws.server.plane import Plane, running_plane

pytestmark = pytest.mark.integration

_BINARY = "application/vnd.sagemaker-triton.binary+json;json-header-size="
_LIMIT_SECONDS = 1.0
"""The driver's limit for a model; the server's is 60."""


@pytest.fixture(scope="module")
def plane() -> Iterator[Plane]:
    with running_plane() as running:
        yield running


@pytest.mark.parametrize("size", [0, 1, 65_536, 600_000, BODY_LIMIT_BYTES])
def test_a_body_passes_whole_up_to_the_limit(plane: Plane, size: int) -> None:
    """What the client sends is what the model gets, and its answer is what the client gets."""
    body = (b"0123456789abcdef" * (size // 16 + 1))[:size]
    response, answer = plane.invoke("echo", body)
    assert response.status == 200
    assert answer == body
    assert response.headers["x-Amzn-Invoked-Production-Variant"] == "AllTraffic"
    assert response.headers["Content-Type"] == "application/json"


def test_a_byte_above_the_limit_is_refused_and_the_connection_lives(plane: Plane) -> None:
    """The refusal comes as 413 in the service's words, and the next request on the connection is answered."""
    connection = plane.connect()
    before = plane.backend.requests
    connection.request("POST", "/endpoints/echo/invocations", bytes(BODY_LIMIT_BYTES + 1))
    response = connection.getresponse()
    assert response.status == 413
    assert json.loads(response.read()) == {"message": "HTTP content length exceeded 6291456 bytes."}
    assert plane.backend.requests == before
    connection.request("POST", "/endpoints/echo/invocations", b"next")
    assert connection.getresponse().read() == b"next"
    connection.close()


def test_a_body_in_chunks_is_gathered(plane: Plane) -> None:
    """Triton gets it with a length, the client the answer to all of it."""
    connection = plane.connect()
    parts = iter([b"one,", b"two"])
    connection.request("POST", "/endpoints/echo/invocations", parts, encode_chunked=True)
    assert connection.getresponse().read() == b"one,two"
    assert b"Content-Length: 7\r\n" in plane.backend.last_head
    connection.close()


def test_a_body_in_chunks_has_the_same_limit(plane: Plane) -> None:
    """Chunks that sum up to more than the limit are refused."""
    connection = plane.connect()
    parts = (bytes(1_000_000) for _ in range(7))
    connection.request("POST", "/endpoints/echo/invocations", parts, encode_chunked=True)
    response = connection.getresponse()
    assert response.status == 413
    response.read()
    connection.close()


def test_a_client_that_asks_first_is_told_to_go_on(plane: Plane) -> None:
    """``Expect: 100-continue`` is answered before the body is sent."""
    with socket.create_connection(("127.0.0.1", plane.port), timeout=20) as raw:
        head = b"POST /endpoints/echo/invocations HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n"
        raw.sendall(head + b"Expect: 100-continue\r\n\r\n")
        assert raw.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        raw.sendall(b"ok")
        response = http.client.HTTPResponse(raw)
        response.begin()
        assert response.read() == b"ok"


def test_the_binary_content_type_becomes_kserves_header(plane: Plane) -> None:
    """The size of the JSON part reaches Triton, and nothing else of the client's headers."""
    plane.invoke("echo", b"{}xx", Content_Type=f"{_BINARY}2", X_Other="secret")
    assert b"\r\nInference-Header-Content-Length: 2\r\n" in plane.backend.last_head
    assert b"secret" not in plane.backend.last_head.lower()


def test_what_the_container_refuses_reaches_no_model(plane: Plane) -> None:
    """A content type that Triton's frontend refuses is a ModelError in its words; the connection lives."""
    connection = plane.connect()
    before = plane.backend.requests
    connection.request(
        "POST", "/endpoints/echo/invocations", bytes(600_000), {"Content-Type": f"x;{_BINARY}2"}
    )
    response = connection.getresponse()
    document = json.loads(response.read())
    assert (response.status, document["OriginalStatusCode"]) == (424, 400)
    assert document["OriginalMessage"].startswith('{"error":"expect MIME type for binary data starts with')
    assert plane.backend.requests == before
    connection.request("POST", "/endpoints/echo/invocations", b"next")
    assert connection.getresponse().read() == b"next"
    connection.close()


@pytest.mark.parametrize(
    ("endpoint", "status", "who"), [("error400", 400, "client"), ("error500", 500, "server")]
)
def test_a_models_error_is_a_model_error(plane: Plane, endpoint: str, status: int, who: str) -> None:
    """The answer is 424 with the original status and message."""
    response, answer = plane.invoke(endpoint)
    document = json.loads(answer)
    assert response.status == 424
    assert response.headers["x-amzn-ErrorType"] == "ModelError"
    assert document["OriginalStatusCode"] == status
    assert document["Message"].startswith(f"Received {who} error ({status}) from primary with message")
    assert document["LogStreamArn"].endswith(f":log-group:/aws/sagemaker/Endpoints/{endpoint}")


def test_a_long_error_of_a_model_is_cut(plane: Plane) -> None:
    """Only the first 64 KiB of what the model said are passed on."""
    _, answer = plane.invoke("error500")
    assert len(json.loads(answer)["OriginalMessage"]) == 65_536


@pytest.mark.parametrize("endpoint", ["dies", "gone", "down"])
def test_a_model_that_is_gone_is_a_model_error(plane: Plane, endpoint: str) -> None:
    """A model server that dies on a request, isn't there, or waits to be started again is told at once."""
    start = time.monotonic()
    response, answer = plane.invoke(endpoint, bytes(600_000))
    assert response.status == 424
    assert json.loads(answer)["OriginalStatusCode"] == 0
    assert time.monotonic() - start < _LIMIT_SECONDS


def test_a_model_that_hangs_is_a_model_error_after_the_limit(plane: Plane) -> None:
    """The client gets AWS's words on the time-out, and the connection lives."""
    connection = plane.connect()
    start = time.monotonic()
    connection.request("POST", "/endpoints/hangs/invocations", b"{}")
    response = connection.getresponse()
    message = json.loads(response.read())["OriginalMessage"]
    assert _LIMIT_SECONDS <= time.monotonic() - start < 3 * _LIMIT_SECONDS
    assert response.status == 424
    assert message.startswith(
        "Your invocation timed out while waiting for a response from container primary."
    )
    connection.request("POST", "/endpoints/echo/invocations", b"next")
    assert connection.getresponse().read() == b"next"
    connection.close()


def test_a_client_that_never_ends_its_request_is_answered(plane: Plane) -> None:
    """The limit counts from the request's head, so a half-sent body doesn't hold a model for ever."""
    with socket.create_connection(("127.0.0.1", plane.port), timeout=5) as raw:
        raw.sendall(b"POST /endpoints/echo/invocations HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhalf")
        assert raw.recv(100).startswith(b"HTTP/1.1 424 ")


def test_an_answer_that_breaks_off_is_not_taken_for_whole(plane: Plane) -> None:
    """The connection breaks off, too, so that the client notices."""
    connection = plane.connect()
    connection.request("POST", "/endpoints/breaks_off/invocations", b"{}")
    with pytest.raises((http.client.IncompleteRead, ConnectionResetError)):
        connection.getresponse().read()
    connection.close()


def test_an_answer_in_chunks_stays_in_chunks(plane: Plane) -> None:
    """A streamed answer of unknown length reaches the client whole."""
    response, answer = plane.invoke("chunked", b"body")
    assert response.headers["Transfer-Encoding"] == "chunked"
    assert answer == b"body!"


def test_an_answer_before_the_bodys_end_leaves_the_connection_usable(plane: Plane) -> None:
    """A model that refuses from the head is a ModelError; the rest of the body is not taken for a request."""
    connection = plane.connect()
    connection.request("POST", "/endpoints/early/invocations", bytes(3_000_000))
    response = connection.getresponse()
    assert json.loads(response.read())["OriginalMessage"] == "too soon"
    connection.request("POST", "/endpoints/echo/invocations", b"next")
    assert connection.getresponse().read() == b"next"
    connection.close()


def test_requests_in_turn_share_one_connection_to_triton(plane: Plane) -> None:
    """A hundred requests, each on a connection of its own, need one keep-alive connection behind."""
    plane.invoke("counts")
    before = plane.backend.connections
    for _ in range(100):
        plane.invoke("counts")
    assert plane.backend.connections == before


def test_requests_side_by_side_are_all_answered(plane: Plane) -> None:
    """Each of many clients gets its own answer."""
    bodies = [str(number).encode() * 50_000 for number in range(64)]
    with ThreadPoolExecutor(32) as pool:
        answers = list(pool.map(lambda body: plane.invoke("echo", body)[1], bodies))
    assert answers == bodies


def test_a_slow_reader_holds_the_model_back_not_the_memory(plane: Plane) -> None:
    """An answer of 200 MB to a client that doesn't read is held back at Triton."""
    with socket.create_connection(("127.0.0.1", plane.port), timeout=20) as raw:
        before = _resident_bytes(plane.process.pid)
        raw.sendall(b"POST /endpoints/big/invocations HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}")
        time.sleep(0.5)
        assert _resident_bytes(plane.process.pid) - before < BIG_ANSWER_BYTES / 10


def test_a_client_that_leaves_disturbs_nobody(plane: Plane) -> None:
    """After clients that went away in the middle of a body or an answer others are answered."""
    for endpoint, body in (("echo", b"half"), ("big", b"{}" + bytes(7)), ("hangs", b"{}" + bytes(7))):
        with socket.create_connection(("127.0.0.1", plane.port), timeout=20) as raw:
            head = f"POST /endpoints/{endpoint}/invocations HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n"
            raw.sendall(head.encode() + body)
            time.sleep(0.05)
    assert plane.invoke("echo", b"fine")[1] == b"fine"


def test_a_request_that_overtakes_is_not_answered_out_of_turn(plane: Plane) -> None:
    """Of two requests sent at once the first is answered, then the connection closes."""
    request = b"POST /endpoints/echo/invocations HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n"
    with socket.create_connection(("127.0.0.1", plane.port), timeout=5) as raw:
        raw.sendall(request + b"1" + request + b"2")
        received = b""
        while part := raw.recv(10_000):
            received += part
    assert received.count(b"HTTP/1.1 200 OK") == 1
    assert received.endswith(b"\r\n\r\n1")


def test_a_client_may_close(plane: Plane) -> None:
    """``Connection: close`` is heeded."""
    with socket.create_connection(("127.0.0.1", plane.port), timeout=5) as raw:
        raw.sendall(b"POST /endpoints/z/invocations HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        received = b""
        while part := raw.recv(10_000):
            received += part
    assert received.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert b"\r\nConnection: close\r\n" in received


def test_what_is_no_http_is_refused(plane: Plane) -> None:
    """Garbage ends the connection with a 400."""
    with socket.create_connection(("127.0.0.1", plane.port), timeout=5) as raw:
        raw.sendall(b"\x16\x03\x01 garbage\r\n\r\n")
        assert raw.recv(1000).startswith(b"HTTP/1.1 400 Bad Request\r\n")
        assert raw.recv(1000) == b""


@pytest.mark.parametrize(
    ("request_line", "header", "status", "code"),
    [
        ("POST /endpoints/none/invocations", "", 400, "ValidationError"),
        (
            "POST /endpoints/echo/invocations",
            "X-Amzn-SageMaker-Target-Variant: Other",
            400,
            "ValidationError",
        ),
        (
            "POST /endpoints/echo/invocations",
            "X-Amzn-SageMaker-Inference-Component: c",
            400,
            "ValidationError",
        ),
        (
            "POST /endpoints/echo/invocations",
            "Authorization: AWS4-HMAC-SHA256 Credential=test/20260101/eu-west-1/sagemaker/aws4_request",
            400,
            "ValidationError",
        ),
        ("POST /endpoints/echo/invocations", "Origin: https://example.com", 403, "AccessDeniedException"),
        ("GET /endpoints/echo/invocations", "", 404, "UnknownOperationException"),
        ("POST /endpoints/echo/async-invocations", "", 404, "UnknownOperationException"),
    ],
)
def test_what_cant_be_served_is_refused(
    plane: Plane, request_line: str, header: str, status: int, code: str
) -> None:
    """A missing endpoint, a wrong variant, a component, another region, a web page, another call."""
    method, path = request_line.split()
    connection = plane.connect()
    connection.request(method, path, b"{}", dict([header.split(": ")] if header else []))
    response = connection.getresponse()
    response.read()
    assert (response.status, response.headers["x-amzn-ErrorType"]) == (status, code)
    connection.close()


def _resident_bytes(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:")) * 1024


def test_a_copy_that_cant_be_reached_costs_no_request(plane: Plane) -> None:
    """Requests that go to a copy that is gone are answered by the other one, body and all."""
    for number in range(20):
        body = b"%d" % number * 10_000
        response, answer = plane.invoke("shared", body, X_Amzn_SageMaker_Inference_Component="half")
        assert (response.status, answer) == (200, body)


def test_a_chunked_body_finds_the_copy_that_can_be_reached(plane: Plane) -> None:
    """A body of unknown length is gathered first, and goes whole to whoever answers."""
    for _ in range(10):
        connection = plane.connect()
        headers = {"X-Amzn-SageMaker-Inference-Component": "half", "Transfer-Encoding": "chunked"}
        connection.request(
            "POST", "/endpoints/shared/invocations", iter([b"ab", b"cd"]), headers, encode_chunked=True
        )
        response = connection.getresponse()
        assert (response.status, response.read()) == (200, b"abcd")
        connection.close()


@pytest.mark.parametrize(
    ("component", "status", "words"),
    [
        ("lost", 424, "could not get a response from the shared endpoint"),
        ("empty", 400, "has no capacity to process this request"),
        ("nobody", 400, "Inference Component nobody not found for endpoint shared."),
        ("", 400, "Inference Component Name header is required"),
    ],
)
def test_a_component_that_cant_answer(plane: Plane, component: str, status: int, words: str) -> None:
    """Each way of having no copy has its own answer; the console's address is the component's log group."""
    response, answer = plane.invoke("shared", X_Amzn_SageMaker_Inference_Component=component)
    assert response.status == status
    assert words in json.loads(answer)["Message"]
    assert ("/aws/sagemaker/InferenceComponents/lost" in answer.decode()) is (component == "lost")


def test_without_a_clock_the_request_to_move_it_is_unknown(plane: Plane) -> None:
    """The path exists only where the server has a clock to move."""
    connection = plane.connect()
    connection.request("POST", "/_seatrial/clock", b"{}")
    assert connection.getresponse().status == 404
    connection.close()
