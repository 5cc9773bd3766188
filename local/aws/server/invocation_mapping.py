"""Invocations as bytes: the contracts of the servers decide what is asked and what the answer is called.

Of the client's head Triton gets no more than the content type: its SageMaker frontend heeds nothing else, the
KServe endpoint that stands in for it would. SageMaker's PyTorch toolkit reads more, and gets that.
"""

from collections.abc import Mapping

from local.aws.server.fleet import ContainerPlan
from local.pytorch.contract import INVOCATIONS_PATH, PyTorchPlan, forwarded_headers
from local.triton.sagemaker_contract import (
    KserveRequest,
    RefusedInvocation,
    answer_content_type,
    map_invocation,
)

__all__ = ["invocation_answer_type", "request_head", "server_request"]

_HTTP_CHARSET = "latin-1"  # what HTTP/1.1 header bytes stand for, one to one


def server_request(plan: ContainerPlan, headers: Mapping[bytes, bytes]) -> KserveRequest | RefusedInvocation:
    """Return what the server is asked, or what a container answers without asking its model.

    Args:
        plan: how the container answers.
        headers: of the invocation, names in lower case.
    """
    if isinstance(plan, PyTorchPlan):
        text = {name.decode(_HTTP_CHARSET): value.decode(_HTTP_CHARSET) for name, value in headers.items()}
        return KserveRequest(INVOCATIONS_PATH, forwarded_headers(text))
    return map_invocation(plan, _text(headers.get(b"content-type")))


def request_head(request: KserveRequest, content_length: int) -> bytes:
    """Return the head of the request that the server gets, for a body of ``content_length`` bytes."""
    lines = [
        f"POST {request.path} HTTP/1.1",
        "Host: 127.0.0.1",
        f"Content-Length: {content_length}",
        *(f"{name}: {value}" for name, value in request.headers),
        "\r\n",
    ]
    return "\r\n".join(lines).encode(_HTTP_CHARSET)


def invocation_answer_type(headers: Mapping[bytes, bytes]) -> bytes:
    """Return the content type of the invocation's answer from the server's headers, names in lower case."""
    return answer_content_type(
        _text(headers.get(b"content-type")), _text(headers.get(b"inference-header-content-length"))
    ).encode(_HTTP_CHARSET)


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode(_HTTP_CHARSET)
