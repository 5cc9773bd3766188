"""What an inference component's specification says.

Sources: InferenceComponentSpecification and the shapes in it, SageMaker API reference.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from local.aws.server.errors import validation_exception
from local.aws.server.served_model import DEFAULT_STARTUP_SECONDS, only_container
from planning.control.packing import PlacementStrategy, Scheduling
from planning.control.resources import Resources

__all__ = ["ComponentModel", "specification_for"]


@dataclass(frozen=True, slots=True)
class ComponentModel:
    """A specification with the model that it names.

    Attributes:
        specification: in the API's shape.
        model: in the API's shape; None where the specification has a container of its own.
        subnet_ids: of the endpoint configuration, for such a container.
    """

    specification: Mapping[str, Any]
    model: Mapping[str, Any] | None
    subnet_ids: tuple[str, ...] = ()

    @property
    def container(self) -> Mapping[str, Any]:
        """The container, as a model has one.

        Raises:
            LaunchError: the model can't be served on the laptop.
        """
        if self.model is not None:
            return only_container(self.model)
        own = self.specification["Container"]
        container = {key: own[key] for key in ("Image", "Environment") if key in own}
        return container | ({"ModelDataUrl": own["ArtifactUrl"]} if "ArtifactUrl" in own else {})

    @property
    def network(self) -> tuple[str, ...]:
        """The subnets through which the artifact comes."""
        if self.model is None:
            return self.subnet_ids
        return tuple((self.model.get("VpcConfig") or {}).get("Subnets", []))

    @property
    def startup_seconds(self) -> float:
        """How long a copy may take to become ready."""
        parameters = self.specification.get("StartupParameters", {})
        return float(parameters.get("ContainerStartupHealthCheckTimeoutInSeconds", DEFAULT_STARTUP_SECONDS))

    @property
    def requirements(self) -> Resources:
        """What each copy reserves on its instance."""
        asked = self.specification["ComputeResourceRequirements"]
        return Resources(
            int(asked.get("NumberOfAcceleratorDevicesRequired", 0)),
            float(asked.get("NumberOfCpuCoresRequired", 0)),
            int(asked["MinMemoryRequiredInMb"]),
        )

    @property
    def scheduling(self) -> Scheduling:
        """How its copies are placed."""
        config = self.specification.get("SchedulingConfig")
        if config is None:
            return Scheduling()
        balance = config.get("AvailabilityZoneBalance")
        limit = None if balance is None else int(balance.get("MaxImbalance", 0))
        return Scheduling(PlacementStrategy(config["PlacementStrategy"]), limit)


def specification_for(request: Mapping[str, Any], instance_type: str) -> Mapping[str, Any]:
    """Return what a component says about an instance type.

    Raises:
        AwsError: it has a specification for each of several types, and none for this one.
    """
    one: Mapping[str, Any] | None = request.get("Specification")
    if one is not None:
        return one
    for specification in request["Specifications"]:
        if specification.get("InstanceType", instance_type) == instance_type:
            return dict(specification)
    raise validation_exception(
        f"Specifications has none for instance type {instance_type}, which the endpoint uses."
    )
