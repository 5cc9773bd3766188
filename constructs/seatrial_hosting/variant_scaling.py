"""Scaling of a variant's instances."""

from __future__ import annotations

import aws_cdk as cdk
from constructs import Construct

from seatrial_hosting._component_arguments import scaling_problems
from seatrial_hosting._scaling_properties import (
    INSTANCES_DIMENSION,
    POLICY_TYPE,
    TARGET_TYPE,
    target_properties,
    tracking_properties,
)
from seatrial_hosting._validation import raise_problems
from seatrial_hosting.endpoint import Endpoint
from seatrial_hosting.scaling_settings import Scaling

__all__ = ["VariantScaling"]


class VariantScaling(Construct):
    """Instances that follow the load; ``scale_instances`` of an endpoint makes it.

    Creates a scalable target on the endpoint's variant with its scheduled actions, and the policy.

    Does not create a role: Application Auto Scaling uses its service-linked role.

    Grants nothing.

    Args:
        endpoint: whose variant.
        scaling: the range, of at least one instance, and what moves within it.

    Raises:
        HostingError: the arguments don't fit; all problems at once.
    """

    def __init__(self, scope: Construct, construct_id: str, *, endpoint: Endpoint, scaling: Scaling) -> None:
        super().__init__(scope, construct_id)
        raise_problems(self, scaling_problems(scaling, smallest=1))
        resource_id = f"endpoint/{endpoint.endpoint_name}/variant/{endpoint.variant_name}"
        properties = target_properties(resource_id, INSTANCES_DIMENSION, scaling)
        target = cdk.CfnResource(self, "Target", type=TARGET_TYPE, properties=properties)
        self._target = target
        if scaling.target_tracking is not None:
            name = f"{endpoint.endpoint_name}-tracking"
            tracking = tracking_properties(name, target.ref, scaling.target_tracking)
            cdk.CfnResource(self, "Tracking", type=POLICY_TYPE, properties=tracking)

    @property
    def target(self) -> cdk.CfnResource:
        """The scalable target, which depends on the endpoint."""
        return self._target
