"""The copies of one component: how they come and go, without a request that fails for it."""

import logging
import uuid
from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

from local.aws.server.clock import Clock
from local.aws.server.components.copies import CopyLauncher, Revision, RunningCopy
from local.aws.server.components.instances import VariantInstances
from local.aws.server.components.routes import RoutedComponent
from local.aws.server.errors import LaunchError
from local.aws.server.fleet import VariantServer
from planning.control.resources import Copy

__all__ = ["ComponentFleet", "ComponentTraffic", "NoRoomError"]

_logger = logging.getLogger("seatrial.components")

_DRAIN_SECONDS = 60.0
"""As long as a request may take: the data plane ends it then."""
_SIMULTANEOUS_STARTS = 4


class ComponentTraffic(Protocol):
    """Sends requests to copies."""

    def route_component(self, component: RoutedComponent, copies: Collection[VariantServer]) -> None:
        """From now on send the component's requests to ``copies``; requests under way stay where they are."""
        ...

    def drain_copies(
        self, component: RoutedComponent, copies: Collection[VariantServer], timeout_seconds: float
    ) -> None:
        """Wait until no request is under way on copies that get none any more, at most the time-out."""
        ...

    def forget_component(self, component: RoutedComponent) -> None:
        """Answer requests to the component as if there had never been one."""
        ...


class NoRoomError(LaunchError):
    """The endpoint's instances have no room for a copy, and there may be no more of them."""


class ComponentFleet:
    """A component's copies in service. Used by one thread at a time; the copies may be read by any.

    Args:
        routed: the component, for the data plane.
        instances: where its copies reserve what they need.
        launcher: runs copies.
        traffic: the data plane.
        clock: what the delays of instances and copies go by.

    Attributes:
        copies: those in service.
    """

    def __init__(
        self,
        routed: RoutedComponent,
        instances: VariantInstances,
        launcher: CopyLauncher,
        traffic: ComponentTraffic,
        clock: Clock | None = None,
    ) -> None:
        self._routed = routed
        self._instances = instances
        self._launcher = launcher
        self._traffic = traffic
        self._clock = clock
        self.copies: tuple[RunningCopy, ...] = ()

    @property
    def instance_type(self) -> str:
        """Where its copies are."""
        return self._instances.instance_type

    def open(self) -> None:
        """Let the data plane know the component, which has no copy yet."""
        self._publish()

    def start(self, revision: Revision, count: int) -> None:
        """Put ``count`` more copies of ``revision`` into service, all of them or none.

        Raises:
            NoRoomError: there is no place for them all.
            LaunchError: one isn't healthy in time.
        """
        planned = self._reserve(revision, count)
        if len(planned) < count:
            self._instances.remove(copy.copy_id for copy in planned)
            raise self._no_room(revision, count - len(planned))
        self._launch(revision, planned)

    def start_what_fits(self, revision: Revision, count: int) -> None:
        """Put up to ``count`` more copies of ``revision`` into service.

        Raises:
            NoRoomError: there is no place for some; the others are in service.
            LaunchError: one isn't healthy in time; none of them is in service.
        """
        planned = self._reserve(revision, count)
        self._launch(revision, planned)
        if len(planned) < count:
            raise self._no_room(revision, count - len(planned))

    def stop(self, copies: Sequence[RunningCopy]) -> None:
        """Take copies out of service: no request any more, those under way to their end, then stop."""
        gone = tuple(copies)
        if not gone:
            return
        self.copies = tuple(copy for copy in self.copies if copy not in gone)
        self._publish()
        self._traffic.drain_copies(self._routed, [copy.server for copy in gone], _DRAIN_SECONDS)
        self._launcher.stop(gone)
        self._instances.remove(copy.copy_id for copy in gone)

    def shrink(self, count: int) -> None:
        """Take ``count`` copies out of service, those that are to go first."""
        going = self._instances.evict(self._routed.name, count)
        self.stop([copy for copy in self.copies if copy.copy_id in going])

    def close(self) -> None:
        """Take every copy out of service, and the component out of the data plane."""
        self._traffic.route_component(self._routed, ())
        self.stop(self.copies)
        self._traffic.forget_component(self._routed)

    def _reserve(self, revision: Revision, count: int) -> list[Copy]:
        requirements = revision.model.requirements
        wanted = [Copy(uuid.uuid4().hex[:12], self._routed.name, requirements) for _ in range(count)]
        unplaced = self._instances.add(wanted, revision.model.scheduling)
        return [copy for copy in wanted if copy not in unplaced]

    def _launch(self, revision: Revision, planned: Sequence[Copy]) -> None:
        if not planned:
            return
        self._sit_out_the_delays(planned)
        with ThreadPoolExecutor(_SIMULTANEOUS_STARTS, thread_name_prefix=self._routed.name) as pool:
            starts = [pool.submit(self._launcher.start, revision, copy.copy_id) for copy in planned]
        failures = [error for start in starts if (error := start.exception()) is not None]
        started = tuple(start.result() for start in starts if start.exception() is None)
        if failures:
            self._launcher.stop(started)
            self._instances.remove(copy.copy_id for copy in planned)
            raise failures[0]
        self.copies = (*self.copies, *started)
        self._publish()

    def _sit_out_the_delays(self, planned: Sequence[Copy]) -> None:
        if self._clock is None:
            return
        moment = self._instances.answer_at(copy.copy_id for copy in planned)
        if moment > self._clock.now():
            self._clock.sleep_until(moment)

    def _publish(self) -> None:
        self._traffic.route_component(self._routed, [copy.server for copy in self.copies])

    def _no_room(self, revision: Revision, count: int) -> NoRoomError:
        asked = revision.model.requirements
        return NoRoomError(
            f"{count} of the copies of inference component {self._routed.name} fit on no instance of type "
            f"{self.instance_type}: each needs {asked.accelerators} accelerators, {asked.cpus:g} CPU cores "
            f"and {asked.memory_mib} MiB of memory, and the endpoint has as many instances as it may."
        )
