"""What the data plane says in SageMaker's words: heads of answers, errors in the runtime API's shapes.

Sources: API_runtime_InvokeEndpoint of the SageMaker API reference and botocore's ``sagemaker-runtime`` model
for the shapes and status codes; the texts are those that users report from the service.
"""

import json
import uuid
from dataclasses import dataclass
from http import HTTPStatus

from local.aws.server.scope import Scope

__all__ = [
    "BODY_LIMIT_BYTES",
    "INVOCATION_TIMEOUT_SECONDS",
    "Answer",
    "Origin",
    "answer_head",
    "body_too_large",
    "component_header_required",
    "component_not_found",
    "endpoint_not_found",
    "error_answer",
    "model_error",
    "model_timeout",
    "model_unreachable",
    "no_capacity",
    "not_a_component_endpoint",
    "unknown_operation",
    "unknown_variant",
    "validation_error",
    "web_pages_not_served",
]

BODY_LIMIT_BYTES = 6_291_456
"""botocore's maximum of ``BodyBlob``; the service counts the body in bytes of the HTTP request."""

INVOCATION_TIMEOUT_SECONDS = 60.0
"""SageMaker developer guide, "Custom Inference Code with Hosting Services", on container response time."""

_REASONS = {424: "Failed Dependency"}


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer, of the data plane itself.

    Attributes:
        status: HTTP status.
        error: SageMaker's error code; None for an answer that is no error of the API.
        body: JSON.
        request_id: of the request, where the body names it.
    """

    status: int
    error: str | None
    body: bytes
    request_id: str = ""

    def encode(self, *, close: bool) -> bytes:
        """Return head and body in one piece, so that one write sends them."""
        more = b"x-amzn-ErrorType: %s\r\n" % self.error.encode() if self.error else b""
        head = answer_head(
            self.status,
            b"application/json",
            len(self.body),
            more=more,
            close=close,
            request_id=self.request_id,
        )
        return head + self.body


@dataclass(frozen=True, slots=True)
class Origin:
    """Whose model an answer is about.

    Attributes:
        scope: of the endpoint.
        endpoint: its name.
        component: the inference component's name, where one was asked.
        container: the container's name; a model's only one is called ``primary``.
    """

    scope: Scope
    endpoint: str
    component: str | None = None
    container: str = "primary"

    def of_container(self, hostname: str) -> "Origin":
        """Return the same for one container."""
        return Origin(self.scope, self.endpoint, self.component, hostname)

    @property
    def log_group(self) -> str:
        """The log group of its containers."""
        if self.component is not None:
            return f"/aws/sagemaker/InferenceComponents/{self.component}"
        return f"/aws/sagemaker/Endpoints/{self.endpoint}"


def answer_head(
    status: int,
    content_type: bytes,
    content_length: int | None,
    *,
    more: bytes = b"",
    close: bool = False,
    request_id: str = "",
) -> bytes:
    """Return an answer's head; without a length its body is sent in chunks.

    Args:
        status: HTTP status.
        content_type: of the body.
        content_length: of the body, in bytes.
        more: further header lines, each with its line end.
        close: whether the connection ends after this answer.
        request_id: of the request, where it has one.
    """
    reason = _REASONS.get(status) or HTTPStatus(status).phrase
    framing = (
        b"Transfer-Encoding: chunked" if content_length is None else b"Content-Length: %d" % content_length
    )
    ending = b"Connection: close\r\n" if close else b""
    return b"HTTP/1.1 %d %s\r\nx-amzn-RequestId: %s\r\nContent-Type: %s\r\n%s\r\n%s%s\r\n" % (
        status,
        reason.encode(),
        (request_id or str(uuid.uuid4())).encode(),
        content_type,
        framing,
        more,
        ending,
    )


def endpoint_not_found(scope: Scope, endpoint: str) -> Answer:
    """Return what a request to an endpoint that isn't there, or isn't in service yet, is answered."""
    return validation_error(f"Endpoint {endpoint} of account {scope.account_id} not found.")


def unknown_variant(endpoint: str, variant: str) -> Answer:
    """Return what a request with a wrong ``TargetVariant`` is answered."""
    return validation_error(f"Variant {variant} not found for endpoint {endpoint}.")


def not_a_component_endpoint() -> Answer:
    """Return what a request that names an inference component of an endpoint without any is answered."""
    return validation_error(
        "Inference Component Name header is not allowed for endpoints to which you dont plan to deploy "
        "inference components. Please remove the Inference Component Name header and try again."
    )


def component_header_required() -> Answer:
    """Return what a request without a component is answered by an endpoint that is made for them."""
    return error_answer(
        400,
        "ValidationError",
        {
            "ErrorCode": "INFERENCE_COMPONENT_NAME_MISSING",
            "Message": "Inference Component Name header is required for endpoints to which you plan to "
            "deploy inference components. Please include Inference Component Name header or consider using "
            "SageMaker models.",
        },
    )


def component_not_found(endpoint: str, component: str) -> Answer:
    """Return what a request with a wrong ``InferenceComponentName`` is answered."""
    return validation_error(f"Inference Component {component} not found for endpoint {endpoint}.")


def no_capacity() -> Answer:
    """Return what a request to a component without a copy is answered."""
    return validation_error(
        "Inference Component has no capacity to process this request. ApplicationAutoScaling may be "
        "in-progress (if configured) or try to increase the capacity by invoking "
        "UpdateInferenceComponentRuntimeConfig API."
    )


def web_pages_not_served() -> Answer:
    """Return what a request with an ``Origin`` is answered: pages in a browser reach loopback, too."""
    return error_answer(403, "AccessDeniedException", {"Message": "Web pages are not served."})


def unknown_operation(path: str) -> Answer:
    """Return what a request for anything but InvokeEndpoint is answered."""
    return error_answer(404, "UnknownOperationException", {"Message": f"{path} is not served on the laptop."})


def body_too_large() -> Answer:
    """Return what a body above the limit is answered: no error code; clients show the status instead."""
    return Answer(413, None, _json({"message": f"HTTP content length exceeded {BODY_LIMIT_BYTES} bytes."}))


def model_error(origin: Origin, status: int, message: bytes) -> Answer:
    """Return what is answered when the model server answered with an error.

    Args:
        origin: whose model it is.
        status: the model server's HTTP status.
        message: the body of its answer.
    """
    original = message.decode("utf-8", errors="replace")
    who, code = "client", "CLIENT_ERROR_FROM_MODEL"
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        who, code = "server", "SERVER_ERROR_FROM_MODEL"
    return _model_error(
        origin,
        code=code,
        status=status,
        original=original,
        what=f"Received {who} error ({status}) from {origin.container}",
    )


def model_timeout(origin: Origin) -> Answer:
    """Return what is answered when the model server has not answered within the limit."""
    message = (
        f"Your invocation timed out while waiting for a response from container {origin.container}. Review "
        "the latency metrics for each container in Amazon CloudWatch, resolve the issue, and try again."
    )
    return _unanswered(origin, message)


def model_unreachable(origin: Origin) -> Answer:
    """Return what is answered when the model server is gone, or closed the connection without an answer."""
    message = (
        f"Amazon SageMaker could not get a response from the {origin.endpoint} endpoint. This can occur when "
        "CPU or memory utilization is high. To check your utilization, see Amazon CloudWatch. To fix this "
        "problem, use an instance type with more CPU capacity or memory."
    )
    return _unanswered(origin, message)


def _unanswered(origin: Origin, message: str) -> Answer:
    return _model_error(
        origin,
        code="SERVER_ERROR_FROM_MODEL",
        status=0,
        original=message,
        what=f"Received server error (0) from {origin.container}",
    )


def _model_error(origin: Origin, *, code: str, status: int, original: str, what: str) -> Answer:
    region, account_id, group = origin.scope.region, origin.scope.account_id, origin.log_group
    console = (
        f"https://{region}.console.aws.amazon.com/cloudwatch/home?region={region}"
        f"#logEventViewer:group={group}"
    )
    return error_answer(
        424,
        "ModelError",
        {
            "ErrorCode": code,
            "LogStreamArn": f"arn:aws:logs:{region}:{account_id}:log-group:{group}",
            "Message": f'{what} with message "{original}". See {console} in account {account_id} '
            "for more information.",
            "OriginalMessage": original,
            "OriginalStatusCode": status,
        },
    )


def validation_error(message: str) -> Answer:
    """Return what a request that can't be right is answered."""
    return error_answer(400, "ValidationError", {"Message": message})


def error_answer(status: int, code: str, document: dict[str, object]) -> Answer:
    """Return an error of the API."""
    return Answer(status, code, _json(document))


def _json(document: dict[str, object]) -> bytes:
    return json.dumps(document).encode()
