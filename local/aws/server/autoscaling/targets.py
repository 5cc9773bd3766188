"""Scalable targets: registering, describing and deregistering them, and their tags.

Sources: API_RegisterScalableTarget, API_DescribeScalableTargets, API_DeregisterScalableTarget, Application
Auto Scaling API reference.
"""

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from local.aws.server.autoscaling.resources import ScalableResources
from local.aws.server.autoscaling.target_store import ScalableTarget, TargetStore, key_of
from local.aws.server.errors import AwsError, validation_exception
from local.aws.server.listing import page_of
from local.aws.server.scope import Scope

__all__ = ["ScalableTargets"]

_DEFAULT_PAGE = 50
_ROLE = (
    "arn:aws:iam::{}:role/aws-service-role/sagemaker.application-autoscaling.amazonaws.com/"
    "AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint"
)
_CHANGEABLE = ("MinCapacity", "MaxCapacity", "SuspendedState", "RoleARN")


class ScalableTargets:
    """The operations on scalable targets.

    Args:
        store: remembers them.
        resources: what can be scaled.
        forget_alarms: deletes the alarms of a target's policies.
        now: the clock.
    """

    def __init__(
        self,
        store: TargetStore,
        resources: ScalableResources,
        forget_alarms: Callable[[ScalableTarget], None],
        now: Callable[[], float],
    ) -> None:
        self._store = store
        self._resources = resources
        self._forget_alarms = forget_alarms
        self._now = now

    def register(self, scope: Scope, request: Mapping[str, Any]) -> dict[str, Any]:
        """RegisterScalableTarget: for a target that there is, it changes what the request names."""
        key = key_of(scope, request)
        resource = self._resources.of(key.namespace, key.dimension)
        if resource.capacity(scope, key.resource_id) is None:
            raise validation_exception(f"The resource to be scaled was not found for {key}.")
        resource.check_scalable(scope, key.resource_id)
        with self._store.lock:
            target = self._store.find(key)
            old = target.document if target else {}
            changes = {name: request[name] for name in _CHANGEABLE if name in request}
            document = {"RoleARN": _ROLE.format(scope.account_id), **old, **changes}
            _check_limits(document)
            if target is None:
                arn = (
                    f"arn:aws:application-autoscaling:{scope.region}:{scope.account_id}:scalable-target/"
                    f"{uuid.uuid4().hex[:28]}"
                )
                target = ScalableTarget(key, arn, document, self._now(), tags=dict(request.get("Tags", {})))
                self._store.put(target)
            target.document = document
        return {"ScalableTargetARN": target.arn}

    def describe(self, scope: Scope, request: Mapping[str, Any]) -> dict[str, Any]:
        """DescribeScalableTargets."""
        described = [
            {
                **target.key.members(),
                **target.document,
                "SuspendedState": {
                    "DynamicScalingInSuspended": False,
                    "DynamicScalingOutSuspended": False,
                    "ScheduledScalingSuspended": False,
                    **target.document.get("SuspendedState", {}),
                },
                "CreationTime": target.creation_time,
                "ScalableTargetARN": target.arn,
            }
            for target in self._store.matching(scope, request)
        ]
        return page_of("ScalableTargets", described, request, _DEFAULT_PAGE)

    def deregister(self, scope: Scope, request: Mapping[str, Any]) -> dict[str, Any]:
        """DeregisterScalableTarget: its policies and scheduled actions go with it."""
        with self._store.lock:
            target = self._store.get(key_of(scope, request))
            self._forget_alarms(target)
            self._store.remove(target)
        return {}

    def tag(self, scope: Scope, request: Mapping[str, Any]) -> dict[str, Any]:
        """TagResource."""
        self._by_arn(scope, request["ResourceARN"]).tags.update(request["Tags"])
        return {}

    def untag(self, scope: Scope, request: Mapping[str, Any]) -> dict[str, Any]:
        """UntagResource."""
        tags = self._by_arn(scope, request["ResourceARN"]).tags
        for key in request["TagKeys"]:
            tags.pop(key, None)
        return {}

    def list_tags(self, scope: Scope, request: Mapping[str, Any]) -> dict[str, Any]:
        """ListTagsForResource."""
        return {"Tags": dict(self._by_arn(scope, request["ResourceARN"]).tags)}

    def _by_arn(self, scope: Scope, arn: str) -> ScalableTarget:
        found = next((target for target in self._store.all(scope) if target.arn == arn), None)
        if found is None:
            raise AwsError("ResourceNotFoundException", f"The specified resource doesn't exist: {arn}")
        return found


def _check_limits(document: Mapping[str, Any]) -> None:
    for required in ("MinCapacity", "MaxCapacity"):
        if document.get(required) is None:
            raise validation_exception(f"{required} is required to register a new scalable target.")
    least, most = document["MinCapacity"], document["MaxCapacity"]
    if least < 0 or most < least:
        raise validation_exception(
            f"MinCapacity {least} must be at least 0, and MaxCapacity {most} at least MinCapacity."
        )
