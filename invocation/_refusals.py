"""What boto3 raises, in one sentence with the model's own words."""

import json

from botocore.exceptions import ClientError

from invocation.errors import EndpointError, NoCapacityError

__all__ = ["refusal"]


def refusal(named: str, error: ClientError) -> EndpointError:
    """Return the exception that says what an endpoint refused.

    Args:
        named: which endpoint, for the message.
        error: of InvokeEndpoint or InvokeEndpointWithResponseStream, or one that came inside a stream.
    """
    kind = NoCapacityError if _lacks_capacity(error) else EndpointError
    return kind(f"{named}: {_words(error)}")


def _lacks_capacity(error: ClientError) -> bool:
    """Whether a component has no copy: SageMaker says so with a ValidationError, in its message alone."""
    found = error.response.get("Error", {})
    of_validation = found.get("Code") in {"ValidationError", "ValidationException"}
    return of_validation and "no capacity" in found.get("Message", "").lower()


def _words(error: ClientError) -> str:
    """Say what was refused, with the container's own message where there is one."""
    response = error.response
    code = response.get("Error", {}).get("Code", "Unknown")
    message = response.get("Error", {}).get("Message", "")
    original = _own_words(str(response.get("OriginalMessage") or ""))
    if original:
        # AWS repeats the container's message inside its own, as escaped JSON.
        message = message.partition(' with message "')[0].rstrip(".") + "."
        return f"{code}: {message} The model says: {original}"
    return f"{code}: {message}"


def _own_words(original: str) -> str:
    """Return what Triton says; a stream that fails at its first answer says it as an event."""
    first = original.partition("\n")[0].removeprefix("data: ")
    try:
        return str(json.loads(first)["error"])
    except (ValueError, KeyError, TypeError):
        return original.strip()
