"""What a replay's last day showed, minute by minute."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from local.replay.players import Player
from local.replay.sender import Counts

__all__ = ["COPIES_PERIOD_MINUTES", "HostedEndpoints", "Observed"]

COPIES_PERIOD_MINUTES = 5
"""Copies are looked at so often, instances every minute: these are paid for, and a look takes as long as a
few requests."""


class HostedEndpoints(Protocol):
    """The deployed endpoints."""

    def instances(self, endpoint_name: str) -> int:
        """Return how many instances an endpoint has."""
        ...

    def copies(self, component_name: str) -> int:
        """Return how many copies a component has."""
        ...


@dataclass(slots=True)
class Observed:
    """The last day.

    Attributes:
        instances: by endpoint key, how many each minute began with.
        copies: by component label, how many every fifth minute began with.
        counts: by component label, what became of its requests.
    """

    instances: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    copies: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    counts: dict[str, Counts] = field(default_factory=lambda: defaultdict(Counts))

    def look(self, minute: int, players: Sequence[Player], hosted: HostedEndpoints) -> None:
        """Take note of what there is as a minute begins."""
        for endpoint, name in {each.endpoint: each.endpoint_name for each in players}.items():
            self.instances[endpoint].append(hosted.instances(name))
        for each in players if minute % COPIES_PERIOD_MINUTES == 0 else ():
            self.copies[each.label].append(hosted.copies(each.component_name))

    def count(self, counts: Mapping[str, Counts]) -> None:
        """Take note of what became of a minute's requests."""
        for label, each in counts.items():
            self.counts[label] += each
