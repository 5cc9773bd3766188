"""Which Triton answers a request: endpoints, variants, weights. Touched by the data plane's loop alone."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from local.aws.server.fleet import DirectInvocation, SerialPipeline, VariantServer
from local.aws.server.scope import Scope
from local.aws.server.traffic_counts import TrafficCounter

__all__ = ["Backend", "IdleConnection", "Route", "RouteTable"]


class IdleConnection(Protocol):
    """A keep-alive connection that waits for its next request."""

    def close(self) -> None:
        """Close it."""
        ...


@dataclass(slots=True, eq=False)
class Backend:
    """A Triton as the data plane sees it.

    Attributes:
        variant: the production variant it is, or the copy of a component.
        counter: counts the requests of the variant, or of the component with all its copies.
        in_flight: requests under way.
        idle: connections to use again, the latest last.
        retired: whether it is to get no further request.
        when_drained: called once, when it is retired and nothing is under way.
        members: the containers behind it, where requests name one or pass through them all.
    """

    variant: VariantServer
    counter: TrafficCounter = field(default_factory=TrafficCounter)
    in_flight: int = 0
    idle: list[IdleConnection] = field(default_factory=list)
    retired: bool = False
    when_drained: Callable[[], None] | None = None
    members: tuple["Backend", ...] = ()

    @classmethod
    def of(cls, variant: VariantServer) -> "Backend":
        """Return a variant's backend, with the members that its serving has."""
        backend = cls(variant)
        if isinstance(variant.plan, DirectInvocation):
            backend.members = tuple(cls(each, backend.counter) for each in variant.plan.containers)
        elif isinstance(variant.plan, SerialPipeline):
            backend.members = tuple(map(cls, variant.plan.containers))
        return backend

    def begin(self) -> None:
        """Count a request that starts."""
        self.in_flight += 1
        self.counter.begin()

    def end(self, status: int | None = None, seconds: float = 0.0) -> None:
        """Count a request that is over.

        Args:
            status: the model's HTTP status; 0 if it did not answer, None if the client went away before.
            seconds: how long it took.
        """
        self.in_flight -= 1
        self.counter.end(status, seconds)
        self._settle()

    def hold(self) -> None:
        """Count a request as under way that is not with the model yet."""
        self.in_flight += 1

    def let_go(self) -> None:
        """Count a held request no more."""
        self.in_flight -= 1
        self._settle()

    def hand_over(self, other: "Backend") -> None:
        """Let ``other`` have a request that this one could not be reached with."""
        self.in_flight -= 1
        other.in_flight += 1
        self._settle()

    def retire(self, when_drained: Callable[[], None]) -> None:
        """Have ``when_drained`` called once nothing is under way; from now on no idle connection is kept."""
        self.retired = True
        self.when_drained = when_drained
        self._settle()

    def _settle(self) -> None:
        if not self.retired or self.in_flight:
            return
        while self.idle:
            self.idle.pop().close()
        if self.when_drained is not None:
            report, self.when_drained = self.when_drained, None
            report()


@dataclass(frozen=True, slots=True, eq=False)
class Route:
    """Where an endpoint's requests go; an update replaces it whole.

    Attributes:
        scope: of the endpoint.
        endpoint: its name.
        backends: one per variant that has a model.
    """

    scope: Scope
    endpoint: str
    backends: tuple[Backend, ...]

    @property
    def hosts_components(self) -> bool:
        """Whether its variants are made for inference components."""
        return not self.backends

    def pick(self, target_variant: str | None) -> Backend | None:
        """Return the named variant's backend, or one by weight; None if there is no such one.

        Args:
            target_variant: the request's ``X-Amzn-SageMaker-Target-Variant``.
        """
        if target_variant is not None:
            return next((b for b in self.backends if b.variant.name == target_variant), None)
        if len(self.backends) == 1:
            return self.backends[0]
        weights = [backend.variant.weight for backend in self.backends]
        if not any(weights):
            return None
        return random.choices(self.backends, weights)[0]  # noqa: S311 - spreads load, guards nothing


class RouteTable:
    """The routes in force, by scope and endpoint."""

    def __init__(self) -> None:
        self._routes: dict[tuple[Scope, str], Route] = {}

    def all(self) -> list[Route]:
        """Return every route."""
        return list(self._routes.values())

    def find(self, scope: Scope, endpoint: str) -> Route | None:
        """Return an endpoint's route; None if it serves nothing."""
        return self._routes.get((scope, endpoint))

    def put(self, route: Route) -> None:
        """Put a route in force, in place of the endpoint's old one."""
        self._routes[route.scope, route.endpoint] = route

    def drop(self, route: Route) -> None:
        """Take a route out of force, unless another has taken its place."""
        if self._routes.get((route.scope, route.endpoint)) is route:
            del self._routes[route.scope, route.endpoint]
