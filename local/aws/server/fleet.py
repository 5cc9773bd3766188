"""What an endpoint runs: plans of variants, and the servers that came of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from local.aws.server.scope import Scope
from local.pytorch.contract import PyTorchPlan
from local.triton.sagemaker_contract import ServingPlan

__all__ = [
    "ContainerPlan",
    "DirectInvocation",
    "Fleet",
    "FleetLauncher",
    "SerialPipeline",
    "SharedServing",
    "Traffic",
    "VariantPlan",
    "VariantServer",
]

ContainerPlan: TypeAlias = ServingPlan | PyTorchPlan
"""How a container answers: Triton's, or that of SageMaker's PyTorch images."""


@dataclass(frozen=True, slots=True)
class VariantPlan:
    """A production variant to serve.

    Attributes:
        variant: the endpoint configuration's production variant, in the API's shape.
        model: the model it names, in the API's shape.
    """

    variant: Mapping[str, Any]
    model: Mapping[str, Any]

    @property
    def name(self) -> str:
        """The variant's name."""
        return str(self.variant["VariantName"])


class ModelServer(Protocol):
    """A variant's Triton or PyTorch server."""

    @property
    def http_port(self) -> int | None:
        """The loopback port of its HTTP front end; None while it is down."""
        ...

    @property
    def pid(self) -> int | None:
        """Its process; None while it is down."""
        ...

    def stop(self, timeout_seconds: float) -> None:
        """Stop it, by force after the time-out."""
        ...


class SharedServing:
    """How a variant answers that is more than one container with one model."""

    @property
    def default_model(self) -> str:
        """What answers, in a word, for a report."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True, eq=False)
class VariantServer:
    """A production variant, a container of one, or a copy of an inference component, that answers.

    Attributes:
        name: of the variant, or the container's hostname.
        weight: its share of the traffic, relative to the other variants' weights.
        plan: how it answers.
        server: what answers.
        overlays: what it serves differently from what the artifact says, for want of a GPU.
    """

    name: str
    weight: float
    plan: ContainerPlan | SharedServing
    server: ModelServer
    overlays: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class _Containers(SharedServing):
    """Several containers of one variant.

    Attributes:
        containers: in their order, each named by its hostname.
    """

    containers: tuple[VariantServer, ...]

    @property
    def default_model(self) -> str:
        """The models that answer, by container."""
        return ", ".join(f"{each.name}: {each.plan.default_model}" for each in self.containers)


@dataclass(frozen=True, slots=True, eq=False)
class SerialPipeline(_Containers):
    """One container's answer is the next one's request."""


@dataclass(frozen=True, slots=True, eq=False)
class DirectInvocation(_Containers):
    """Each request names the container that answers it."""


@dataclass(frozen=True, slots=True, eq=False)
class Fleet:
    """All servers of one generation of an endpoint; two fleets are the same only if they are one object.

    Attributes:
        scope: of the endpoint.
        endpoint: its name.
        variants: one server each.
    """

    scope: Scope
    endpoint: str
    variants: tuple[VariantServer, ...]


class FleetLauncher(Protocol):
    """Starts and stops fleets; every call blocks."""

    def launch(self, scope: Scope, endpoint: str, plans: tuple[VariantPlan, ...]) -> Fleet:
        """Return a fleet whose every server is ready.

        Raises:
            LaunchError: one isn't; none is left running.
        """
        ...

    def stop(self, fleet: Fleet) -> None:
        """Stop every server of a fleet and remove what it served from."""
        ...


class Traffic(Protocol):
    """Sends requests to fleets."""

    def publish(self, fleet: Fleet) -> None:
        """From now on send the endpoint's requests to ``fleet``; requests under way stay where they are."""
        ...

    def withdraw(self, fleet: Fleet) -> None:
        """Send the endpoint's requests nowhere, if ``fleet`` is what serves them."""
        ...

    def drain(self, fleet: Fleet, timeout_seconds: float) -> None:
        """Wait until no request of ``fleet`` is under way, but no longer than the time-out."""
        ...
