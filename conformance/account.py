"""The account that is asked: its clients, and how long one waits there."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["PREFIX", "Account", "Pace"]

PREFIX = "seatrial-conformance-"
"""How every name and every tag of ours begins: what is left over is found by it."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How long things take.

    Attributes:
        poll_seconds: between two looks at something that changes.
        wait_seconds: the longest wait for one change of an endpoint or a component.
        role_seconds: until a new role or policy counts everywhere (IAM user guide, "Changes that I make are
            not always immediately visible").
        request_seconds: how long a slow request of a probe takes; below SageMaker's limit of 60.
        sleep: waits, by the clock that AWS's services go by.
    """

    poll_seconds: float = 10.0
    wait_seconds: float = 3600.0
    role_seconds: float = 15.0
    request_seconds: float = 50.0
    sleep: Callable[[float], None] = time.sleep


@dataclass(frozen=True, slots=True)
class Account:
    """An account in a region.

    Attributes:
        make: makes a boto3 client of a service, such as ``sagemaker``; False: one that checks no parameters.
        account_id: twelve digits, as GetCallerIdentity says.
        region: such as ``us-east-1``.
        run: the run's own word in names: letters and digits.
        pace: how long things take.
        triton_variables: of Triton containers beside their own; none at AWS.
    """

    make: Callable[[str, bool], Any]
    account_id: str
    region: str
    run: str
    pace: Pace = Pace()
    triton_variables: Mapping[str, str] = field(default_factory=dict)

    def client(self, service: str) -> Any:  # noqa: ANN401 - boto3's clients have no static type
        """Return the client of a service."""
        return self.make(service, True)  # noqa: FBT003 - a callable's arguments have no names

    def unchecked(self, service: str) -> Any:  # noqa: ANN401 - likewise
        """Return a client that sends what it is given, for AWS to refuse."""
        return self.make(service, False)  # noqa: FBT003 - likewise

    @property
    def prefix(self) -> str:
        """How the names of this run begin."""
        return f"{PREFIX}{self.run}"

    @property
    def tags(self) -> list[dict[str, str]]:
        """The tags of everything that this run creates."""
        return [{"Key": "seatrial-conformance", "Value": self.run}]
