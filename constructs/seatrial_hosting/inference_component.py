"""An inference component on an endpoint."""

from __future__ import annotations

from collections.abc import Sequence

import aws_cdk as cdk
from constructs import Construct

from seatrial_hosting._component_arguments import component_problems
from seatrial_hosting._component_properties import COMPONENT_TYPE, component_properties
from seatrial_hosting._validation import raise_problems
from seatrial_hosting.component import Component
from seatrial_hosting.component_settings import ComponentSpecification, RollingUpdate
from seatrial_hosting.endpoint import Endpoint

__all__ = ["InferenceComponent"]


class InferenceComponent(Component):
    """A model on an endpoint that others share, or an adapter of such a component.

    Creates the component under its explicit name. A changed specification updates it in place, copy by copy,
    and rolls back when new copies fail their health check or a rollback alarm goes off.

    Does not create a Model, scaling, log group or alarm. It depends on the endpoint where that is in the same
    tree, so that CloudFormation deletes the component first; add a dependency of an adapter on its base.

    Grants nothing; see ``Component``.

    Args:
        component_name: at most 63 letters, digits and hyphens, unique in account and region.
        endpoint: what hosts it.
        specification: what runs, on every instance type.
        specifications: instead of it, one for each of two to five instance types.
        copy_count: the number of copies. Default: none in the template, for a component that scales: every
            update of a component whose template has a number may set its copies back to it.
        rolling_update: how a change replaces the copies. Default: 25 % at a time, watched for a minute each;
            none for an adapter.

    Raises:
        HostingError: the arguments don't fit; all problems at once.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        component_name: str,
        endpoint: Endpoint,
        specification: ComponentSpecification | None = None,
        specifications: Sequence[ComponentSpecification] = (),
        copy_count: int | None = None,
        rolling_update: RollingUpdate | None = None,
    ) -> None:
        super().__init__(scope, construct_id, component_name=component_name, endpoint=endpoint)
        given = [*([specification] if specification else []), *specifications]
        # An adapter has no copies of its own that could be replaced one by one.
        adapter = any(each.base_component_name is not None for each in given)
        rolling = rolling_update or (None if adapter else RollingUpdate())
        raise_problems(self, component_problems(component_name, given, copy_count, rolling))
        properties = component_properties(
            component_name=component_name,
            endpoint_name=endpoint.endpoint_name,
            variant_name=endpoint.variant_name,
            specifications=given,
            copy_count=copy_count,
            rolling_update=rolling,
        )
        self._resource = cdk.CfnResource(self, "Resource", type=COMPONENT_TYPE, properties=properties)
        self._resource.node.add_dependency(endpoint)

    @property
    def component_arn(self) -> str:
        """The component's ARN."""
        return self._resource.ref
