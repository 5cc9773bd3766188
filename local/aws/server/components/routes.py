"""Which copy of a component gets a request. Touched by the data plane's loop alone."""

import random
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from local.aws.server.fleet import VariantServer
from local.aws.server.routes import Backend
from local.aws.server.scope import Scope
from local.aws.server.traffic_counts import TrafficCounter
from planning.control.routing import LEAST_OUTSTANDING_REQUESTS, choose_copy

__all__ = ["ComponentRoute", "ComponentRoutes", "RoutedComponent"]

_STAND_INS = {"PREFIX_AWARE": LEAST_OUTSTANDING_REQUESTS}
"""Strategies that the laptop lacks, and what routes in their place."""


@dataclass(frozen=True, slots=True)
class RoutedComponent:
    """A component as the data plane knows it.

    Attributes:
        scope: of the component.
        name: its name.
        endpoint: whose it is.
        strategy: the variant's routing strategy.
    """

    scope: Scope
    name: str
    endpoint: str
    strategy: str


@dataclass(slots=True, eq=False)
class ComponentRoute:
    """Where a component's requests go.

    Attributes:
        component: whose they are.
        chance: the source of chance.
        copies: those that take requests.
        counter: counts its requests, whichever copy they go to.
    """

    component: RoutedComponent
    chance: random.Random
    copies: tuple[Backend, ...] = ()
    counter: TrafficCounter = field(default_factory=TrafficCounter)

    def pick(self, tried: Collection[Backend] = ()) -> Backend | None:
        """Return the copy that gets a request; one that is down only if all are, None if there is none.

        Args:
            tried: copies that could not be reached with it.
        """
        left = [copy for copy in self.copies if copy not in tried]
        candidates = [copy for copy in left if copy.variant.server.http_port is not None] or left
        if not candidates:
            return None
        strategy = _STAND_INS.get(self.component.strategy, self.component.strategy)
        outstanding = [copy.in_flight for copy in candidates]
        return candidates[choose_copy(strategy, outstanding, self.chance)]


class ComponentRoutes:
    """The components' routes, by scope and name.

    Args:
        chance: the source of chance.
    """

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._routes: dict[tuple[Scope, str], ComponentRoute] = {}
        self._backends: dict[VariantServer, Backend] = {}

    def all(self) -> list[ComponentRoute]:
        """Return every route."""
        return list(self._routes.values())

    def find(self, scope: Scope, endpoint: str, name: str) -> ComponentRoute | None:
        """Return the route of a component of an endpoint; None if the endpoint has no such one."""
        route = self._routes.get((scope, name))
        return route if route is not None and route.component.endpoint == endpoint else None

    def put(self, component: RoutedComponent, copies: Collection[VariantServer]) -> None:
        """From now on send the component's requests to ``copies``; those under way stay where they are."""
        route = self._routes.setdefault(
            (component.scope, component.name), ComponentRoute(component, self._chance)
        )
        route.component = component
        for copy in copies:
            self._backends.setdefault(copy, Backend(copy, route.counter))
        route.copies = tuple(self._backends[copy] for copy in copies)

    def retire(self, copy: VariantServer, when_drained: Callable[[], None]) -> None:
        """Have ``when_drained`` called once no request is under way on a copy that gets no further one."""
        self._backends.pop(copy).retire(when_drained)

    def drop(self, component: RoutedComponent) -> None:
        """Forget a component."""
        self._routes.pop((component.scope, component.name), None)
