"""A request to a serial inference pipeline: each container's answer is the request of the next.

The first container gets the request as it comes, and the client the last one's answer as it comes; what lies
between is gathered. A container that fails ends it: the client gets a ``ModelError`` that names it.

Source: SageMaker developer guide, "Inference pipelines in Amazon SageMaker AI".
"""

import asyncio
import sys
from collections.abc import Callable, Mapping
from http import HTTPStatus

from local.aws.server._answer_relay import AnswerRelay, NewRelay
from local.aws.server._exchange import Client
from local.aws.server._invocation import Invocation
from local.aws.server._runtime_call import Call
from local.aws.server.fleet import SharedServing
from local.aws.server.invocation_mapping import invocation_answer_type, server_request
from local.aws.server.routes import Backend
from local.aws.server.runtime_answers import BODY_LIMIT_BYTES, Answer, Origin, model_error
from local.triton.sagemaker_contract import KserveRequest, RefusedInvocation

__all__ = ["PipelineRequest"]


class PipelineRequest:
    """One such request.

    Args:
        call: the request.
        origin: whose model is asked.
        backend: the variant, whose members are the containers.
    """

    def __init__(self, call: Call, origin: Origin, backend: Backend) -> None:
        self._client = call.client
        self._relay = call.way.relay
        self._origin = origin
        self._backend = backend
        loop = asyncio.get_running_loop()
        self._began = loop.time()
        self._deadline = self._began + call.way.timeout_seconds
        self._invocation: Invocation | None = None
        self._position = 0
        backend.begin()
        self._invoke(call.headers, call.content_length)

    def on_body(self, chunk: bytes) -> None:
        """A part of the request's body has come."""
        if self._invocation is not None and self._position == 0:
            self._invocation.on_body(chunk)

    def on_end(self) -> None:
        """The request is complete."""
        if self._invocation is not None and self._position == 0:
            self._invocation.on_end()

    def abandon(self) -> None:
        """The client is gone."""
        if self._invocation is not None:
            self._invocation.abandon()

    def pause_answer(self) -> None:
        """The client reads slower than the last container sends."""
        if self._invocation is not None:
            self._invocation.pause_answer()

    def resume_answer(self) -> None:
        """The client has caught up."""
        if self._invocation is not None:
            self._invocation.resume_answer()

    def _invoke(self, headers: Mapping[bytes, bytes], content_length: int | None) -> None:
        member = self._backend.members[self._position]
        origin = self._origin.of_container(member.variant.name)
        plan = member.variant.plan
        if isinstance(plan, SharedServing):
            raise TypeError(f"container {member.variant.name} of a pipeline is no single container")
        request = server_request(plan, headers)
        if isinstance(request, RefusedInvocation):
            self._refuse(model_error(origin, request.status, request.body), request.status)
        elif self._is_last:
            self._start(
                self._client,
                origin,
                member,
                request,
                content_length=content_length,
                relay=self._variant_relay,
            )
        else:
            gathering = _Gathering(self._client, self._pass_on)
            self._start(
                gathering,
                origin,
                member,
                request,
                content_length=content_length,
                relay=gathering.relay,
            )

    def _start(
        self,
        client: Client,
        origin: Origin,
        member: Backend,
        request: KserveRequest,
        *,
        content_length: int | None,
        relay: NewRelay,
    ) -> None:
        self._invocation = Invocation(
            client,
            origin,
            member,
            request,
            content_length,
            timeout_seconds=max(0.0, self._deadline - asyncio.get_running_loop().time()),
            relay=relay,
            when_over=self._over,
            # The limit is the API's, of what clients send.
            body_limit_bytes=sys.maxsize if self._position else BODY_LIMIT_BYTES,
        )

    @property
    def _is_last(self) -> bool:
        return self._position == len(self._backend.members) - 1

    def _variant_relay(self, client: Client, hostname: str) -> AnswerRelay:  # noqa: ARG002 - a relay's signature
        return self._relay(client, self._backend.variant.name)

    def _pass_on(self, content_type: bytes, body: bytes) -> None:
        self._position += 1
        self._invocation = None
        self._invoke({b"content-type": content_type}, len(body))
        invocation: Invocation | None = self._invocation
        if invocation is not None:
            invocation.on_body(body)
            invocation.on_end()

    def _refuse(self, answer: Answer, status: int) -> None:
        self._over(status)
        self._client.send_answer(answer)

    def _over(self, status: int | None) -> None:
        if self._is_last or status != HTTPStatus.OK:
            self._backend.end(status, asyncio.get_running_loop().time() - self._began)


class _Gathering:
    """In the client's place, before every container but the last: its answer goes to the next container.

    Args:
        client: who gets an error.
        pass_on: takes the content type and the body of an answer that is none.
    """

    def __init__(self, client: Client, pass_on: Callable[[bytes, bytes], None]) -> None:
        self._client = client
        self._pass_on = pass_on
        self._gathered: _GatheringRelay | None = None

    def relay(self, client: Client, variant: str) -> AnswerRelay:
        """Return what gathers an answer."""
        self._gathered = _GatheringRelay(client, variant)
        return self._gathered

    def send(self, *parts: bytes) -> None:
        """Send a part of the answer; a gathered one has none."""
        self._client.send(*parts)

    def send_answer(self, answer: Answer) -> None:
        """Send an error."""
        self._client.send_answer(answer)

    def answered(self, *, keep_alive: bool = True) -> None:
        """Pass the gathered answer on."""
        if self._gathered is not None and keep_alive:
            self._pass_on(self._gathered.content_type, b"".join(self._gathered.parts))

    def end_after_answer(self) -> None:
        """Close the connection once the answer is sent."""
        self._client.end_after_answer()

    def pause(self) -> None:
        """Stop reading the request."""
        self._client.pause()

    def resume(self) -> None:
        """Go on reading the request."""
        self._client.resume()


class _GatheringRelay(AnswerRelay):
    """Gathers an answer that is no error."""

    limit_bytes = None

    def __init__(self, client: Client, variant: str) -> None:
        super().__init__(client, variant)
        self.content_type = b""
        self.parts: list[bytes] = []

    def head(self, status: int, headers: dict[bytes, bytes]) -> None:
        self.status = status
        self.content_type = invocation_answer_type(headers)

    def body(self, chunk: bytes) -> None:
        if self.is_error:
            super().body(chunk)
        else:
            self.parts.append(chunk)

    def end(self) -> None:
        """Nothing is left to send."""
