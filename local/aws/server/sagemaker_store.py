"""What SageMaker's control plane remembers: its resources and their tags.

One lock guards everything: requests arrive on the gateway's loop, and endpoints come up on threads of their
own.
"""

import copy
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from local.aws.server.errors import AwsError, validation_exception
from local.aws.server.scope import Scope

__all__ = [
    "ENDPOINT",
    "ENDPOINT_CONFIG",
    "INFERENCE_COMPONENT",
    "MODEL",
    "Kind",
    "Record",
    "SageMakerStore",
]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of SageMaker resource.

    Attributes:
        name: as in the API: ``EndpointConfig``.
        segment: as in an ARN: ``endpoint-config``.
        words: as in AWS's messages: ``endpoint configuration``.
    """

    name: str
    segment: str
    words: str

    @property
    def name_key(self) -> str:
        """The request member that carries the name: ``EndpointConfigName``."""
        return f"{self.name}Name"

    @property
    def arn_key(self) -> str:
        """The answer member that carries the ARN: ``EndpointConfigArn``."""
        return f"{self.name}Arn"

    @property
    def status_key(self) -> str:
        """The answer member that carries the status, of kinds that have one: ``EndpointStatus``."""
        return f"{self.name}Status"


MODEL: Final = Kind("Model", "model", "model")
ENDPOINT_CONFIG: Final = Kind("EndpointConfig", "endpoint-config", "endpoint configuration")
ENDPOINT: Final = Kind("Endpoint", "endpoint", "endpoint")
INFERENCE_COMPONENT: Final = Kind("InferenceComponent", "inference-component", "inference component")


@dataclass(slots=True)
class Record:
    """A resource as it was asked for, and what the service added.

    Attributes:
        kind: of resource.
        scope: where it lives.
        name: unique in its scope and kind.
        document: the create request's members, and for an endpoint what it describes now.
        creation_time: seconds since the epoch.
        last_modified_time: seconds since the epoch.
    """

    kind: Kind
    scope: Scope
    name: str
    document: dict[str, Any]
    creation_time: float = field(default_factory=time.time)
    last_modified_time: float = 0.0

    def __post_init__(self) -> None:
        """A new record was last modified when it was created."""
        self.last_modified_time = self.last_modified_time or self.creation_time

    @property
    def arn(self) -> str:
        """The resource's ARN."""
        return self.scope.arn(f"{self.kind.segment}/{self.name}")

    def described(self) -> dict[str, Any]:
        """Return everything a describe or list call may answer; a copy."""
        return {
            **copy.deepcopy(self.document),
            self.kind.name_key: self.name,
            self.kind.arn_key: self.arn,
            "CreationTime": self.creation_time,
            "LastModifiedTime": self.last_modified_time,
        }


class SageMakerStore:
    """Records and tags. Every method takes the lock; hold ``lock`` around a read that decides a write."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self._records: dict[tuple[Kind, Scope, str], Record] = {}
        self._tags: dict[str, dict[str, str]] = {}

    def add(self, kind: Kind, scope: Scope, request: Mapping[str, Any], **more: object) -> Record:
        """Remember a new resource and its tags.

        Raises:
            AwsError: the name is taken.
        """
        name = request[kind.name_key]
        document = {key: copy.deepcopy(value) for key, value in request.items() if key != "Tags"}
        record = Record(kind, scope, name, {**document, **more})
        with self.lock:
            if self._is_taken(kind, scope, name):
                raise validation_exception(f'Cannot create already existing {kind.words} "{record.arn}".')
            self._records[kind, scope, name] = record
            if request.get("Tags"):
                self._tags[record.arn] = {tag["Key"]: tag["Value"] for tag in request["Tags"]}
        return record

    def get(self, kind: Kind, scope: Scope, name: str) -> Record:
        """Return a resource.

        Raises:
            AwsError: there is none of that name.
        """
        with self.lock:
            record = self._records.get((kind, scope, name))
        if record is None:
            raise validation_exception(
                f'Could not find {kind.words} "{scope.arn(f"{kind.segment}/{name}")}".'
            )
        return record

    def holds(self, record: Record) -> bool:
        """Whether this very record, not a later one of the same name, is still remembered."""
        with self.lock:
            return self._records.get((record.kind, record.scope, record.name)) is record

    def all(self, kind: Kind, scope: Scope | None = None) -> list[Record]:
        """Return the resources of a kind, oldest first; of every scope if none is given."""
        with self.lock:
            records = [r for r in self._records.values() if r.kind is kind and scope in (None, r.scope)]
        return sorted(records, key=lambda record: record.creation_time)

    def remove(self, record: Record) -> None:
        """Forget a resource and its tags."""
        with self.lock:
            self._records.pop((record.kind, record.scope, record.name), None)
            self._tags.pop(record.arn, None)

    def tags(self, arn: str) -> dict[str, str]:
        """Return the tags of the resource with this ARN.

        Raises:
            AwsError: no resource has this ARN.
        """
        with self.lock:
            self._check_known(arn)
            return dict(self._tags.get(arn, {}))

    def set_tags(self, arn: str, tags: Mapping[str, str]) -> None:
        """Replace the tags of the resource with this ARN.

        Raises:
            AwsError: no resource has this ARN.
        """
        with self.lock:
            self._check_known(arn)
            self._tags[arn] = dict(tags)

    def _is_taken(self, kind: Kind, scope: Scope, name: str) -> bool:
        # "The name is case-insensitive in CreateEndpoint" (API_CreateEndpoint); a component's is in its ARN.
        if kind not in (ENDPOINT, INFERENCE_COMPONENT):
            return (kind, scope, name) in self._records
        others = (each for of, where, each in self._records if of is kind and where == scope)
        return any(each.casefold() == name.casefold() for each in others)

    def _check_known(self, arn: str) -> None:
        if not any(record.arn == arn for record in self._records.values()):
            raise AwsError("ResourceNotFound", f"Resource {arn} not found", 400)
