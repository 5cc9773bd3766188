"""How an endpoint picks what answers a request."""

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["PrefixAwareRouting", "RoutingStrategy"]


class RoutingStrategy(StrEnum):
    """The strategies of a variant (API reference, ProductionVariantRoutingConfig)."""

    RANDOM = "RANDOM"
    LEAST_OUTSTANDING_REQUESTS = "LEAST_OUTSTANDING_REQUESTS"
    PREFIX_AWARE = "PREFIX_AWARE"
    """Requests with the same beginning go to the same instance; needs ``PrefixAwareRouting``."""


@dataclass(frozen=True, slots=True)
class PrefixAwareRouting:
    """The settings of ``PREFIX_AWARE`` (API reference, PrefixAwareRoutingConfig).

    Attributes:
        prefix_length: how much of a request decides its instance, 1024 to 65536.
        concurrency_threshold: requests in flight above which another instance is taken, 1 to 1024.
    """

    prefix_length: int
    concurrency_threshold: int
