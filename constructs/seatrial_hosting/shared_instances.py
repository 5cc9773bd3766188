"""The instances that the components of an endpoint share."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

__all__ = ["ScaleIn", "ScaleInStrategy", "SharedInstances"]


class ScaleInStrategy(StrEnum):
    """How instances are given back (API reference, ProductionVariantManagedInstanceScalingScaleInPolicy)."""

    IDLE_RELEASE = "IDLE_RELEASE"
    CONSOLIDATION = "CONSOLIDATION"


@dataclass(frozen=True, slots=True)
class ScaleIn:
    """How SageMaker gives instances back.

    Attributes:
        strategy: wait until an instance has no copy, or move copies together first.
        maximum_step_size: instances given back at a time, 1 to 100; None for SageMaker's own, 1.
        cooldown_minutes: after the endpoint's last operation, 5 to 1440; None for SageMaker's own, 20.
    """

    strategy: ScaleInStrategy
    maximum_step_size: int | None = None
    cooldown_minutes: int | None = None


@dataclass(frozen=True, slots=True)
class SharedInstances:
    """What an endpoint with components runs on.

    Attributes:
        instance_types: one, or up to five in the order in which SageMaker tries them.
        minimum: the fewest instances; 0 for an endpoint that scales to zero.
        maximum: the most instances.
        managed: SageMaker adds an instance when a copy finds no room, and gives it back; otherwise
            ``scale_instances`` does, or nothing.
        scale_in: how managed instances are given back; None for SageMaker's own way.
    """

    instance_types: Sequence[str]
    minimum: int
    maximum: int
    managed: bool = True
    scale_in: ScaleIn | None = None
