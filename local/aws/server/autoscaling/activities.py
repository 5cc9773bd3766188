"""Scaling activities: what Application Auto Scaling did, why, and what came of it.

Source: API_DescribeScalingActivities and ScalingActivity, Application Auto Scaling API reference.
"""

import threading
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from local.aws.server.autoscaling.resources import Capacity
from local.aws.server.autoscaling.target_store import TargetKey
from local.aws.server.listing import page_of
from local.aws.server.scope import Scope

__all__ = ["ScalingActivities"]

_DEFAULT_PAGE = 50
_MOST = 1000
"""How many are remembered: AWS keeps those of six weeks."""


@dataclass(slots=True, eq=False)
class _Activity:
    key: TargetKey
    desired: int
    unit: str
    cause: str
    start: float
    status: str = "InProgress"
    message: str = ""
    end: float | None = None
    activity_id: str = ""

    def __post_init__(self) -> None:
        self.activity_id = self.activity_id or str(uuid.uuid4())

    def document(self) -> dict[str, Any]:
        return {
            **self.key.members(),
            "ActivityId": self.activity_id,
            "Description": f"Setting desired {self.unit} to {self.desired}.",
            "Cause": self.cause,
            "StartTime": self.start,
            "EndTime": self.end,
            "StatusCode": self.status,
            "StatusMessage": self.message,
        }


class ScalingActivities:
    """The activities, newest first. Every method may be called from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._activities: list[_Activity] = []

    def begin(self, key: TargetKey, desired: int, unit: str, cause: str, now: float) -> None:
        """Remember that a capacity was asked for; what was under way before is overridden."""
        done = f"Successfully set desired {unit} to {desired}."
        with self._lock:
            for each in self._open(key):
                each.status, each.end = "Overridden", now
            activity = _Activity(key, desired, unit, cause, now)
            activity.message = f"{done} Waiting for change to be fulfilled by {key.namespace}."
            self._activities.insert(0, activity)
            del self._activities[_MOST:]

    def refused(self, key: TargetKey, desired: int, unit: str, cause: str, *, why: str, now: float) -> None:
        """Remember that a capacity was asked for, and refused."""
        with self._lock:
            activity = _Activity(key, desired, unit, cause, now, "Failed", end=now)
            activity.message = f"Failed to set desired {unit} to {desired}. Reason: {why}"
            self._activities.insert(0, activity)

    def settle(self, key: TargetKey, capacity: Capacity | None, now: float) -> None:
        """End the activity under way, if its target has settled.

        Args:
            key: whose.
            capacity: what the target has now; None if it is gone.
            now: the clock's time.
        """
        if capacity is not None and capacity.changing:
            return
        with self._lock:
            for each in self._open(key):
                fulfilled = capacity is not None and capacity.running == each.desired
                each.status, each.end = "Successful" if fulfilled else "Unfulfilled", now
                outcome = "successfully fulfilled" if fulfilled else "not fulfilled"
                each.message = (
                    f"Successfully set desired {each.unit} to {each.desired}. Change {outcome} by "
                    f"{key.namespace}."
                )

    def describe(self, scope: Scope, request: Mapping[str, Any]) -> dict[str, Any]:
        """DescribeScalingActivities."""
        with self._lock:
            described = [
                each.document()
                for each in self._activities
                if each.key.scope == scope
                and each.key.namespace == request["ServiceNamespace"]
                and request.get("ResourceId") in (None, each.key.resource_id)
                and request.get("ScalableDimension") in (None, each.key.dimension)
            ]
        return page_of("ScalingActivities", described, request, _DEFAULT_PAGE)

    def _open(self, key: TargetKey) -> list[_Activity]:
        return [each for each in self._activities if each.key == key and each.status == "InProgress"]
