"""A JSON service of AWS's: botocore's model checks every request before it reaches an operation."""

import json
import logging
from collections.abc import Callable, Mapping
from typing import Any

from local.aws.server._api_model import answer_of, validate_request
from local.aws.server.errors import AwsError
from local.aws.server.scope import Scope

__all__ = ["JsonApi", "Operation"]

_CONTENT_TYPE = {"Content-Type": "application/x-amz-json-1.1"}

Operation = Callable[[Scope, Mapping[str, Any]], Mapping[str, Any]]
_HttpAnswer = tuple[int, dict[str, str], bytes]


class JsonApi:
    """The operations of a service that exist on the laptop.

    Args:
        service: botocore's name of it, which requests are also signed for.
        target_prefix: how its ``X-Amz-Target`` headers begin.
        operations: by name.

    Attributes:
        service: as given.
        target_prefix: as given.
    """

    def __init__(self, service: str, target_prefix: str, operations: Mapping[str, Operation]) -> None:
        self.service = service
        self.target_prefix = target_prefix
        self._operations = operations
        self._logger = logging.getLogger(f"seatrial.{service}")

    def call(self, scope: Scope, name: str, request: Mapping[str, Any]) -> dict[str, Any]:
        """Answer one call of operation ``name``.

        Raises:
            AwsError: it is refused, as AWS would.
        """
        validate_request(name, request, self.service)
        operation = self._operations.get(name)
        if operation is None:
            raise AwsError("UnknownOperationException", f"{name} is not implemented on the laptop.", 501)
        self._logger.info("%s %s", name, _subject_of(request))
        return answer_of(name, operation(scope, request), self.service)

    def answer(self, scope: Scope, target: str, body: bytes) -> _HttpAnswer:
        """Answer an HTTP request: status, headers and body.

        Args:
            scope: that the request was signed for.
            target: its ``X-Amz-Target`` header.
            body: JSON.
        """
        try:
            result = self.call(scope, target.removeprefix(self.target_prefix), _document_of(body))
        except AwsError as error:
            headers = {**_CONTENT_TYPE, "x-amzn-ErrorType": error.code}
            return (
                error.status,
                headers,
                json.dumps({"__type": error.code, "message": error.message}).encode(),
            )
        return 200, dict(_CONTENT_TYPE), json.dumps(result).encode()


def _subject_of(request: Mapping[str, Any]) -> object:
    ends = ("Name", "Arn", "ResourceId")
    return next((value for end in ends for key, value in request.items() if key.endswith(end)), "")


def _document_of(body: bytes) -> dict[str, Any]:
    try:
        document = json.loads(body or b"{}")
    except ValueError:
        raise AwsError("SerializationException", "The request body is no JSON document.") from None
    if not isinstance(document, dict):
        raise AwsError("ValidationException", "The request body is no JSON object.")
    return document
