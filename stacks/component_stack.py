"""The stack that holds some of an endpoint's components, with their adapters."""

from collections.abc import Iterator, Mapping, Sequence

from aws_cdk import aws_iam as iam
from constructs import Construct, IConstruct

import spec
from seatrial_hosting import (
    ComponentDashboard,
    ComponentDeclaration,
    ComponentEndpoint,
    ComponentFleet,
    ComponentSpecification,
    ContainerAccess,
    ContainerImage,
    HostedModel,
    HostingError,
    InferenceComponent,
    InlineContainer,
    ModelArtifact,
    ServingNetwork,
)
from stacks._container import has_gpu, image_uri
from stacks._deployment_stack import DeploymentStack
from stacks._hosted_model import add_model, model_artifact
from stacks._placed import PlacedAdapter, PlacedComponent
from stacks._settings import StackSettings
from stacks._translation import (
    component_scaling,
    inline_container,
    rolling_update,
    specifications,
)

__all__ = ["ComponentStack"]

_RESOURCE_LIMIT = 500
"""CloudFormation user guide, "CloudFormation quotas", resources."""

_MODEL_RESOURCES = 4
"""The model, its role, and two policies."""

_ADAPTER_RESOURCES = 2
"""The adapter and its policy."""


class ComponentStack(DeploymentStack):
    """``<deployment>-<endpoint key>-components-<n>``: components with their models, scaling, logs and alarms.

    Each has a role that reads its own artifact alone, or where it has no Model a policy of the endpoint's
    role. A stack whose last component has gone is empty, and `cdk deploy` deletes it.

    Termination protection is off: everything in it comes back from the deployment file and the artifacts.

    Args:
        components: by their keys in the file.
        adapters: of these components, by their keys in the file.

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
        adapters: Mapping[str, PlacedAdapter],
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            settings=settings,
            description=f"components of {endpoint.endpoint_name}",
            is_protected=False,
        )
        self.models: dict[str, HostedModel] = {}
        self.adapters: dict[str, InferenceComponent] = {}
        self._names = {key: placed.name for key, placed in components.items()}
        self._access: list[ContainerAccess] = []
        if not components:
            return
        types = declared.instances.type_names
        served = {
            key: self._create_container(key, placed, endpoint, types, settings)
            if placed.component.inline_container
            else self._create_model(key, placed, types, network, settings).model_name
            for key, placed in components.items()
        }
        self._fleet = ComponentFleet(
            self,
            "Components",
            endpoint=endpoint,
            log_key=endpoint.key,
            components=[_declaration(placed, declared, served[key]) for key, placed in components.items()],
        )
        if self._access:
            self._fleet.node.add_dependency(*self._access)
        for key, each in adapters.items():
            self.adapters[key] = self._create_adapter(key, each, endpoint)
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
        others = _ADAPTER_RESOURCES * len(self.adapters) + len(self._access) + 1
        count = _MODEL_RESOURCES * len(self.models) + self._fleet.resource_count + others
        if count > _RESOURCE_LIMIT:
            each = count / len(self._names)
            problem = (
                f"{len(self._names)} of the components of {endpoint_name} make {count} resources; "
                f"CloudFormation takes {_RESOURCE_LIMIT} in a stack. Raise shards, now {shards}: "
                f"{int(_RESOURCE_LIMIT / each)} such components fit, and stacks are not filled evenly."
            )
            raise HostingError(self.stack_name, [problem])

    def _create_model(
        self,
        key: str,
        placed: PlacedComponent,
        instance_types: Sequence[str],
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
            instance_types=instance_types,
            role_id=f"{key}-execution-role",
        )
        model.grant_component_logs(placed.name)
        self.models[key] = model
        return model

    def _create_container(
        self,
        key: str,
        placed: PlacedComponent,
        endpoint: ComponentEndpoint,
        instance_types: Sequence[str],
        settings: StackSettings,
    ) -> InlineContainer:
        manifest = placed.artifact.manifest
        artifact = model_artifact(self, placed.artifact, settings)
        uri = image_uri(
            placed.container, manifest.layout, settings.environment.region, gpu=has_gpu(instance_types)
        )
        image = ContainerImage.from_uri(uri)
        self._access.append(
            ContainerAccess(
                self,
                f"{key}-access",
                component_name=placed.name,
                roles=[endpoint.role],
                artifact=artifact,
                image=image,
            )
        )
        return inline_container(placed.component, placed.container, manifest, image=image, artifact=artifact)

    def _create_adapter(
        self, key: str, placed: PlacedAdapter, endpoint: ComponentEndpoint
    ) -> InferenceComponent:
        artifact = ModelArtifact.from_url(placed.adapter.artifact)
        access = ContainerAccess(
            self,
            f"{key}-adapter-artifact",
            component_name=placed.name,
            roles=tuple(self._roles_of(placed.adapter.base, endpoint)),
            artifact=artifact,
        )
        adapter = InferenceComponent(
            self,
            f"{key}-adapter",
            component_name=placed.name,
            endpoint=endpoint,
            specification=ComponentSpecification(
                base_component_name=self._names[placed.adapter.base],
                container=InlineContainer(artifact_url=artifact.url),
            ),
        )
        adapter.node.add_dependency(access, self.component(placed.adapter.base))
        return adapter

    def _roles_of(self, base: str, endpoint: ComponentEndpoint) -> Iterator[iam.IRole]:
        # No document says with whose role the copies of a base fetch an adapter.
        yield endpoint.role
        if base in self.models:
            yield self.models[base].role


def _declaration(
    placed: PlacedComponent, declared: spec.ComponentEndpoint, served: str | InlineContainer
) -> ComponentDeclaration:
    component, copies = placed.component, placed.component.copies
    scaling = component_scaling(component)
    return ComponentDeclaration(
        component_name=placed.name,
        specifications=specifications(component, declared.instances, served),
        scaling=scaling,
        # A number in the template is one that updates may set the copies back to: where scaling decides on
        # the copies, there is none.
        copy_count=copies.min if scaling is None else copies.initial,
        rolling_update=rolling_update(component.rolling_update),
        log_retention_days=declared.logs.retention_days,
        errors_per_minute=component.server_errors_per_minute,
    )
