"""The stack that holds some of an endpoint's components."""

from collections.abc import Mapping
from dataclasses import dataclass

from constructs import Construct, IConstruct

import spec
from seatrial_hosting import (
    ComponentDashboard,
    ComponentDeclaration,
    ComponentEndpoint,
    ComponentFleet,
    HostedModel,
    HostingError,
    ServingNetwork,
)
from stacks._deployment_stack import DeploymentStack
from stacks._hosted_model import add_model
from stacks._settings import StackSettings
from stacks._translation import (
    component_scaling,
    rolling_update,
    specifications,
)
from stacks.built_artifacts import BuiltArtifact

__all__ = ["ComponentStack", "PlacedComponent"]

_RESOURCE_LIMIT = 500
"""CloudFormation user guide, "CloudFormation quotas", resources."""

_MODEL_RESOURCES = 4
"""The model, its role, and two policies."""


@dataclass(frozen=True, slots=True)
class PlacedComponent:
    """A component of this stack.

    Attributes:
        name: in SageMaker.
        component: as the file has it.
        container: of its model.
        artifact: of its model.
    """

    name: str
    component: spec.Component
    container: spec.Container
    artifact: BuiltArtifact


class ComponentStack(DeploymentStack):
    """``<deployment>-<endpoint key>-components-<n>``: components with their models, scaling, logs and alarms.

    Each has a role that reads its own artifact alone. A stack whose last component has gone is empty, and
    `cdk deploy` deletes it.

    Termination protection is off: everything in it comes back from the deployment file and the artifacts.

    Args:
        components: by their keys in the file.

    Raises:
        HostingError: a construct refuses what the file says, or the stack has more resources than
            CloudFormation takes.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        settings: StackSettings,
        network: ServingNetwork,
        endpoint: ComponentEndpoint,
        declared: spec.ComponentEndpoint,
        components: Mapping[str, PlacedComponent],
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            settings=settings,
            description=f"components of {endpoint.endpoint_name}",
            is_protected=False,
        )
        self.models: dict[str, HostedModel] = {}
        self._names = {key: placed.name for key, placed in components.items()}
        if not components:
            return
        for key, placed in components.items():
            self.models[key] = self._create_model(key, placed, declared, network, settings)
        self._fleet = ComponentFleet(
            self,
            "Components",
            endpoint=endpoint,
            log_key=endpoint.key,
            components=[
                _declaration(placed, declared, self.models[key].model_name)
                for key, placed in components.items()
            ],
        )
        self._require_room(endpoint.endpoint_name, declared.shards)
        ComponentDashboard(
            self,
            "Dashboard",
            dashboard_name=construct_id,
            endpoint=endpoint,
            component_names=tuple(sorted(self._names.values())),
        )

    def component(self, key: str) -> IConstruct:
        """Return the construct of the component under ``key``."""
        return self._fleet.component(self._names[key])

    def _require_room(self, endpoint_name: str, shards: int) -> None:
        count = _MODEL_RESOURCES * len(self.models) + self._fleet.resource_count + 1
        if count > _RESOURCE_LIMIT:
            each = count / len(self.models)
            problem = (
                f"{len(self.models)} of the components of {endpoint_name} make {count} resources; "
                f"CloudFormation takes {_RESOURCE_LIMIT} in a stack. Raise shards, now {shards}: "
                f"{int(_RESOURCE_LIMIT / each)} such components fit, and stacks are not filled evenly."
            )
            raise HostingError(self.stack_name, [problem])

    def _create_model(
        self,
        key: str,
        placed: PlacedComponent,
        declared: spec.ComponentEndpoint,
        network: ServingNetwork,
        settings: StackSettings,
    ) -> HostedModel:
        model = add_model(
            self,
            f"{key}-model",
            settings=settings,
            network=network,
            container=placed.container,
            artifact=placed.artifact,
            instance_types=declared.instances.type_names,
            role_id=f"{key}-execution-role",
        )
        model.grant_component_logs(placed.name)
        return model


def _declaration(
    placed: PlacedComponent, declared: spec.ComponentEndpoint, model_name: str
) -> ComponentDeclaration:
    component, copies = placed.component, placed.component.copies
    scaling = component_scaling(component)
    return ComponentDeclaration(
        component_name=placed.name,
        specifications=specifications(component, declared.instances, model_name),
        scaling=scaling,
        # A number in the template is one that updates may set the copies back to: where scaling decides on
        # the copies, there is none.
        copy_count=copies.min if scaling is None else copies.initial,
        rolling_update=rolling_update(component.rolling_update),
        log_retention_days=declared.logs.retention_days,
    )
