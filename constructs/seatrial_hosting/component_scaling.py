"""Scaling of an inference component's copies, down to zero and back."""

from __future__ import annotations

import aws_cdk as cdk
from constructs import Construct

from seatrial_hosting._component_arguments import scaling_problems
from seatrial_hosting._observability_properties import alarm_prefix
from seatrial_hosting._scaling_properties import (
    ALARM_TYPE,
    COPIES_DIMENSION,
    POLICY_TYPE,
    TARGET_TYPE,
    from_zero_alarm_properties,
    from_zero_policy_properties,
    target_properties,
    tracking_properties,
)
from seatrial_hosting._validation import raise_problems
from seatrial_hosting.component import Component
from seatrial_hosting.scaling_settings import Scaling

__all__ = ["ComponentScaling", "ScaleToZero"]


class ComponentScaling(Construct):
    """Copies that follow the load.

    Creates a scalable target, which brings the copies to its minimum when it is registered, the
    target-tracking policy, scheduled actions, and ``ScaleToZero`` where the minimum is 0 or
    an action makes it 0.

    Does not create a role: Application Auto Scaling uses its service-linked role.

    Grants nothing.

    Args:
        component: whose copies.
        scaling: the range and what moves within it.

    Raises:
        HostingError: the arguments don't fit; all problems at once.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, component: Component, scaling: Scaling
    ) -> None:
        super().__init__(scope, construct_id)
        raise_problems(self, scaling_problems(scaling, smallest=0))
        properties = target_properties(component.scaling_resource_id, COPIES_DIMENSION, scaling)
        target = cdk.CfnResource(self, "Target", type=TARGET_TYPE, properties=properties)
        target.node.add_dependency(component)
        self._target_id = target.ref
        name = component.component_name
        if scaling.target_tracking is not None:
            tracking = tracking_properties(f"{name}-tracking", self._target_id, scaling.target_tracking)
            cdk.CfnResource(self, "Tracking", type=POLICY_TYPE, properties=tracking)
        if scaling.reaches_zero:
            ScaleToZero(self, "ScaleToZero", component=component, target_id=self._target_id)

    @property
    def target_id(self) -> str:
        """What further scaling policies take as ``ScalingTargetId``."""
        return self._target_id


class ScaleToZero(Construct):
    """The way back from zero copies.

    Target tracking sees no load where there is no copy. This creates the step policy that adds the first one
    and the alarm on requests that find none. Requests fail until the copy is there: clients retry.

    Does not create the scalable target, whose minimum is 0; for instances to go away too, the endpoint's
    minimum is 0 as well.

    Grants nothing.

    Args:
        component: whose copies.
        target_id: the scalable target.
    """

    def __init__(self, scope: Construct, construct_id: str, *, component: Component, target_id: str) -> None:
        super().__init__(scope, construct_id)
        name = component.component_name
        policy = cdk.CfnResource(
            self,
            "FromZero",
            type=POLICY_TYPE,
            properties=from_zero_policy_properties(f"{name}-from-zero", target_id),
        )
        alarm_name = f"{alarm_prefix(component.endpoint.endpoint_name, name)}-no-capacity"
        alarm = from_zero_alarm_properties(alarm_name, name, policy.ref)
        cdk.CfnResource(self, "NoCapacity", type=ALARM_TYPE, properties=alarm)
