"""Asking one endpoint through boto3's SageMaker runtime."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any, TypeVar

from botocore.exceptions import BotoCoreError, ClientError
from numpy.typing import NDArray

from invocation._capacity import while_no_capacity
from invocation._refusals import refusal
from invocation._response_stream import ResponseStream, check_streams
from invocation._target import Target
from invocation.answer import check_outputs, read_answer
from invocation.errors import AnswerError, EndpointError, RequestError
from invocation.generate import Parameter, generate_request, read_generated
from invocation.npy import npy_request, read_array_answer
from invocation.request import RequestBody, binary_request, json_request
from invocation.server_sent_events import EVENT_STREAM, ServerSentEvents
from invocation.tensors import batch_size_of
from model_packaging.artifact import Layout, Signature

__all__ = ["Answer", "EndpointClient"]

_Result = TypeVar("_Result")
_Read = Callable[[str, bytes], dict[str, NDArray[Any]]]
"""Outputs by name from a content type and a body."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An endpoint's answer, or one of those that it streams.

    Attributes:
        outputs: arrays by name.
        variant: the production variant that answered.
        seconds: from the call to the answer's last byte, as this process saw it.
    """

    outputs: dict[str, NDArray[Any]]
    variant: str
    seconds: float


class EndpointClient:
    """Sends requests to one endpoint, or to one of the models behind it.

    Args:
        runtime: a boto3 ``sagemaker-runtime`` client.
        endpoint_name: the endpoint's name at AWS.
        signature: of the model behind it.
        layout: of its artifact, which says how requests and answers look. Default: Triton's.
        max_batch_size: the most that Triton takes in one request. Default: not checked before the request.
        component_name: the inference component's name at AWS. Default: none, the endpoint has a model itself.
        target_model: the model of a multi-model endpoint, by its path below the endpoint's model data.
            Default: none, the endpoint has one model.
        target_container_hostname: the container of an endpoint with direct invocation. Default: none.
        capacity_timeout_seconds: how long a request is repeated while the component has no copy, as after
            scaling to zero; from there a copy takes minutes. Default: 0, it is not repeated.
        sleep: waits so many seconds; tests give their own.

    Raises:
        ClientSettingsError: a component is named together with a model or a container.
    """

    def __init__(
        self,
        runtime: Any,  # noqa: ANN401 - boto3 makes its clients' classes at run time
        *,
        endpoint_name: str,
        signature: Signature,
        layout: Layout = Layout.TRITON,
        max_batch_size: int | None = None,
        component_name: str | None = None,
        target_model: str | None = None,
        target_container_hostname: str | None = None,
        capacity_timeout_seconds: float = 0.0,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._runtime = runtime
        self._target = Target(endpoint_name, component_name, target_model, target_container_hostname)
        self._signature = signature
        self._layout = layout
        self._max_batch_size = max_batch_size
        self._capacity_timeout_seconds = capacity_timeout_seconds
        self._sleep = sleep

    def infer(self, inputs: Mapping[str, NDArray[Any]], *, binary: bool = True) -> Answer:
        """Send ``inputs`` and return the answer.

        Args:
            inputs: one array per input, by name; with the batch dimension where the model has one.
            binary: whether they travel as bytes, both ways, or as JSON. PyTorch's toolkit gets .npy.

        Raises:
            RequestError: the inputs don't fit the model.
            NoCapacityError: the component has no copy, and got none in time.
            EndpointError: the endpoint refused or the model failed; with the model's own words.
            AnswerError: the answer is no inference answer, or not what the model gives.
        """
        if self._layout is Layout.PYTORCH:
            return self.send(npy_request(self._signature, inputs))
        request = binary_request if binary else json_request
        answer = self.send(request(self._signature, inputs, max_batch_size=self._max_batch_size))
        check_outputs(self._signature, answer.outputs, batch_size=batch_size_of(self._signature, inputs))
        return answer

    def send(self, request: RequestBody) -> Answer:
        """Send a body as it is and return the answer, whose outputs may be others than the signature's.

        Raises:
            NoCapacityError: the component has no copy, and got none in time.
            EndpointError: the endpoint refused or the model failed; with the model's own words.
            AnswerError: the answer is no inference answer.
        """
        return self._patiently(lambda: self._send_once(request, self._read))

    def generate(
        self, inputs: Mapping[str, NDArray[Any]], parameters: Mapping[str, Parameter] | None = None
    ) -> Answer:
        """Return the one answer of a container whose inference type is ``generate``.

        Args:
            inputs: by name, as for ``infer``.
            parameters: passed on to the model. Default: none.

        Raises:
            RequestError: the inputs don't fit the model or the form.
            NoCapacityError: the component has no copy, and got none in time.
            EndpointError: the endpoint refused or the model failed; with the model's own words.
            AnswerError: the answer is not what the model gives.
        """
        request, batch_size = self._to_generate(inputs, parameters)
        return self._patiently(
            lambda: self._send_once(request, lambda _, body: self._generated(body, batch_size))
        )

    def stream(
        self, inputs: Mapping[str, NDArray[Any]], parameters: Mapping[str, Parameter] | None = None
    ) -> Iterator[Answer]:
        """Return the answers of a container whose inference type is ``generate_stream``, as they come.

        The request is sent when the first answer is asked for; it is repeated for want of a copy only while
        nothing of an answer has come.

        Args:
            inputs: by name, as for ``infer``.
            parameters: as for ``generate``.

        Raises:
            RequestError: the inputs don't fit the model or the form, or nothing can stream here; at once.
            NoCapacityError: the component has no copy, and got none in time.
            EndpointError: the endpoint refused, the model failed or the stream broke; with the model's words.
            AnswerError: an answer is not what the model gives.
        """
        check_streams(self._target)
        return self._streamed(*self._to_generate(inputs, parameters))

    def stream_bytes(self, request: RequestBody) -> Iterator[bytes]:
        """Return the parts of a streamed answer as they come, cut wherever the service cuts them.

        The request is sent when the first part is asked for.

        Raises:
            RequestError: the endpoint is a multi-model one, which doesn't stream; at once.
            NoCapacityError: the component has no copy, and got none in time.
            EndpointError: the endpoint refused, the model failed or the stream broke; with the model's words.
        """
        check_streams(self._target)
        return self._parts(request)

    def _parts(self, request: RequestBody) -> Iterator[bytes]:
        yield from self._opened(request).parts()

    def _streamed(self, request: RequestBody, batch_size: int | None) -> Iterator[Answer]:
        started = time.perf_counter()
        stream = self._opened(request)
        events = ServerSentEvents()
        if stream.content_type and not stream.content_type.startswith(EVENT_STREAM):
            stream.close()
            raise AnswerError(
                f"{self._target} answers {stream.content_type!r}, not {EVENT_STREAM}: set its container's "
                "SAGEMAKER_TRITON_INFERENCE_TYPE to generate_stream, or use infer()."
            )
        with closing(stream.parts()) as parts:
            for part in parts:
                for data in events.feed(part):
                    outputs = self._generated(data, batch_size)
                    yield Answer(outputs, stream.variant, time.perf_counter() - started)
        events.end()

    def _to_generate(
        self, inputs: Mapping[str, NDArray[Any]], parameters: Mapping[str, Parameter] | None
    ) -> tuple[RequestBody, int | None]:
        """Return a request of the generate extension and its batch size."""
        if self._layout is Layout.PYTORCH:
            raise RequestError(
                f"{self._target}: PyTorch's toolkit knows no generate extension; use infer(), or "
                "stream_bytes() for an entry point that streams."
            )
        request = generate_request(self._signature, inputs, parameters, max_batch_size=self._max_batch_size)
        return request, batch_size_of(self._signature, inputs)

    def _generated(self, data: bytes, batch_size: int | None) -> dict[str, NDArray[Any]]:
        try:
            return read_generated(self._signature, data, batch_size)
        except EndpointError as error:
            raise EndpointError(f"{self._target}: {error}") from error

    def _opened(self, request: RequestBody) -> ResponseStream:
        return self._patiently(lambda: ResponseStream.open(self._runtime, self._target, request))

    def _send_once(self, request: RequestBody, read: _Read) -> Answer:
        started = time.perf_counter()
        try:
            response = self._runtime.invoke_endpoint(
                **self._target.arguments,
                **request.accepting,
                ContentType=request.content_type,
                Body=request.body,
            )
            body = response["Body"].read()
        except ClientError as error:
            raise refusal(str(self._target), error) from error
        except BotoCoreError as error:
            raise EndpointError(f"{self._target} can't be reached: {error}") from error
        seconds = time.perf_counter() - started
        return Answer(
            outputs=read(response.get("ContentType", ""), body),
            variant=response.get("InvokedProductionVariant", ""),
            seconds=seconds,
        )

    def _read(self, content_type: str, body: bytes) -> dict[str, NDArray[Any]]:
        if self._layout is Layout.PYTORCH:
            return read_array_answer(self._signature, content_type, body)
        return read_answer(content_type, body)

    def _patiently(self, call: Callable[[], _Result]) -> _Result:
        return while_no_capacity(call, timeout_seconds=self._capacity_timeout_seconds, sleep=self._sleep)
