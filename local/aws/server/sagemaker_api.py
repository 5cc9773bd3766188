"""SageMaker's control API: botocore's model checks every request before it reaches an operation."""

import json
import logging
from collections.abc import Callable, Mapping
from typing import Any

from local.aws.server._api_model import answer_of, validate_request
from local.aws.server.endpoint_configs import EndpointConfigs
from local.aws.server.endpoints import Endpoints
from local.aws.server.errors import AwsError, validation_exception
from local.aws.server.listing import list_records
from local.aws.server.models import Models
from local.aws.server.sagemaker_store import ENDPOINT, ENDPOINT_CONFIG, MODEL, SageMakerStore
from local.aws.server.scope import Scope
from local.aws.server.tags import add_tags, delete_tags, list_tags

__all__ = ["TARGET_PREFIX", "SageMakerApi"]

_logger = logging.getLogger("seatrial.sagemaker")

TARGET_PREFIX = "SageMaker."
_CONTENT_TYPE = {"Content-Type": "application/x-amz-json-1.1"}

_Operation = Callable[[Scope, Mapping[str, Any]], Mapping[str, Any]]
_HttpAnswer = tuple[int, dict[str, str], bytes]


class SageMakerApi:
    """The operations that exist on the laptop.

    Args:
        store: remembers everything.
        models: the operations on models.
        configs: on endpoint configurations.
        endpoints: on endpoints.
    """

    def __init__(
        self, store: SageMakerStore, models: Models, configs: EndpointConfigs, endpoints: Endpoints
    ) -> None:
        self.store = store
        self.endpoints = endpoints
        self._operations: dict[str, _Operation] = {
            "CreateModel": models.create,
            "DescribeModel": models.describe,
            "DeleteModel": models.delete,
            "ListModels": lambda scope, request: list_records(store, MODEL, scope, request),
            "CreateEndpointConfig": configs.create,
            "DescribeEndpointConfig": configs.describe,
            "DeleteEndpointConfig": configs.delete,
            "ListEndpointConfigs": lambda scope, request: list_records(
                store, ENDPOINT_CONFIG, scope, request
            ),
            "CreateEndpoint": endpoints.create,
            "UpdateEndpoint": endpoints.update,
            "DescribeEndpoint": endpoints.describe,
            "DeleteEndpoint": endpoints.delete,
            "ListEndpoints": lambda scope, request: list_records(store, ENDPOINT, scope, request),
            "AddTags": lambda _, request: add_tags(store, request),
            "ListTags": lambda _, request: list_tags(store, request),
            "DeleteTags": lambda _, request: delete_tags(store, request),
        }

    def call(self, scope: Scope, name: str, request: Mapping[str, Any]) -> dict[str, Any]:
        """Answer one call of operation ``name``.

        Raises:
            AwsError: it is refused, as AWS would.
        """
        validate_request(name, request)
        operation = self._operations.get(name)
        if operation is None:
            raise AwsError("UnknownOperationException", f"{name} is not implemented on the laptop.", 501)
        _logger.info("%s %s", name, _subject_of(request))
        return answer_of(name, operation(scope, request))

    def answer(self, scope: Scope, target: str, body: bytes) -> _HttpAnswer:
        """Answer an HTTP request: status, headers and body.

        Args:
            scope: that the request was signed for.
            target: its ``X-Amz-Target`` header.
            body: JSON.
        """
        try:
            name = target.removeprefix(TARGET_PREFIX)
            result = self.call(scope, name, _document_of(body))
        except AwsError as error:
            headers = {**_CONTENT_TYPE, "x-amzn-ErrorType": error.code}
            return (
                error.status,
                headers,
                json.dumps({"__type": error.code, "message": error.message}).encode(),
            )
        return 200, dict(_CONTENT_TYPE), json.dumps(result).encode()


def _subject_of(request: Mapping[str, Any]) -> object:
    return next((value for end in ("Name", "Arn") for key, value in request.items() if key.endswith(end)), "")


def _document_of(body: bytes) -> dict[str, Any]:
    try:
        document = json.loads(body or b"{}")
    except ValueError:
        raise AwsError("SerializationException", "The request body is no JSON document.") from None
    if not isinstance(document, dict):
        raise validation_exception("The request body is no JSON object.")
    return document
