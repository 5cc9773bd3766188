"""Asking the server for something about itself: its clock, its delays."""

import http.client
import json
from collections.abc import Mapping
from typing import Any

from local.aws.client.errors import LocalAwsError

__all__ = ["post_control"]


def post_control(
    port: int, path: str, document: Mapping[str, object], *, whose: str, timeout_seconds: float
) -> dict[str, Any]:
    """Send ``document`` to the data plane's ``port`` and return what the server answers.

    Raises:
        LocalAwsError: nothing answers, or the server refuses; the message begins with ``whose``.
    """
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout_seconds)
    try:
        connection.request("POST", path, json.dumps(document))
        response = connection.getresponse()
        answer: dict[str, Any] = json.loads(response.read())
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise LocalAwsError(f"{whose} of the laptop's AWS does not answer: {error}") from error
    finally:
        connection.close()
    if response.status != http.client.OK:
        raise LocalAwsError(f"{whose} of the laptop's AWS can't be changed: {answer['message']}")
    return answer
