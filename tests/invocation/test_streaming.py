"""Streamed answers, through a real boto3 client and the service's own encoding."""

import json
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from invocation import (
    AnswerError,
    EndpointClient,
    EndpointError,
    NoCapacityError,
    RequestBody,
    RequestError,
)
from model_packaging.artifact import Layout, Signature, TensorSpec
from tests.invocation.event_streams import Service, encoded, failure, part, served

pytestmark = pytest.mark.integration  # boto3 and a server

SIGNATURE = Signature(
    inputs=(TensorSpec("text_input", "BYTES", (1,)),),
    outputs=(TensorSpec("text_output", "BYTES", (1,)),),
    batched=False,
)
INPUTS = {"text_input": np.array(["a b c"], dtype=object)}
WORDS = ["one", "zwei", "três"]


def event(word: str) -> bytes:
    return f"data: {json.dumps({'model_name': 'm', 'text_output': word}, ensure_ascii=False)}\n\n".encode()


STREAM = b"".join(event(word) for word in WORDS)


def words_of(service: Service, **arguments: object) -> Iterator[str]:
    with served(service) as runtime:
        client = EndpointClient(runtime, endpoint_name="chat", signature=SIGNATURE, **arguments)
        for answer in client.stream(INPUTS, {"temperature": 0}):
            assert answer.variant == "AllTraffic"
            yield answer.outputs["text_output"][0].decode()


def test_answers_come_one_by_one() -> None:
    """Each event is an answer; the request names the endpoint and carries the generate extension's JSON."""
    service = Service([part(event(word)) for word in WORDS])
    assert list(words_of(service)) == WORDS
    ((path, headers, body),) = service.requests
    assert path == "/endpoints/chat/invocations-response-stream"
    assert headers["content-type"] == "application/json"
    assert json.loads(body) == {"text_input": "a b c", "parameters": {"temperature": 0}}


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(0, len(STREAM)), max_size=8), st.integers(1, 40))
def test_parts_and_chunks_may_be_cut_anywhere(cuts: list[int], chunk_bytes: int) -> None:
    """Neither where the service cuts its parts nor where the network cuts these changes an answer."""
    places = sorted({0, *cuts, len(STREAM)})
    whole = b"".join(part(STREAM[a:b]) for a, b in pairwise(places))
    chunks = [whole[start : start + chunk_bytes] for start in range(0, len(whole), chunk_bytes)]
    assert list(words_of(Service(chunks))) == WORDS


def test_what_came_before_a_failure_is_given() -> None:
    """The error comes after the answers that were whole, in the service's words."""
    broken = failure(
        "ModelStreamError", b'{"Message": "too slow", "ErrorCode": "ModelInvocationTimeExceeded"}'
    )
    words = words_of(Service([part(event("one")), broken]))
    assert next(words) == "one"
    with pytest.raises(
        EndpointError, match=r"^endpoint chat: the answer broke off: ModelStreamError: too slow$"
    ):
        next(words)


def test_an_internal_failure_is_said() -> None:
    """The service's own failure has its name."""
    words = words_of(Service([failure("InternalStreamFailure", b'{"Message": "try again"}')]))
    with pytest.raises(EndpointError, match=r"the answer broke off: InternalStreamFailure: try again$"):
        next(words)


@pytest.mark.parametrize(
    ("service", "words"),
    [
        (Service([part(event("one"))], cut=True), "the answer broke off: "),
        (Service([part(event("one"))[:-1] + b"x"]), "the answer broke off: Checksum mismatch"),
        (Service([part(b'data: {"error": "boom"}\n\n')]), "^endpoint chat: the model says: boom$"),
    ],
)
def test_a_broken_stream_is_said(service: Service, words: str) -> None:
    """A lost connection, a damaged message and an error of the model's are one kind of exception."""
    with pytest.raises(EndpointError, match=words):
        list(words_of(service))


def test_a_stream_that_ends_inside_an_answer_is_said() -> None:
    """The service ended the stream properly, the container didn't."""
    with pytest.raises(AnswerError, match="the stream ends inside an event"):
        list(words_of(Service([part(STREAM[:-1])])))


def test_an_answer_that_is_no_stream_says_what_to_set() -> None:
    """A container of the type infer answers with one JSON."""
    service = Service([part(b"{}")], content_type="application/json")
    with pytest.raises(AnswerError, match=r"answers 'application/json', .*INFERENCE_TYPE to generate_stream"):
        list(words_of(service))


def test_events_of_other_kinds_are_passed_over() -> None:
    """What the service may add one day is no answer."""
    other = encoded({":event-type": "Other", ":message-type": "event"}, b"{}")
    assert list(words_of(Service([other, part(STREAM)]))) == WORDS


NO_CAPACITY = (400, "ValidationError", b'{"Message": "Inference Component has no capacity to process this."}')


def test_a_stream_waits_for_a_copy() -> None:
    """Only before the answer begins: then the request is repeated."""
    pauses: list[float] = []
    service = Service([part(STREAM)], refusals=[NO_CAPACITY, NO_CAPACITY])
    words = words_of(service, component_name="chat-it", capacity_timeout_seconds=60, sleep=pauses.append)
    assert list(words) == WORDS
    assert pauses == [1, 2]
    assert {headers["x-amzn-sagemaker-inference-component"] for _, headers, _ in service.requests} == {
        "chat-it"
    }


def test_without_patience_no_capacity_is_said() -> None:
    """Who doesn't ask for waiting is told at once."""
    with pytest.raises(NoCapacityError, match=r"endpoint chat, component chat-it: .* no capacity"):
        list(words_of(Service(refusals=[NO_CAPACITY]), component_name="chat-it"))


def test_a_stream_that_fails_at_once_says_the_models_words() -> None:
    """Triton answers 400 with an event; SageMaker hands it on in its own error."""
    said = 'data: {"error":"boom"}\n\n'
    body = json.dumps({"Message": "Received client error (400) from primary.", "OriginalMessage": said})
    service = Service(refusals=[(424, "ModelError", body.encode())])
    with pytest.raises(EndpointError, match=r"ModelError: Received client .* The model says: boom$"):
        list(words_of(service))


def test_raw_parts_are_given_as_they_are() -> None:
    """A container with another form of stream is read by its own client."""
    with served(Service([part(b"\x00ab"), part(b"c")], content_type="application/octet-stream")) as runtime:
        client = EndpointClient(runtime, endpoint_name="chat", signature=SIGNATURE, layout=Layout.PYTORCH)
        parts = client.stream_bytes(RequestBody("text/plain", b"hello", accept="text/plain"))
        assert list(parts) == [b"\x00ab", b"c"]


def test_a_multi_model_endpoint_doesnt_stream() -> None:
    """The API has no TargetModel there; it is said before anything is sent."""
    client = EndpointClient(None, endpoint_name="many", signature=SIGNATURE, target_model="a.tar.gz")
    for streaming in (lambda: client.stream(INPUTS), lambda: client.stream_bytes(RequestBody("a/b", b""))):
        with pytest.raises(
            RequestError, match=r"^endpoint many, model a.tar.gz: a multi-model endpoint doesn't"
        ):
            streaming()


def test_pytorchs_toolkit_doesnt_stream_arrays() -> None:
    """Its default functions give one answer; what else there is is said."""
    client = EndpointClient(None, endpoint_name="chat", signature=SIGNATURE, layout=Layout.PYTORCH)
    with pytest.raises(RequestError, match=r"knows no generate extension; use infer\(\)"):
        client.stream(INPUTS)


def test_inputs_are_refused_before_anything_is_sent() -> None:
    """At the call, not at the first answer."""
    client = EndpointClient(None, endpoint_name="chat", signature=SIGNATURE)
    with pytest.raises(RequestError, match="text_input: missing"):
        client.stream({})
