"""A rolling update: the copies of a component change from one revision to the next, batch by batch.

Each batch's new copies are healthy before as many old ones stop. What fails on the way is taken back: the old
copies that are gone come again, then the new ones go, so no request fails for it.

Source: InferenceComponentDeploymentConfig and the shapes in it, SageMaker API reference.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from local.aws.server.clock import Clock
from local.aws.server.components.copies import Revision, RunningCopy
from local.aws.server.components.fleet import ComponentFleet, NoRoomError
from local.aws.server.errors import LaunchError

__all__ = ["Rollout", "RolloutPolicy", "batch_size"]

_logger = logging.getLogger("seatrial.components")

_LOOK_SECONDS = 10.0
"""How often the alarms are looked at while a batch bakes."""

FirstInAlarm = Callable[[Sequence[str]], str | None]
"""Returns the first of these CloudWatch alarms that is in ALARM."""


def batch_size(size: Mapping[str, Any] | None, copies: int) -> int:
    """Return how many copies a batch has, at least one; all of them where no size is given."""
    if size is None:
        return max(copies, 1)
    value = int(size["Value"])
    return max(1, min(copies, value if size["Type"] == "COPY_COUNT" else ceil(copies * value / 100)))


@dataclass(frozen=True, slots=True)
class RolloutPolicy:
    """``DeploymentConfig`` of an update.

    Attributes:
        batch: ``MaximumBatchSize``; None for all copies at once.
        wait_seconds: how long each batch is watched before the next begins.
        timeout_seconds: for the whole of it; None for no limit.
        rollback_batch: ``RollbackMaximumBatchSize``; None for all copies at once.
        alarms: names of those that take the update back.
    """

    batch: Mapping[str, Any] | None = None
    wait_seconds: float = 0.0
    timeout_seconds: float | None = None
    rollback_batch: Mapping[str, Any] | None = None
    alarms: tuple[str, ...] = ()

    @classmethod
    def of(cls, config: Mapping[str, Any] | None) -> "RolloutPolicy":
        """Return what a ``DeploymentConfig`` says; without one, everything changes at once."""
        if config is None:
            return cls()
        rolling = config["RollingUpdatePolicy"]
        alarms = config.get("AutoRollbackConfiguration", {}).get("Alarms", [])
        return cls(
            rolling["MaximumBatchSize"],
            rolling["WaitIntervalInSeconds"],
            rolling.get("MaximumExecutionTimeoutInSeconds"),
            rolling.get("RollbackMaximumBatchSize"),
            tuple(alarm["AlarmName"] for alarm in alarms if "AlarmName" in alarm),
        )


class Rollout:
    """One update.

    Args:
        fleet: the copies.
        policy: how.
        clock: what waits and time-outs go by.
        first_in_alarm: looks at CloudWatch alarms.
    """

    def __init__(
        self, fleet: ComponentFleet, policy: RolloutPolicy, clock: Clock, first_in_alarm: FirstInAlarm
    ) -> None:
        self._fleet = fleet
        self._policy = policy
        self._clock = clock
        self._first_in_alarm = first_in_alarm

    def run(self, old: Revision, new: Revision) -> None:
        """Replace every copy of ``old`` by one of ``new``.

        Raises:
            LaunchError: that failed, and every copy is of ``old`` again; the message says why.
        """
        total = len(self._fleet.copies)
        started_at = self._clock.now()
        try:
            while left := self._of(old):
                size = min(len(left), batch_size(self._policy.batch, total))
                self._check_time(started_at)
                self._fleet.start(new, size)
                self._fleet.stop(left[:size])
                self._bake(started_at)
        except LaunchError as error:
            self._roll_back(old, new, total)
            raise LaunchError(f"{error} The update was rolled back.") from error

    def _of(self, revision: Revision) -> list[RunningCopy]:
        return [copy for copy in self._fleet.copies if copy.revision is revision]

    def _bake(self, started_at: float) -> None:
        end = self._clock.now() + self._policy.wait_seconds
        while True:
            alarm = self._first_in_alarm(self._policy.alarms)
            if alarm is not None:
                raise LaunchError(f"CloudWatch alarm {alarm} is in state ALARM.")
            self._check_time(started_at)
            left_seconds = end - self._clock.now()
            if left_seconds <= 0:
                return
            self._clock.sleep_until(self._clock.now() + min(left_seconds, _LOOK_SECONDS))

    def _check_time(self, started_at: float) -> None:
        limit = self._policy.timeout_seconds
        if limit is not None and self._clock.now() - started_at > limit:
            raise LaunchError(f"The update took longer than {limit:.0f} s.")

    def _roll_back(self, old: Revision, new: Revision, total: int) -> None:
        size = batch_size(self._policy.rollback_batch, total)
        try:
            while len(self._of(old)) < total or self._of(new):
                missing = total - len(self._of(old))
                if missing:
                    self._start_again(old, min(size, missing))
                too_many = len(self._fleet.copies) - total
                self._fleet.stop(self._of(new)[:too_many])
        except LaunchError as error:
            _logger.error("the rollback failed: %s", error)  # noqa: TRY400 - one line says it
            raise LaunchError(f"The update failed, and its rollback, too: {error}") from error

    def _start_again(self, old: Revision, count: int) -> None:
        """Start old copies; without room for them one alone, if need be in the place of a new one."""
        try:
            self._fleet.start(old, count)
        except NoRoomError:
            if count > 1:
                self._start_again(old, 1)
                return
            new = [copy for copy in self._fleet.copies if copy.revision is not old]
            if not new:
                raise
            self._fleet.stop(new[:1])
            self._fleet.start(old, 1)
