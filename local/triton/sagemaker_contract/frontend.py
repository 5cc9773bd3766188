"""What Triton's SageMaker frontend does with /ping and /invocations, in KServe v2: heads only, no bodies.

Triton's own frontend listens on every address and can't be told otherwise, so on this machine a Triton
without it answers on loopback. The two share the code that reads and writes bodies, so bodies pass as they
are, and so do statuses: a wrong input answers 400, JSON that can't be parsed and a model that fails 500.

Source: triton-inference-server/server, src/sagemaker_server.cc (``GetInferenceHeaderLength``,
``SetResponseHeader``) and src/sagemaker_server.h (no compression), measured against the frontend of Triton
2.51.
"""

import json
from dataclasses import dataclass
from urllib.parse import quote

from local.triton.sagemaker_contract.serve_rules import ServingPlan

__all__ = [
    "BINARY_CONTENT_TYPE",
    "KserveRequest",
    "RefusedInvocation",
    "answer_content_type",
    "error_body",
    "map_invocation",
    "map_ping",
]

BINARY_CONTENT_TYPE = "application/vnd.sagemaker-triton.binary+json;json-header-size="
"""Followed by the size in bytes of the JSON that the body begins with; tensors' bytes follow that."""

_HEADER_LENGTH = "Inference-Header-Content-Length"


@dataclass(frozen=True, slots=True)
class KserveRequest:
    """The head of the request that Triton gets, with the method and body of SageMaker's.

    Attributes:
        path: of the request.
        headers: name and value of each header beside Host, and the body's Content-Length or
            Transfer-Encoding. No other header of the client's may pass: the frontend heeds none, the KServe
            endpoint some.
    """

    path: str
    headers: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class RefusedInvocation:
    """An answer that the frontend gives without asking the model."""

    status: int
    content_type: str
    body: bytes


def map_ping(plan: ServingPlan) -> KserveRequest:
    """Return the request that answers /ping, with its status and no body."""
    return KserveRequest(f"/v2/health/{plan.ping_mode}", ())


def map_invocation(plan: ServingPlan, content_type: str | None) -> KserveRequest | RefusedInvocation:
    """Return the request that answers an invocation of ``content_type``, or the frontend's refusal.

    Any content type but the binary one means: the whole body is JSON.
    """
    path = f"/v2/models/{quote(plan.default_model, safe='')}/{plan.inference_type}"
    position = -1 if plan.inference_type != "infer" else (content_type or "").find(BINARY_CONTENT_TYPE)
    if content_type is None or position < 0:
        return KserveRequest(path, (("Content-Type", "application/json"),))
    if position > 0:
        error = f"expect MIME type for binary data starts with '{BINARY_CONTENT_TYPE}', got: {content_type}"
        return RefusedInvocation(400, "text/plain", error_body(error))
    json_bytes = content_type.removeprefix(BINARY_CONTENT_TYPE)
    return KserveRequest(path, (("Content-Type", "application/octet-stream"), (_HEADER_LENGTH, json_bytes)))


def answer_content_type(content_type: str | None, inference_header_content_length: str | None) -> str:
    """Return the Content-Type of the frontend's answer from these two headers of KServe's."""
    if inference_header_content_length is not None:
        return BINARY_CONTENT_TYPE + inference_header_content_length
    return content_type or "application/json"


def error_body(message: str) -> bytes:
    """Return the body by which the frontend says that something went wrong."""
    return json.dumps({"error": message}, ensure_ascii=False, separators=(",", ":")).encode()
