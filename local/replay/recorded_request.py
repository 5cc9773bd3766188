"""A request to a component as boto3 puts it on the wire, to be sent many times."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from botocore.awsrequest import AWSPreparedRequest, AWSResponse

from invocation import RequestBody

__all__ = ["RecordedRequest", "record_request"]

_BEFORE_SEND = "before-send.sagemaker-runtime.InvokeEndpoint"


@dataclass(frozen=True, slots=True)
class RecordedRequest:
    """One request.

    Attributes:
        host: whom it goes to.
        port: likewise.
        content: head and body, signed.
    """

    host: str
    port: int
    content: bytes


def record_request(
    runtime: Any,  # noqa: ANN401 - boto3 makes its clients' classes at run time
    endpoint_name: str,
    component_name: str,
    body: RequestBody,
) -> RecordedRequest:
    """Have a boto3 ``sagemaker-runtime`` client make the request, and send nothing.

    boto3 needs milliseconds of this process for each request, and a day has tens of thousands of them: its
    bytes are made once and sent again and again.
    """
    prepared: list[AWSPreparedRequest] = []

    def keep(request: AWSPreparedRequest, **_: object) -> AWSResponse:
        prepared.append(request)
        return AWSResponse(request.url, 200, {}, _NoAnswer())

    events = runtime.meta.events
    events.register(_BEFORE_SEND, keep)
    try:
        runtime.invoke_endpoint(
            EndpointName=endpoint_name,
            InferenceComponentName=component_name,
            ContentType=body.content_type,
            Body=body.body,
        )
    finally:
        events.unregister(_BEFORE_SEND, keep)
    return _as_bytes(prepared[0])


def _as_bytes(request: AWSPreparedRequest) -> RecordedRequest:
    address = urlsplit(request.url)
    lines = [f"{request.method} {address.path} HTTP/1.1", f"Host: {address.netloc}"]
    for name, value in request.headers.items():
        lines.append(f"{name}: {value.decode() if isinstance(value, bytes) else value}")
    head = "\r\n".join([*lines, "", ""]).encode("latin-1")
    return RecordedRequest(address.hostname or "", address.port or 80, head + bytes(request.body or b""))


class _NoAnswer:
    """The raw answer to a request that was not sent."""

    def stream(self, *_: object, **__: object) -> list[bytes]:
        return []

    def read(self, *_: object) -> bytes:
        return b""
