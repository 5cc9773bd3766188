"""What Application Auto Scaling remembers. One lock guards everything."""

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from local.aws.server.errors import AwsError
from local.aws.server.scope import Scope
from planning.control.scaling import ScalingState

__all__ = ["ScalableTarget", "ScalingPolicy", "ScheduledActionRecord", "TargetKey", "TargetStore", "key_of"]


@dataclass(frozen=True, slots=True)
class TargetKey:
    """What identifies a scalable target.

    Attributes:
        scope: where it is.
        namespace: ``sagemaker``.
        resource_id: e.g. ``inference-component/NAME``.
        dimension: e.g. ``sagemaker:inference-component:DesiredCopyCount``.
    """

    scope: Scope
    namespace: str
    resource_id: str
    dimension: str

    def members(self) -> dict[str, str]:
        """Return it as the API's members."""
        return {
            "ServiceNamespace": self.namespace,
            "ResourceId": self.resource_id,
            "ScalableDimension": self.dimension,
        }

    def __str__(self) -> str:
        return (
            f"service namespace: {self.namespace}, resource ID: {self.resource_id}, scalable dimension: "
            f"{self.dimension}"
        )


@dataclass(slots=True, eq=False)
class ScalingPolicy:
    """A policy.

    Attributes:
        name: unique for its target.
        arn: which alarms invoke.
        document: the request's members.
        creation_time: seconds since the epoch.
        alarms: names of those that it created.
    """

    name: str
    arn: str
    document: dict[str, Any]
    creation_time: float
    alarms: tuple[str, ...] = ()


@dataclass(slots=True, eq=False)
class ScheduledActionRecord:
    """A scheduled action.

    Attributes:
        name: unique for its target.
        arn: its ARN.
        document: the request's members.
        creation_time: seconds since the epoch.
    """

    name: str
    arn: str
    document: dict[str, Any]
    creation_time: float


@dataclass(slots=True, eq=False)
class ScalableTarget:
    """A scalable target.

    Attributes:
        key: which one.
        arn: its ARN.
        document: the request's members, of which limits and suspension change.
        creation_time: seconds since the epoch.
        state: its cooldowns.
        policies: by name.
        actions: scheduled ones, by name.
        tags: by key.
    """

    key: TargetKey
    arn: str
    document: dict[str, Any]
    creation_time: float
    state: ScalingState = field(default_factory=ScalingState)
    policies: dict[str, ScalingPolicy] = field(default_factory=dict)
    actions: dict[str, ScheduledActionRecord] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def minimum(self) -> int:
        """``MinCapacity``."""
        return int(self.document["MinCapacity"])

    @property
    def maximum(self) -> int:
        """``MaxCapacity``."""
        return int(self.document["MaxCapacity"])

    def suspended(self, what: str) -> bool:
        """Whether a kind of scaling is suspended, e.g. ``DynamicScalingIn``."""
        return bool(self.document.get("SuspendedState", {}).get(f"{what}Suspended"))


class TargetStore:
    """The scalable targets; hold ``lock`` around a read that decides a write."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self._targets: dict[TargetKey, ScalableTarget] = {}

    def find(self, key: TargetKey) -> ScalableTarget | None:
        """Return a target; None if it isn't registered."""
        with self.lock:
            return self._targets.get(key)

    def get(self, key: TargetKey) -> ScalableTarget:
        """Return a target.

        Raises:
            AwsError: it isn't registered.
        """
        found = self.find(key)
        if found is None:
            raise AwsError("ObjectNotFoundException", f"No scalable target registered for {key}")
        return found

    def put(self, target: ScalableTarget) -> None:
        """Remember a target."""
        with self.lock:
            self._targets[target.key] = target

    def remove(self, target: ScalableTarget) -> None:
        """Forget a target with its policies and actions."""
        with self.lock:
            self._targets.pop(target.key, None)

    def all(self, scope: Scope | None = None) -> list[ScalableTarget]:
        """Return the targets of a scope, or all, oldest first."""
        with self.lock:
            return [target for target in self._targets.values() if scope in (None, target.key.scope)]

    def matching(self, scope: Scope, request: Mapping[str, Any]) -> Iterator[ScalableTarget]:
        """Yield the targets that a describe request's filters let through."""
        ids = request.get("ResourceIds") or [request[key] for key in ("ResourceId",) if key in request]
        for target in self.all(scope):
            key = target.key
            named = not ids or key.resource_id in ids
            if (
                named
                and key.namespace == request["ServiceNamespace"]
                and request.get("ScalableDimension") in (None, key.dimension)
            ):
                yield target


def key_of(scope: Scope, request: Mapping[str, Any]) -> TargetKey:
    """Return the target that a request names."""
    return TargetKey(scope, request["ServiceNamespace"], request["ResourceId"], request["ScalableDimension"])
