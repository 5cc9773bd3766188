"""The days of a replay: each minute's requests, then the clock moves to the next."""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from local.replay.observed import HostedEndpoints, Observed
from local.replay.players import Player
from local.replay.sender import Counts
from planning.control.day import MINUTES_PER_DAY

__all__ = ["MinuteListener", "play_days"]

MinuteListener = Callable[[int, int], None]
"""Told how many minutes of how many have passed."""

_MINUTE_SECONDS = 60
_SETTLED_SECONDS = 1.0
"""Into a minute: what falls due with it is done, such as a copy that is to answer from then on."""


class RequestSender(Protocol):
    """Sends requests to components."""

    def send(self, counts: Mapping[str, int]) -> Mapping[str, Counts]:
        """Send so many to each, wait for the answers, and return what became of them."""
        ...


class Moments(Protocol):
    """The laptop's clock."""

    def to(self, moment: float) -> None:
        """Move to a moment; everything that falls due meanwhile is done."""
        ...


def play_days(
    players: Sequence[Player],
    *,
    days: int,
    begin: float,
    time: Moments,
    sender: RequestSender,
    hosted: HostedEndpoints,
    minutes: MinuteListener,
) -> Observed:
    """Play ``days`` equal days and return what the last one showed.

    Args:
        players: who gets requests.
        days: how many.
        begin: the first midnight, in seconds since the epoch: what the clock shows now.
        time: the clock.
        sender: sends the requests.
        hosted: what is looked at as each minute of the last day begins.
        minutes: told of the minutes that have passed.
    """
    observed, total = Observed(), days * MINUTES_PER_DAY
    for minute in range(total):
        is_last_day = minute >= total - MINUTES_PER_DAY
        if is_last_day:
            observed.look(minute, players, hosted)
        asked = {each.label: each.per_minute[minute % MINUTES_PER_DAY] for each in players}
        counts = sender.send(asked)
        if is_last_day:
            observed.count(counts)
        time.to(begin + (minute + 1) * _MINUTE_SECONDS + _SETTLED_SECONDS)
        minutes(minute + 1, total)
    return observed
