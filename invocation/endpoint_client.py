"""Asking one endpoint through boto3's SageMaker runtime."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError
from numpy.typing import NDArray

from invocation.answer import read_answer
from invocation.errors import EndpointError, NoCapacityError
from invocation.npy import npy_request, read_array_answer
from invocation.request import RequestBody, binary_request
from model_packaging.artifact.layout import Layout

if TYPE_CHECKING:
    from model_packaging.artifact import Signature

__all__ = ["Answer", "EndpointClient"]


_FIRST_PAUSE_SECONDS = 1.0
_LONGEST_PAUSE_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class Answer:
    """An endpoint's answer.

    Attributes:
        outputs: arrays by name.
        variant: the production variant that answered.
        seconds: from the call to the last byte, as this process saw it.
    """

    outputs: dict[str, NDArray[Any]]
    variant: str
    seconds: float


class EndpointClient:
    """Sends requests to one endpoint, or to one inference component of it.

    Args:
        runtime: a boto3 ``sagemaker-runtime`` client.
        endpoint_name: the endpoint's name at AWS.
        signature: of the model behind it.
        layout: of its artifact, which says how requests and answers look. Default: Triton's.
        component_name: the inference component's name at AWS. Default: none, the endpoint has a model itself.
        capacity_timeout_seconds: how long a request is repeated while the component has no copy, as after
            scaling to zero; from there a copy takes minutes. Default: 0, it is not repeated.
        sleep: waits so many seconds; tests give their own.
    """

    def __init__(
        self,
        runtime: Any,  # noqa: ANN401 - boto3 makes its clients' classes at run time
        *,
        endpoint_name: str,
        signature: "Signature",
        layout: Layout = Layout.TRITON,
        component_name: str | None = None,
        capacity_timeout_seconds: float = 0.0,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._runtime = runtime
        self._target = {"EndpointName": endpoint_name}
        self._named = f"endpoint {endpoint_name}"
        if component_name is not None:
            self._target["InferenceComponentName"] = component_name
            self._named = f"{self._named}, component {component_name}"
        self._signature = signature
        self._layout = layout
        self._capacity_timeout_seconds = capacity_timeout_seconds
        self._sleep = sleep

    def infer(self, inputs: Mapping[str, NDArray[Any]]) -> Answer:
        """Send ``inputs`` and return the answer; to Triton in its binary form, to PyTorch's toolkit as .npy.

        Raises:
            RequestError: the inputs don't fit the signature.
            NoCapacityError: the component has no copy, and got none in time.
            EndpointError: the endpoint refused or the model failed; with the model's own words.
            AnswerError: the answer is no inference answer.
        """
        request = npy_request if self._layout is Layout.PYTORCH else binary_request
        return self.send(request(self._signature, inputs))

    def send(self, request: RequestBody) -> Answer:
        """Send a body as it is and return the answer.

        Raises:
            NoCapacityError: the component has no copy, and got none in time.
            EndpointError: the endpoint refused or the model failed; with the model's own words.
            AnswerError: the answer is no inference answer.
        """
        waited_seconds, pause_seconds = 0.0, _FIRST_PAUSE_SECONDS
        while True:
            try:
                return self._send_once(request)
            except NoCapacityError:
                left_seconds = self._capacity_timeout_seconds - waited_seconds
                if left_seconds <= 0:
                    raise
            pause_seconds = min(pause_seconds, left_seconds)
            self._sleep(pause_seconds)
            waited_seconds += pause_seconds
            pause_seconds = min(2 * pause_seconds, _LONGEST_PAUSE_SECONDS)

    def _send_once(self, request: RequestBody) -> Answer:
        started = time.perf_counter()
        try:
            response = self._runtime.invoke_endpoint(
                **self._target,
                **({"Accept": request.accept} if request.accept else {}),
                ContentType=request.content_type,
                Body=request.body,
            )
            body = response["Body"].read()
        except ClientError as error:
            kind = NoCapacityError if _lacks_capacity(error) else EndpointError
            raise kind(f"{self._named}: {_refusal(error)}") from error
        except BotoCoreError as error:
            raise EndpointError(f"{self._named} can't be reached: {error}") from error
        seconds = time.perf_counter() - started
        return Answer(
            outputs=self._read(response.get("ContentType", ""), body),
            variant=response.get("InvokedProductionVariant", ""),
            seconds=seconds,
        )

    def _read(self, content_type: str, body: bytes) -> dict[str, NDArray[Any]]:
        if self._layout is Layout.PYTORCH:
            return read_array_answer(self._signature, content_type, body)
        return read_answer(content_type, body)


def _lacks_capacity(error: ClientError) -> bool:
    """Whether a component has no copy: SageMaker says so with a ValidationError, in its message alone."""
    found = error.response.get("Error", {})
    of_validation = found.get("Code") in {"ValidationError", "ValidationException"}
    return of_validation and "no capacity" in found.get("Message", "").lower()


def _refusal(error: ClientError) -> str:
    """Say what was refused, with the container's own message where there is one."""
    response = error.response
    original = response.get("OriginalMessage") or ""
    try:
        original = json.loads(original)["error"]
    except (ValueError, KeyError, TypeError):
        original = str(original).strip()
    code = response.get("Error", {}).get("Code", "Unknown")
    message = response.get("Error", {}).get("Message", "")
    if original:
        # AWS repeats the container's message inside its own, as escaped JSON.
        message = message.partition(' with message "')[0].rstrip(".") + "."
        return f"{code}: {message} The model says: {original}"
    return f"{code}: {message}"
