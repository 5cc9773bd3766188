"""What the data plane says to requests that name a model or a container, or fail to.

Sources: SageMaker developer guide, "Invoke a multi-model endpoint" and "Invoke a multi-container endpoint
with direct invocation" for what is refused; the texts about target models are those that users report from
the service, those about containers are ours.
"""

import uuid
from http import HTTPStatus

from local.aws.server.runtime_answers import Answer, error_answer, validation_error

__all__ = [
    "container_required",
    "containers_not_direct",
    "model_not_ready",
    "not_multi_model",
    "target_model_required",
    "unknown_container",
]


def not_multi_model(endpoint: str) -> Answer:
    """Return what a request with ``TargetModel`` is answered by any other endpoint."""
    return error_answer(
        HTTPStatus.BAD_REQUEST,
        "ValidationError",
        {
            "ErrorCode": "TARGET_MODEL_HEADER_NOT_SUPPORTED",
            "Message": f"Endpoint {endpoint} is not a multi-model endpoint and does not support target model "
            "header.",
        },
    )


def target_model_required() -> Answer:
    """Return what a request without ``TargetModel`` is answered by a multi-model endpoint."""
    request_id = str(uuid.uuid4())
    answer = validation_error(f"Request {request_id} is missing a target model header.")
    return Answer(answer.status, answer.error, answer.body, request_id)


def model_not_ready(endpoint: str, target: str) -> Answer:
    """Return what a request is answered whose model is still being downloaded or loaded."""
    return error_answer(
        HTTPStatus.TOO_MANY_REQUESTS,
        "ModelNotReadyException",
        {"Message": f"Model {target} of endpoint {endpoint} is not ready yet. Wait and try again."},
    )


def container_required(endpoint: str, hostnames: list[str]) -> Answer:
    """Return what a request without ``TargetContainerHostname`` is answered by direct invocation."""
    return validation_error(
        f"Endpoint {endpoint} is configured for direct invocation: TargetContainerHostname is required. Its "
        f"containers are {', '.join(hostnames)}."
    )


def unknown_container(endpoint: str, hostname: str, hostnames: list[str]) -> Answer:
    """Return what a request with a wrong ``TargetContainerHostname`` is answered."""
    return validation_error(
        f"Target container {hostname} not found for endpoint {endpoint}. Its containers are "
        f"{', '.join(hostnames)}."
    )


def containers_not_direct(endpoint: str) -> Answer:
    """Return what a request with ``TargetContainerHostname`` is answered by any other endpoint."""
    return validation_error(
        f"Endpoint {endpoint} is not configured for direct invocation and does not support "
        "TargetContainerHostname."
    )
