"""Starts, watches and stops the laptop's AWS.

``LocalAws`` is all that other folders need.
"""

from local.aws.client.errors import LocalAwsError, LocalAwsStartError, LocalPortBusyError
from local.aws.client.local_aws import DEFAULT_PORT, DEFAULT_RUNTIME_PORT, LocalAws
from local.aws.client.status import (
    ComponentStatus,
    CopyStatus,
    EndpointStatus,
    LocalAwsStatus,
    VariantStatus,
)

__all__ = [
    "DEFAULT_PORT",
    "DEFAULT_RUNTIME_PORT",
    "ComponentStatus",
    "CopyStatus",
    "EndpointStatus",
    "LocalAws",
    "LocalAwsError",
    "LocalAwsStartError",
    "LocalAwsStatus",
    "LocalPortBusyError",
    "VariantStatus",
]
