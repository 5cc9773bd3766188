"""What endpoints of templates say of their updates."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from preflight.rules._template_hosting import ENDPOINT
from preflight.rules._template_references import References, Resource
from preflight.rules._template_values import at, number, structure

__all__ = ["BLUE_GREEN", "ROLLING", "ROUTING", "Step", "configured", "sizes", "waits"]

BLUE_GREEN = ("BlueGreenUpdatePolicy",)
"""Where a deployment configuration says how instances are replaced all together."""
ROUTING = (*BLUE_GREEN, "TrafficRoutingConfiguration")
"""Where it says how traffic moves over to these."""
ROLLING = ("RollingUpdatePolicy",)
"""Where it says how instances are replaced batch by batch."""


@dataclass(frozen=True, slots=True)
class Step:
    """A size of a step, and the share of the instances that it may be.

    Attributes:
        name: its property.
        path: to it.
        least_percent: of the variant's instances.
        most_percent: of the same.
    """

    name: str
    path: tuple[str, ...]
    least_percent: int
    most_percent: int


_STEPS = (
    Step("CanarySize", (*ROUTING, "CanarySize"), 1, 50),
    Step("LinearStepSize", (*ROUTING, "LinearStepSize"), 10, 50),
    Step("MaximumBatchSize", (*ROLLING, "MaximumBatchSize"), 5, 50),
)


def configured(references: References) -> Iterator[tuple[Resource, Mapping[str, Any]]]:
    """Yield each endpoint that says how it is updated, with what it says."""
    for endpoint in references.of_type(ENDPOINT):
        config = structure(endpoint.properties.get("DeploymentConfig"))
        if config:
            yield endpoint, config


def sizes(references: References) -> Iterator[tuple[Resource, Step, str, float]]:
    """Yield each size of a step: its endpoint, what it is, in which unit, and its value."""
    for endpoint, config in configured(references):
        for step in _STEPS:
            value = number(config, *step.path, "Value")
            if value is not None:
                yield endpoint, step, str(at(config, *step.path, "Type")), value


def waits(config: Mapping[str, Any]) -> int:
    """Return how often an update waits between its steps, at least."""
    kind = "ROLLING" if "RollingUpdatePolicy" in config else at(config, *ROUTING, "Type")
    if kind == "CANARY":
        return 1
    if kind not in ("LINEAR", "ROLLING"):
        return 0
    path = (*ROLLING, "MaximumBatchSize") if kind == "ROLLING" else (*ROUTING, "LinearStepSize")
    value = number(config, *path, "Value")
    percent = at(config, *path, "Type") == "CAPACITY_PERCENT"
    return max(math.ceil(100 / value) - 1, 1) if percent and value else 1
