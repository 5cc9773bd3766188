"""One client of a Triton on loopback, which is asked as SageMaker's frontend passes requests on."""

import json
import re
from dataclasses import replace

from invocation.errors import InvocationError
from invocation.generate import generate_request, read_generated
from invocation.server_sent_events import ServerSentEvents
from invocation.tensors import batch_size_of, inference_body, input_problems, json_problems, read_outputs
from local.triton.sagemaker_contract import (
    RefusedInvocation,
    ServingPlan,
    answer_content_type,
    map_invocation,
)
from model_packaging.artifact import Signature
from model_packaging.eager.comparison import Arrays
from preflight.trial._http import Connection, Reply
from preflight.trial._served import Answered
from preflight.trial.request_outcome import Form

__all__ = ["TritonClient", "words_of"]

_OK = 200
_LONGEST_ERROR = 400
_TRACEBACK = "\n\nAt:\n"
_TORCHSCRIPT = "The following operation failed in the TorchScript interpreter."
_PYTHON_ERROR = re.compile(r"^(?:\w+\.)*\w*(?:Error|Exception): .*", re.MULTILINE)


class TritonClient:
    """One client; not for several threads at once.

    Args:
        connection: to Triton.
        plan: what the container makes of requests.
        signature: of the model that answers.
    """

    def __init__(self, connection: Connection, plan: ServingPlan, signature: Signature) -> None:
        self._connection = connection
        self._plan = plan
        self._signature = signature

    def ask(self, inputs: Arrays, form: Form) -> Answered:
        """Send a request as SageMaker would pass it on."""
        if form is Form.GENERATE:
            return self._generate(inputs)
        problems = input_problems(self._signature, inputs)
        if form is Form.JSON and not problems:
            problems = json_problems(self._signature, inputs)
        if problems:
            return Answered(None, 0.0, 0, error=f"the request doesn't fit: {'; '.join(problems)}")
        content_type, body = inference_body(self._signature, inputs, binary=form is Form.BINARY)
        reply = self._send(content_type, body)
        answered = _of_reply(reply, len(body))
        if answered.error:
            return answered
        answer_type = answer_content_type(
            reply.headers.get("content-type"), reply.headers.get("inference-header-content-length")
        )
        try:
            return replace(answered, outputs=read_outputs(answer_type, reply.body))
        except ValueError as unreadable:
            return replace(answered, error=str(unreadable))

    def _generate(self, inputs: Arrays) -> Answered:
        """Send a request of the generate extension; of a stream of answers the first is returned."""
        try:
            request = generate_request(self._signature, inputs)
        except InvocationError as refused:
            return Answered(None, 0.0, 0, error=str(refused))
        reply = self._send(request.content_type, request.body)
        answered = _of_reply(reply, len(request.body))
        if answered.error:
            return answered
        rows = batch_size_of(self._signature, inputs)
        try:
            answers = [read_generated(self._signature, data, rows) for data in self._parts(reply.body)]
        except InvocationError as unreadable:
            return replace(answered, error=str(unreadable))
        if not answers:
            return replace(answered, error="the stream holds no answer")
        return replace(answered, outputs=answers[0])

    def _parts(self, body: bytes) -> list[bytes]:
        if self._plan.inference_type == "generate":
            return [body]
        events = ServerSentEvents()
        parts = events.feed(body)
        events.end()
        return parts

    def _send(self, content_type: str, body: bytes) -> Reply:
        mapped = map_invocation(self._plan, content_type)
        if isinstance(mapped, RefusedInvocation):
            return Reply(mapped.status, {}, mapped.body, 0.0)
        return self._connection.exchange("POST", mapped.path, mapped.headers, body)


def words_of(body: bytes) -> str:
    """Return what an answer that is an error says, on one line and without Python's traceback."""
    try:
        text = str(json.loads(body)["error"])
    except (ValueError, LookupError, TypeError):
        text = body.decode("utf-8", errors="replace")
    what, torchscript, trace = text.split(_TRACEBACK, 1)[0].partition(_TORCHSCRIPT)
    raised = _PYTHON_ERROR.findall(trace) if torchscript else []
    line = " ".join(f"{what} {raised[-1] if raised else trace}".split())
    return line if len(line) <= _LONGEST_ERROR else f"{line[: _LONGEST_ERROR - 1]}…"


def _of_reply(reply: Reply, request_bytes: int) -> Answered:
    error = reply.broken
    if not error and reply.status != _OK:
        error = f"HTTP {reply.status}: {words_of(reply.body)}"
    return Answered(None, reply.seconds, request_bytes, len(reply.body), error, reply.timed_out)
