"""What happens every ten seconds on the server's clock: metrics, alarms, scaling, and instances that go."""

import logging
from collections.abc import Callable

from local.aws.server.autoscaling.autoscaler import Autoscaler
from local.aws.server.clock import Clock
from local.aws.server.cloudwatch_alarms import evaluate_alarms
from local.aws.server.runtime_metrics import MetricPublisher

__all__ = ["Ticker"]

_logger = logging.getLogger("seatrial.clock")

_TICK_SECONDS = 10
_MINUTE_SECONDS = 60


class Ticker:
    """Ticks, at each multiple of ten seconds of the epoch, and leaves none out.

    Args:
        clock: by which it ticks.
        metrics: published first.
        autoscaler: scales by what alarms and metrics say.
        each_minute: what else there is to do once a minute.
    """

    def __init__(
        self,
        clock: Clock,
        metrics: MetricPublisher,
        autoscaler: Autoscaler,
        each_minute: Callable[[], None],
    ) -> None:
        self._clock = clock
        self._metrics = metrics
        self._autoscaler = autoscaler
        self._each_minute = each_minute

    def start(self) -> None:
        """Tick from now on, on a thread of its own, until the process ends."""
        self._clock.start("ticker", self._run)

    def _run(self) -> None:
        moment = int(self._clock.now()) // _TICK_SECONDS * _TICK_SECONDS
        while True:
            moment += _TICK_SECONDS
            self._clock.sleep_until(moment)
            try:
                self._tick(moment)
            except Exception:  # the next tick may work again: the log must tell
                _logger.exception("a tick failed")

    def _tick(self, now: int) -> None:
        self._metrics.publish(now)
        self._autoscaler.scale(evaluate_alarms(now), now)
        if now % _MINUTE_SECONDS == 0:
            self._each_minute()
