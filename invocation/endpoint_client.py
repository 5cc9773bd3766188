"""Asking one endpoint through boto3's SageMaker runtime."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError
from numpy.typing import NDArray

from invocation.answer import read_answer
from invocation.errors import EndpointError
from invocation.request import RequestBody, binary_request

if TYPE_CHECKING:
    from model_packaging.artifact import Signature

__all__ = ["Answer", "EndpointClient"]


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
    """Sends requests to one endpoint.

    Args:
        runtime: a boto3 ``sagemaker-runtime`` client.
        endpoint_name: the endpoint's name at AWS.
        signature: of the model behind it.
    """

    def __init__(self, runtime: Any, *, endpoint_name: str, signature: "Signature") -> None:  # noqa: ANN401 - boto3 makes its clients' classes at run time
        self._runtime = runtime
        self._endpoint_name = endpoint_name
        self._signature = signature

    def infer(self, inputs: Mapping[str, NDArray[Any]]) -> Answer:
        """Send ``inputs`` in Triton's binary form and return the answer.

        Raises:
            RequestError: the inputs don't fit the signature.
            EndpointError: the endpoint refused or the model failed; with the model's own words.
            AnswerError: the answer is no inference answer.
        """
        return self.send(binary_request(self._signature, inputs))

    def send(self, request: RequestBody) -> Answer:
        """Send a body as it is and return the answer.

        Raises:
            EndpointError: the endpoint refused or the model failed; with the model's own words.
            AnswerError: the answer is no inference answer.
        """
        started = time.perf_counter()
        try:
            response = self._runtime.invoke_endpoint(
                EndpointName=self._endpoint_name, ContentType=request.content_type, Body=request.body
            )
            body = response["Body"].read()
        except ClientError as error:
            raise EndpointError(f"endpoint {self._endpoint_name}: {_refusal(error)}") from error
        except BotoCoreError as error:
            raise EndpointError(f"endpoint {self._endpoint_name} can't be reached: {error}") from error
        seconds = time.perf_counter() - started
        return Answer(
            outputs=read_answer(response.get("ContentType", ""), body),
            variant=response.get("InvokedProductionVariant", ""),
            seconds=seconds,
        )


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
