"""Application Auto Scaling's API: its operations, and what CloudFormation's handlers work with."""

from collections.abc import Callable

from local.aws.server.autoscaling.activities import ScalingActivities
from local.aws.server.autoscaling.policies import ScalingPolicies, forget_alarms
from local.aws.server.autoscaling.resources import ScalableResources
from local.aws.server.autoscaling.scheduled_actions import ScheduledActions
from local.aws.server.autoscaling.target_store import TargetStore
from local.aws.server.autoscaling.targets import ScalableTargets
from local.aws.server.json_api import JsonApi

__all__ = ["AutoScalingApi"]


class AutoScalingApi(JsonApi):
    """The operations that exist on the laptop.

    Args:
        store: remembers everything.
        resources: what can be scaled.
        activities: what was done.
        now: the clock.
    """

    def __init__(
        self,
        store: TargetStore,
        resources: ScalableResources,
        activities: ScalingActivities,
        now: Callable[[], float],
    ) -> None:
        self.store = store
        targets = ScalableTargets(store, resources, forget_alarms, now)
        policies = ScalingPolicies(store, resources, now)
        actions = ScheduledActions(store, now)
        super().__init__(
            "application-autoscaling",
            "AnyScaleFrontendService.",
            {
                "RegisterScalableTarget": targets.register,
                "DescribeScalableTargets": targets.describe,
                "DeregisterScalableTarget": targets.deregister,
                "TagResource": targets.tag,
                "UntagResource": targets.untag,
                "ListTagsForResource": targets.list_tags,
                "PutScalingPolicy": policies.put,
                "DescribeScalingPolicies": policies.describe,
                "DeleteScalingPolicy": policies.delete,
                "PutScheduledAction": actions.put,
                "DescribeScheduledActions": actions.describe,
                "DeleteScheduledAction": actions.delete,
                "DescribeScalingActivities": activities.describe,
            },
        )
