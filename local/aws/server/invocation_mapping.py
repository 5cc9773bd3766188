"""Heads of requests to Triton and of its answers as bytes; ``sagemaker_contract`` decides what they say."""

from collections.abc import Mapping

from local.triton.sagemaker_contract import (
    RefusedInvocation,
    ServingPlan,
    answer_content_type,
    map_invocation,
)

__all__ = ["infer_request_head", "invocation_answer_type"]

_HTTP_CHARSET = "latin-1"  # what HTTP/1.1 header bytes stand for, one to one


def infer_request_head(
    plan: ServingPlan, port: int, content_type: bytes | None, content_length: int
) -> bytes | RefusedInvocation:
    """Return the head of the request that Triton gets, or what a container answers without asking its model.

    Args:
        plan: how the container answers.
        port: of Triton's HTTP front end.
        content_type: of the invocation.
        content_length: of its body, in bytes.
    """
    request = map_invocation(plan, None if content_type is None else content_type.decode(_HTTP_CHARSET))
    if isinstance(request, RefusedInvocation):
        return request
    lines = [
        f"POST {request.path} HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        f"Content-Length: {content_length}",
        *(f"{name}: {value}" for name, value in request.headers),
        "\r\n",
    ]
    return "\r\n".join(lines).encode(_HTTP_CHARSET)


def invocation_answer_type(headers: Mapping[bytes, bytes]) -> bytes:
    """Return the content type of the invocation's answer; header names are in lower case."""
    content_type = headers.get(b"content-type")
    header_length = headers.get(b"inference-header-content-length")
    return answer_content_type(
        None if content_type is None else content_type.decode(_HTTP_CHARSET),
        None if header_length is None else header_length.decode(_HTTP_CHARSET),
    ).encode(_HTTP_CHARSET)
