"""What can be scaled: a component's copies, and a variant's instances.

Source: Application Auto Scaling User Guide, "Amazon SageMaker and Application Auto Scaling", resource ids and
dimensions.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from local.aws.server.components.inference_components import InferenceComponents
from local.aws.server.endpoints import Endpoints
from local.aws.server.errors import AwsError, validation_exception
from local.aws.server.scope import Scope

__all__ = ["Capacity", "ComponentCopies", "ScalableResource", "ScalableResources", "VariantInstanceCount"]

_BURSTABLE = re.compile(r"ml\.t[0-9]")


@dataclass(frozen=True, slots=True)
class Capacity:
    """How much of a resource there is.

    Attributes:
        desired: how much there should be.
        running: how much is in service.
        changing: whether it can't be changed just now.
    """

    desired: int
    running: int
    changing: bool


class ScalableResource(Protocol):
    """A kind of resource.

    Attributes:
        dimension: of scalable targets.
        unit: as in the sentences about activities.
    """

    dimension: str
    unit: str

    def capacity(self, scope: Scope, resource_id: str) -> Capacity | None:
        """Return the capacity; None if there is no such resource."""
        ...

    def set_desired(self, scope: Scope, resource_id: str, desired: int) -> None:
        """Ask for a capacity.

        Raises:
            AwsError: it is refused.
        """
        ...

    def dimensions(self, resource_id: str) -> dict[str, str]:
        """Return the dimensions of the resource's metrics."""
        ...

    def check_scalable(self, scope: Scope, resource_id: str) -> None:
        """Check that a resource that there is may be scaled.

        Raises:
            AwsError: it may not.
        """
        ...


class ComponentCopies:
    """The copies of inference components.

    Args:
        components: the operations on them.
    """

    dimension = "sagemaker:inference-component:DesiredCopyCount"
    unit = "copy count"
    _ID = re.compile(r"inference-component/([^/]+)")

    def __init__(self, components: InferenceComponents) -> None:
        self._components = components

    def capacity(self, scope: Scope, resource_id: str) -> Capacity | None:
        """Return the capacity; None if there is no such component."""
        described = self._described(scope, resource_id)
        if described is None:
            return None
        runtime = described["RuntimeConfig"]
        changing = described["InferenceComponentStatus"] != "InService"
        return Capacity(runtime["DesiredCopyCount"], runtime["CurrentCopyCount"], changing)

    def set_desired(self, scope: Scope, resource_id: str, desired: int) -> None:
        """Ask for copies.

        Raises:
            AwsError: that is refused.
        """
        self._components.update_runtime_config(
            scope,
            {
                "InferenceComponentName": self._name_in(resource_id),
                "DesiredRuntimeConfig": {"CopyCount": desired},
            },
        )

    def dimensions(self, resource_id: str) -> dict[str, str]:
        """Return the dimensions of the component's metrics."""
        return {"InferenceComponentName": self._name_in(resource_id)}

    def check_scalable(self, scope: Scope, resource_id: str) -> None:
        """Every component may be scaled."""

    def _described(self, scope: Scope, resource_id: str) -> Mapping[str, Any] | None:
        if self._ID.fullmatch(resource_id) is None:
            return None
        try:
            return self._components.describe(scope, {"InferenceComponentName": self._name_in(resource_id)})
        except AwsError:
            return None

    def _name_in(self, resource_id: str) -> str:
        return resource_id.partition("/")[2]


class VariantInstanceCount:
    """The instances of production variants.

    Args:
        endpoints: the operations on endpoints.
    """

    dimension = "sagemaker:variant:DesiredInstanceCount"
    unit = "instance count"
    _ID = re.compile(r"endpoint/([^/]+)/variant/([^/]+)")

    def __init__(self, endpoints: Endpoints) -> None:
        self._endpoints = endpoints

    def capacity(self, scope: Scope, resource_id: str) -> Capacity | None:
        """Return the capacity; None if there is no such variant."""
        match = self._ID.fullmatch(resource_id)
        if match is None:
            return None
        try:
            described = self._endpoints.describe(scope, {"EndpointName": match[1]})
        except AwsError:
            return None
        for variant in described["ProductionVariants"]:
            if variant["VariantName"] == match[2]:
                changing = described["EndpointStatus"] != "InService"
                return Capacity(variant["DesiredInstanceCount"], variant["CurrentInstanceCount"], changing)
        return None

    def set_desired(self, scope: Scope, resource_id: str, desired: int) -> None:
        """Ask for instances.

        Raises:
            AwsError: that is refused.
        """
        _, endpoint, _, variant = resource_id.split("/")
        wanted = {"VariantName": variant, "DesiredInstanceCount": desired}
        self._endpoints.update_capacities(
            scope, {"EndpointName": endpoint, "DesiredWeightsAndCapacities": [wanted]}
        )

    def dimensions(self, resource_id: str) -> dict[str, str]:
        """Return the dimensions of the variant's metrics."""
        _, endpoint, _, variant = resource_id.split("/")
        return {"EndpointName": endpoint, "VariantName": variant}

    def check_scalable(self, scope: Scope, resource_id: str) -> None:
        """Check that a variant has no burstable instances.

        Source: SageMaker developer guide, "Automatic scaling of Amazon SageMaker AI models": a variant with
        burstable instances such as T2 can't be registered. The words are this server's own.

        Raises:
            AwsError: it has.
        """
        _, endpoint, _, name = resource_id.split("/")
        for instance_type in self._endpoints.instance_types(scope, endpoint, name):
            if _BURSTABLE.match(instance_type):
                raise validation_exception(
                    f"Variant {name} of endpoint {endpoint} has burstable instances ({instance_type}), which "
                    "do not support automatic scaling."
                )


class ScalableResources:
    """Every kind, by dimension.

    Args:
        kinds: all of them.
    """

    def __init__(self, *kinds: ScalableResource) -> None:
        self._kinds = {kind.dimension: kind for kind in kinds}

    def of(self, namespace: str, dimension: str) -> ScalableResource:
        """Return the kind of a dimension.

        Raises:
            AwsError: it isn't one that scales on the laptop.
        """
        kind = self._kinds.get(dimension)
        if kind is None or namespace != "sagemaker":
            raise validation_exception(
                f"Service namespace {namespace} with scalable dimension {dimension} is not scaled on the "
                f"laptop; sagemaker is, with {', '.join(self._kinds)}."
            )
        return kind
