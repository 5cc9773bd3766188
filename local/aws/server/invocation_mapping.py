"""Invocations as bytes: ``sagemaker_contract`` decides what Triton is asked and what its answer is called.

Nothing of the client's head goes further than its content type: Triton's SageMaker frontend heeds nothing
else, the KServe endpoint that stands in for it would.
"""

from collections.abc import Mapping

from local.triton.sagemaker_contract import (
    KserveRequest,
    RefusedInvocation,
    ServingPlan,
    answer_content_type,
    map_invocation,
)

__all__ = ["invocation_answer_type", "kserve_request", "request_head"]

_HTTP_CHARSET = "latin-1"  # what HTTP/1.1 header bytes stand for, one to one


def kserve_request(plan: ServingPlan, headers: Mapping[bytes, bytes]) -> KserveRequest | RefusedInvocation:
    """Return what Triton is asked, or what a container answers without asking its model.

    Args:
        plan: how the container answers.
        headers: of the invocation, names in lower case.
    """
    return map_invocation(plan, _text(headers.get(b"content-type")))


def request_head(request: KserveRequest, content_length: int) -> bytes:
    """Return the head of the request that Triton gets, for a body of ``content_length`` bytes."""
    lines = [
        f"POST {request.path} HTTP/1.1",
        "Host: 127.0.0.1",
        f"Content-Length: {content_length}",
        *(f"{name}: {value}" for name, value in request.headers),
        "\r\n",
    ]
    return "\r\n".join(lines).encode(_HTTP_CHARSET)


def invocation_answer_type(headers: Mapping[bytes, bytes]) -> bytes:
    """Return the content type of the invocation's answer from Triton's headers, names in lower case."""
    return answer_content_type(
        _text(headers.get(b"content-type")), _text(headers.get(b"inference-header-content-length"))
    ).encode(_HTTP_CHARSET)


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode(_HTTP_CHARSET)
