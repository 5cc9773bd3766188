"""One InvokeEndpointWithResponseStream: opened, read part by part, closed whatever happens."""

from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from botocore.eventstream import ParserError
from botocore.exceptions import BotoCoreError, ClientError
from urllib3.exceptions import HTTPError

from invocation._refusals import refusal
from invocation._target import Target
from invocation.errors import EndpointError, RequestError
from invocation.request import RequestBody

__all__ = ["ResponseStream", "check_streams"]


def check_streams(target: Target) -> None:
    """Check that a target can stream at all.

    Source: SageMaker Runtime API reference, InvokeEndpointWithResponseStream: it takes no TargetModel.

    Raises:
        RequestError: it is a model of a multi-model endpoint.
    """
    if target.target_model is not None:
        raise RequestError(
            f"{target}: a multi-model endpoint doesn't stream (InvokeEndpointWithResponseStream takes no "
            "TargetModel); give the model an endpoint or a component of its own."
        )


@dataclass(frozen=True, slots=True)
class ResponseStream:
    """An answer that has begun.

    Attributes:
        target: what answers.
        variant: the production variant that answers.
        content_type: that the container gave.
        body: botocore's event stream.
    """

    target: Target
    variant: str
    content_type: str
    body: Any

    @classmethod
    def open(cls, runtime: Any, target: Target, request: RequestBody) -> "ResponseStream":  # noqa: ANN401 - boto3's
        """Send ``request`` and return once the answer begins.

        Raises:
            NoCapacityError: the component has no copy.
            EndpointError: the endpoint refused or the model failed; with the model's own words.
        """
        try:
            response = runtime.invoke_endpoint_with_response_stream(
                **target.arguments, **request.accepting, ContentType=request.content_type, Body=request.body
            )
        except ClientError as error:
            raise refusal(str(target), error) from error
        except BotoCoreError as error:
            raise EndpointError(f"{target} can't be reached: {error}") from error
        return cls(
            target,
            response.get("InvokedProductionVariant", ""),
            response.get("ContentType", ""),
            response["Body"],
        )

    def close(self) -> None:
        """Let go of the answer without reading it."""
        self.body.close()

    def parts(self) -> Generator[bytes, None, None]:
        """Give the parts as they come, cut wherever the service cuts them.

        Raises:
            EndpointError: the stream broke (ModelStreamError, InternalStreamFailure, a lost connection).
        """
        try:
            with closing(self.body) as events:
                for event in events:
                    if "PayloadPart" in event:
                        yield event["PayloadPart"]["Bytes"]
        except ClientError as error:
            raise refusal(f"{self.target}: the answer broke off", error) from error
        except (BotoCoreError, HTTPError, ParserError) as error:
            raise EndpointError(f"{self.target}: the answer broke off: {error}") from error
