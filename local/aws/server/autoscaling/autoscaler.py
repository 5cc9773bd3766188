"""Scales: every ten seconds on the server's clock, what each scalable target's policies and limits ask for.

The decisions are those of ``planning.control``; this gives it the datapoints and does what it says. A
target that is being changed is left alone until it has settled.
"""

import logging
from collections.abc import Sequence

from local.aws.server.autoscaling.activities import ScalingActivities
from local.aws.server.autoscaling.metrics import step_scaling_of, tracked_metric_of
from local.aws.server.autoscaling.resources import Capacity, ScalableResource, ScalableResources
from local.aws.server.autoscaling.scheduled_actions import due_actions
from local.aws.server.autoscaling.target_store import ScalableTarget, ScalingPolicy, TargetStore
from local.aws.server.cloudwatch_alarms import FiredAlarm, datapoints
from local.aws.server.errors import AwsError
from planning.control.errors import InvalidPolicyError
from planning.control.scaling import Decision, Direction, ScalableCapacity, combine

__all__ = ["Autoscaler"]

_logger = logging.getLogger("seatrial.autoscaling")

_TICK_SECONDS = 10


class Autoscaler:
    """Scales all targets.

    Args:
        store: the targets.
        resources: what can be scaled.
        activities: remembers what was done.
    """

    def __init__(
        self, store: TargetStore, resources: ScalableResources, activities: ScalingActivities
    ) -> None:
        self._store = store
        self._resources = resources
        self._activities = activities

    def scale(self, fired: Sequence[FiredAlarm], now: int) -> None:
        """Do for every target what is to be done at ``now``, the end of a period of ten seconds.

        Args:
            fired: the alarms in ALARM that were looked at just now.
            now: the clock's time.
        """
        for target in self._store.all():
            resource = self._resources.of(target.key.namespace, target.key.dimension)
            capacity = resource.capacity(target.key.scope, target.key.resource_id)
            self._activities.settle(target.key, capacity, now)
            if capacity is None:
                continue
            self._run_scheduled(target, capacity, now)
            if capacity.changing or self._limit(target, resource, capacity, now):
                continue
            self._scale_by_policies(target, resource, capacity, fired, now)

    def _run_scheduled(self, target: ScalableTarget, capacity: Capacity, now: int) -> None:
        if target.suspended("ScheduledScaling"):
            return
        for name, action in due_actions(target, now - _TICK_SECONDS, now):
            try:
                limits = action.apply(_scalable(target, capacity))
            except InvalidPolicyError as error:
                _logger.error("scheduled action %s of %s: %s", name, target.key.resource_id, error)  # noqa: TRY400 - one line says it
                continue
            _logger.info("scheduled action %s of %s", name, target.key.resource_id)
            with self._store.lock:
                target.document |= {"MinCapacity": limits.minimum, "MaxCapacity": limits.maximum}

    def _limit(
        self, target: ScalableTarget, resource: ScalableResource, capacity: Capacity, now: int
    ) -> bool:
        """Bring a target within its limits; return whether it was outside."""
        limited = _scalable(target, capacity).clamp(capacity.desired)
        if limited == capacity.desired:
            return False
        bound = "minimum" if limited > capacity.desired else "maximum"
        self._apply(target, resource, limited, f"{bound} capacity was set to {limited}", now)
        return True

    def _scale_by_policies(
        self,
        target: ScalableTarget,
        resource: ScalableResource,
        capacity: Capacity,
        fired: Sequence[FiredAlarm],
        now: int,
    ) -> None:
        scalable = _scalable(target, capacity)
        causes: dict[int, str] = {}
        tracked, stepped = [], []
        for policy in list(target.policies.values()):
            if "StepScalingPolicyConfiguration" in policy.document:
                decisions = self._step(target, policy, scalable, fired, now)
                stepped += decisions
            else:
                decisions = self._track(target, resource, policy, scalable, now)
                tracked += decisions
            causes |= {id(each): f"{each.reason}; triggered policy {policy.name}" for each in decisions}
        decision = combine(tracked, stepped, target.state, scalable)
        suspended = {Direction.OUT: "DynamicScalingOut", Direction.IN: "DynamicScalingIn"}
        if decision.direction is Direction.NONE or target.suspended(suspended[decision.direction]):
            return
        if self._apply(target, resource, decision.desired, causes[id(decision)], now):
            target.state = decision.state

    def _track(
        self,
        target: ScalableTarget,
        resource: ScalableResource,
        policy: ScalingPolicy,
        capacity: ScalableCapacity,
        now: int,
    ) -> list[Decision]:
        config = policy.document["TargetTrackingScalingPolicyConfiguration"]
        tracked = tracked_metric_of(config, resource, target.key.resource_id)
        if now % tracked.policy.period_seconds:
            return []
        values = datapoints(
            target.key.scope,
            tracked.metric,
            end=now,
            period_seconds=tracked.policy.period_seconds,
            count=tracked.policy.window,
        )
        decision = tracked.policy.decide(target.state, values, capacity, now)
        # A policy that never scales in has no say in whether the others do.
        silent = tracked.policy.disable_scale_in and decision.direction is not Direction.OUT
        return [] if silent else [decision]

    def _step(
        self,
        target: ScalableTarget,
        policy: ScalingPolicy,
        capacity: ScalableCapacity,
        fired: Sequence[FiredAlarm],
        now: int,
    ) -> list[Decision]:
        scaling = step_scaling_of(policy.document["StepScalingPolicyConfiguration"])
        return [
            scaling.decide(target.state, alarm.datapoints, alarm.threshold, capacity, now)
            for alarm in fired
            if alarm.scope == target.key.scope and policy.arn in alarm.actions
        ]

    def _apply(
        self, target: ScalableTarget, resource: ScalableResource, desired: int, cause: str, now: int
    ) -> bool:
        key = target.key
        _logger.info("%s: %s %d: %s", key.resource_id, resource.unit, desired, cause)
        try:
            resource.set_desired(key.scope, key.resource_id, desired)
        except AwsError as error:
            self._activities.refused(key, desired, resource.unit, cause, why=error.message, now=now)
            return False
        self._activities.begin(key, desired, resource.unit, cause, now)
        return True


def _scalable(target: ScalableTarget, capacity: Capacity) -> ScalableCapacity:
    return ScalableCapacity(capacity.desired, target.minimum, target.maximum, capacity.running)
