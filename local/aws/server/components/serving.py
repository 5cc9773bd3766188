"""What serves one component: its revision and its copies, and every way in which they change."""

import logging
from collections.abc import Callable, Mapping
from typing import Any

from local.aws.server.clock import Clock
from local.aws.server.components.copies import CopyLauncher, Revision, RunningCopy
from local.aws.server.components.fleet import ComponentFleet, ComponentTraffic, NoRoomError
from local.aws.server.components.hosts import ComponentHosts
from local.aws.server.components.rollout import FirstInAlarm, Rollout, RolloutPolicy
from local.aws.server.components.routes import RoutedComponent
from local.aws.server.components.specification import ComponentModel
from local.aws.server.errors import AwsError, LaunchError
from local.aws.server.sagemaker_store import Record
from local.aws.server.scope import Scope

__all__ = ["ComponentServing", "ServingFactory"]

_logger = logging.getLogger("seatrial.components")

_DEFAULT_ROUTING = "RANDOM"


class ComponentServing:
    """One component's. Its methods block, and are called by one thread at a time.

    Args:
        routed: the component, for the data plane.
        variant: on which production variant it is.
        fleet: its copies.
        launcher: prepares and runs what they serve.
        clock: what rolling updates go by.
        first_in_alarm: looks at CloudWatch alarms.

    Attributes:
        short_of_room: whether copies are missing that found no place.
    """

    def __init__(
        self,
        routed: RoutedComponent,
        variant: str,
        fleet: ComponentFleet,
        launcher: CopyLauncher,
        *,
        clock: Clock,
        first_in_alarm: FirstInAlarm,
    ) -> None:
        self._routed = routed
        self._variant = variant
        self._fleet = fleet
        self._launcher = launcher
        self._clock = clock
        self._first_in_alarm = first_in_alarm
        self._revision: Revision | None = None
        self.short_of_room = False

    @property
    def copies(self) -> tuple[RunningCopy, ...]:
        """The copies in service; any thread may ask."""
        return self._fleet.copies

    @property
    def instance_type(self) -> str:
        """Where they are."""
        return self._fleet.instance_type

    def bring_up(self, model: ComponentModel, count: int) -> None:
        """Serve for the first time.

        Raises:
            LaunchError: not all copies are in service; none is.
        """
        self._fleet.open()
        self._revision = self._prepare(model)
        self._fleet.start(self._revision, count)

    def roll(self, model: ComponentModel, policy: RolloutPolicy) -> None:
        """Serve something else, without a request that fails for it.

        Raises:
            LaunchError: that failed, and everything is as it was.
        """
        new, old = self._prepare(model), self._revision
        if old is not None:
            try:
                Rollout(self._fleet, policy, self._clock, self._first_in_alarm).run(old, new)
            except LaunchError:
                self._launcher.discard(new)
                raise
            self._launcher.discard(old)
        self._revision = new

    def scale_to(self, count: int) -> None:
        """Have ``count`` copies.

        Raises:
            NoRoomError: some found no place; the others are in service.
            LaunchError: a new one isn't healthy; none of the new ones is in service.
        """
        self.short_of_room = False
        missing = count - len(self._fleet.copies)
        if missing < 0:
            self._fleet.shrink(-missing)
        elif missing > 0 and self._revision is not None:
            try:
                self._fleet.start_what_fits(self._revision, missing)
            except NoRoomError:
                self.short_of_room = True
                raise

    def tear_down(self) -> None:
        """Serve no more, and leave nothing."""
        self._fleet.close()
        if self._revision is not None:
            self._launcher.discard(self._revision)

    def _prepare(self, model: ComponentModel) -> Revision:
        return self._launcher.prepare(self._routed.scope, self._routed.name, self._variant, model)


class ServingFactory:
    """Makes what serves a component.

    Args:
        hosts: the endpoints' instances.
        launcher: prepares and runs what components serve.
        traffic: the data plane.
        clock: what rolling updates go by.
        first_in_alarm: looks at CloudWatch alarms of a scope.
    """

    def __init__(
        self,
        hosts: ComponentHosts,
        launcher: CopyLauncher,
        traffic: ComponentTraffic,
        clock: Clock,
        first_in_alarm: Callable[[Scope], FirstInAlarm],
    ) -> None:
        self._hosts = hosts
        self._launcher = launcher
        self._traffic = traffic
        self._clock = clock
        self._first_in_alarm = first_in_alarm

    def __call__(self, component: Record, variant: Mapping[str, Any]) -> ComponentServing:
        """Return what serves a new component on a production variant, in the API's shape.

        Raises:
            AwsError: the variant has no instances.
        """
        endpoint = component.document["EndpointName"]
        instances = self._hosts.find(component.scope, endpoint, variant["VariantName"])
        if instances is None:
            raise AwsError("InternalFailure", f"Endpoint {endpoint} has no instances.", 500)
        strategy = variant.get("RoutingConfig", {}).get("RoutingStrategy", _DEFAULT_ROUTING)
        if strategy == "PREFIX_AWARE":
            _logger.warning(
                "inference component %s: PREFIX_AWARE routes as LEAST_OUTSTANDING_REQUESTS here",
                component.name,
            )
        routed = RoutedComponent(component.scope, component.name, endpoint, strategy)
        return ComponentServing(
            routed,
            variant["VariantName"],
            ComponentFleet(routed, instances, self._launcher, self._traffic, self._clock),
            self._launcher,
            clock=self._clock,
            first_in_alarm=self._first_in_alarm(component.scope),
        )
