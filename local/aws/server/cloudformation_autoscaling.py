"""Application Auto Scaling's types for CloudFormation, by its own API.

``Ref`` of a scalable target is ``RESOURCE|DIMENSION|NAMESPACE``, of a policy its ARN (CloudFormation template
reference). Create-only properties are those of the CloudFormation registry's schemas.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from local.aws.server import ministack_tables
from local.aws.server.autoscaling.api import AutoScalingApi
from local.aws.server.autoscaling.target_store import ScalableTarget
from local.aws.server.cloudformation_handlers import Created, Properties, StabilizationError, call_api

__all__ = ["register_autoscaling_types"]

_KEY = ("ResourceId", "ScalableDimension", "ServiceNamespace")
_SERVICE = "ApplicationAutoScaling"


class _TargetHandlers:
    """Those of a scalable target, with the scheduled actions that are its property."""

    def __init__(self, api: AutoScalingApi) -> None:
        self._api = api

    def create(self, logical_id: str, properties: Properties, stack: str) -> Created:  # noqa: ARG002 - the engine's signature
        """Register the target."""
        members = {key: value for key, value in properties.items() if key not in {"ScheduledActions", "Tags"}}
        tags = {each["Key"]: each["Value"] for each in properties.get("Tags", [])}
        call_api(self._api, _SERVICE, "RegisterScalableTarget", {**members, "Tags": tags})
        self._put_actions(properties)
        physical_id = "|".join(properties[key] for key in _KEY)
        return physical_id, {"Id": physical_id}

    def update(self, physical_id: str, old: Properties, new: Properties, stack: str) -> Created:
        """Register it again, which changes it; scheduled actions that are gone are deleted."""
        kept = {each["ScheduledActionName"] for each in new.get("ScheduledActions", [])}
        for action in old.get("ScheduledActions", []):
            name = action["ScheduledActionName"]
            if name not in kept and name in self._actions_of(physical_id):
                request = {**_key_in(physical_id), "ScheduledActionName": name}
                call_api(self._api, _SERVICE, "DeleteScheduledAction", request)
        created = self.create("", new, stack)
        target = self._find(physical_id)
        if target is not None:
            target.tags = {each["Key"]: each["Value"] for each in new.get("Tags", [])}
        return created

    def delete(self, physical_id: str, properties: Properties) -> None:  # noqa: ARG002 - the engine's signature
        """Deregister the target; one that is gone already is no error."""
        if self._find(physical_id) is not None:
            call_api(self._api, _SERVICE, "DeregisterScalableTarget", _key_in(physical_id))

    def _put_actions(self, properties: Properties) -> None:
        key = {name: properties[name] for name in _KEY}
        for action in properties.get("ScheduledActions", []):
            times = {
                name: datetime.fromisoformat(action[name]).astimezone(UTC).timestamp()
                for name in ("StartTime", "EndTime")
                if name in action
            }
            call_api(self._api, _SERVICE, "PutScheduledAction", {**action, **times, **key})

    def _actions_of(self, physical_id: str) -> Mapping[str, Any]:
        target = self._find(physical_id)
        return target.actions if target else {}

    def _find(self, physical_id: str) -> ScalableTarget | None:
        key = _key_in(physical_id)
        scope = ministack_tables.current_scope()
        found = self._api.store.matching(scope, key)
        return next(found, None)


class _PolicyHandlers:
    """Those of a scaling policy."""

    def __init__(self, api: AutoScalingApi) -> None:
        self._api = api

    def create(self, logical_id: str, properties: Properties, stack: str) -> Created:  # noqa: ARG002 - the engine's signature
        """Put the policy."""
        target_id = properties.get("ScalingTargetId")
        key = _key_in(target_id) if target_id else {}
        members = {name: value for name, value in properties.items() if name != "ScalingTargetId"}
        missing = [name for name in _KEY if name not in members | key]
        if missing:
            raise StabilizationError(f"{', '.join(missing)} or ScalingTargetId is required")
        answer = call_api(self._api, _SERVICE, "PutScalingPolicy", {**members, **key})
        return answer["PolicyARN"], {"Arn": answer["PolicyARN"]}

    def update(self, physical_id: str, old: Properties, new: Properties, stack: str) -> Created:  # noqa: ARG002 - the engine's signature
        """Put the policy again, which changes it."""
        return self.create("", new, stack)

    def delete(self, physical_id: str, properties: Properties) -> None:  # noqa: ARG002 - the engine's signature
        """Delete the policy; one that is gone already, or whose target is, is no error."""
        for target in self._api.store.all(ministack_tables.current_scope()):
            for policy in list(target.policies.values()):
                if policy.arn == physical_id:
                    request = {**target.key.members(), "PolicyName": policy.name}
                    call_api(self._api, _SERVICE, "DeleteScalingPolicy", request)


def register_autoscaling_types(api: AutoScalingApi) -> None:
    """Teach CloudFormation the types."""
    targets, policies = _TargetHandlers(api), _PolicyHandlers(api)
    ministack_tables.register_resource_type(
        "AWS::ApplicationAutoScaling::ScalableTarget",
        {"create": targets.create, "update": targets.update, "delete": targets.delete},
        _KEY,
        tag_property="Tags",
    )
    ministack_tables.register_resource_type(
        "AWS::ApplicationAutoScaling::ScalingPolicy",
        {"create": policies.create, "update": policies.update, "delete": policies.delete},
        ["PolicyName", "ScalingTargetId", *_KEY],
    )


def _key_in(physical_id: str) -> dict[str, str]:
    return dict(zip(_KEY, physical_id.split("|"), strict=True))
