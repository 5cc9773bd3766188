"""A request to a multi-model endpoint: its model is found, or loaded while the request waits."""

import asyncio
import logging
from concurrent.futures import Future

from local.aws.server._answer_relay import AnswerRelay
from local.aws.server._invocation import Invocation
from local.aws.server._runtime_call import Call
from local.aws.server.errors import LaunchError
from local.aws.server.invocation_mapping import server_request
from local.aws.server.routes import Backend
from local.aws.server.runtime_answers import (
    Answer,
    Origin,
    model_error,
    model_unreachable,
    validation_error,
)
from local.aws.server.target_answers import model_not_ready
from local.aws.server.target_models import LoadedTarget, TargetModels
from local.triton import ModelLoadError, TritonError
from local.triton.sagemaker_contract import RefusedInvocation, error_body, failure_status

__all__ = ["TargetModelRequest"]

_logger = logging.getLogger("seatrial.data_plane")


class TargetModelRequest:
    """One such request.

    Args:
        call: the request.
        origin: whose model is asked.
        backend: the variant.
        models: its models.
        target: the one that is asked.
    """

    def __init__(
        self, call: Call, origin: Origin, backend: Backend, models: TargetModels, target: str
    ) -> None:
        self._call = call
        self._client = call.client
        self._origin = origin
        self._backend = backend
        self._models = models
        self._target = target
        self._gathered: list[bytes] = []
        self._ended = False
        self._over = False
        self._invocation: Invocation | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._loop = asyncio.get_running_loop()
        self._deadline = self._loop.time() + call.way.timeout_seconds
        backend.hold()
        loaded = models.find(target)
        if loaded is not None:
            self._invoke(loaded)
        else:
            self._client.pause()
            self._timer = self._loop.call_later(call.way.timeout_seconds, self._time_out)
            models.load(target).add_done_callback(
                lambda done: self._loop.call_soon_threadsafe(self._loaded, done)
            )

    def on_body(self, chunk: bytes) -> None:
        """A part of the request's body has come."""
        if self._invocation is not None:
            self._invocation.on_body(chunk)
        elif not self._over:
            self._gathered.append(chunk)

    def on_end(self) -> None:
        """The request is complete."""
        self._ended = True
        if self._invocation is not None:
            self._invocation.on_end()

    def abandon(self) -> None:
        """The client is gone; a load goes on to its end."""
        if self._invocation is not None:
            self._invocation.abandon()
        else:
            self._settle()

    def pause_answer(self) -> None:
        """The client reads slower than Triton sends."""
        if self._invocation is not None:
            self._invocation.pause_answer()

    def resume_answer(self) -> None:
        """The client has caught up."""
        if self._invocation is not None:
            self._invocation.resume_answer()

    def _loaded(self, done: "Future[LoadedTarget]") -> None:
        if done.cancelled():
            self._answer(model_unreachable(self._origin), 0)
            return
        error = done.exception()
        if error is None and not self._over:
            self._client.resume()
            self._invoke(done.result())
        elif error is None:
            self._models.release(done.result())
        elif isinstance(error, LaunchError):
            self._answer(validation_error(str(error)), None)
        elif isinstance(error, ModelLoadError):
            message = error_body(error.message)
            self._answer(model_error(self._origin, error.status, message), error.status)
        else:
            if not isinstance(error, TritonError):
                _logger.error("target model %s can't be loaded", self._target, exc_info=error)
            self._answer(model_unreachable(self._origin), 0)

    def _invoke(self, loaded: LoadedTarget) -> None:
        request = server_request(loaded.plan, self._call.headers)
        if isinstance(request, RefusedInvocation):
            self._models.release(loaded)
            self._answer(model_error(self._origin, request.status, request.body), request.status)
            return
        self._invocation = Invocation(
            self._client,
            self._origin,
            self._backend,
            request,
            self._call.content_length,
            timeout_seconds=max(0.0, self._deadline - self._loop.time()),
            relay=_TargetModelRelay,
            when_over=lambda _: self._models.release(loaded),
        )
        self._settle()
        for chunk in self._gathered:
            self._invocation.on_body(chunk)
        self._gathered.clear()
        if self._ended:
            self._invocation.on_end()

    def _time_out(self) -> None:
        self._answer(model_not_ready(self._origin.endpoint, self._target), None)

    def _answer(self, answer: Answer, status: int | None) -> None:
        if self._over:
            return
        if status is not None:
            self._backend.begin()
            self._backend.end(status)
        self._settle()
        self._client.resume()
        self._client.send_answer(answer)

    def _settle(self) -> None:
        """Wait for a model no more."""
        if not self._over:
            self._over = True
            if self._timer is not None:
                self._timer.cancel()
            self._backend.let_go()


class _TargetModelRelay(AnswerRelay):
    """The answer of a multi-model container, which has statuses of its own for errors."""

    @property
    def error_status(self) -> int:
        return failure_status(self.error.decode("utf-8", errors="replace"))
