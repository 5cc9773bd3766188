"""ministack's private names about EC2 instances and Systems Manager; ``ministack_tables`` has the others."""

# Private names of ministack's are what this file is for.
# ruff: noqa: SLF001

from collections.abc import Awaitable, Callable
from typing import Any

from ministack import app as _app
from ministack.services import ec2 as _ec2
from ministack.services import ssm as _ssm

__all__ = [
    "ec2_action",
    "ec2_error",
    "instances",
    "publish_ami",
    "replace_ec2_action",
    "volumes",
    "wrap_service",
]

Document = dict[str, Any]
HttpAnswer = tuple[int, dict[str, str], bytes]
Ec2Action = Callable[[Document], HttpAnswer]
ServiceHandler = Callable[[str, str, Document, bytes, Document], Awaitable[HttpAnswer]]


def instances() -> Any:  # noqa: ANN401 - a mapping of ministack's own
    """Return the instances of the current scope by id; a mapping that can be written to."""
    return _ec2._instances


def volumes() -> Any:  # noqa: ANN401 - a mapping of ministack's own
    """Return the volumes of the current scope by id; a mapping that can be written to."""
    return _ec2._volumes


def ec2_action(action: str) -> Ec2Action:
    """Return what answers an EC2 action now; it takes the parameters of the query."""
    answer: Ec2Action = _ec2._ACTION_MAP[action]
    return answer


def replace_ec2_action(action: str, answer: Ec2Action) -> None:
    """Have ``answer`` answer an EC2 action."""
    _ec2._ACTION_MAP[action] = answer


def ec2_error(code: str, message: str, status: int) -> HttpAnswer:
    """Return an error in EC2's shape."""
    answer: HttpAnswer = _ec2._error(code, message, status)
    return answer


def publish_ami(parameter: str, image_id: str) -> None:
    """Have a public SSM parameter name an image."""
    _ssm._PUBLIC_AMI_PARAMETERS[parameter] = image_id


def wrap_service(name: str, wrap: Callable[[ServiceHandler], ServiceHandler]) -> None:
    """Have the gateway send a service's requests to what ``wrap`` makes of its handler."""
    _app.SERVICE_HANDLERS[name] = wrap(_app.SERVICE_HANDLERS[name])
