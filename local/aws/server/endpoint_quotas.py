"""The account's quotas of instances for endpoints, and what SageMaker refuses beyond them.

Every quota is beyond what anybody asks for on a laptop until somebody requests another value: AWS's defaults
are an account's own and begin at 0. The sentence of the refusal is AWS's (aws/amazon-sagemaker-examples issue
307, awsdocs/amazon-sagemaker-developer-guide issue 70).
"""

import threading
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from local.aws.server.endpoint_variants import instance_types_of
from local.aws.server.errors import AwsError
from local.aws.server.scope import Scope

__all__ = ["UNLIMITED", "EndpointQuotas", "instances_of", "quota_name"]

UNLIMITED = 10_000.0
"""How many instances of a type there may be until a value is requested."""


def quota_name(instance_type: str) -> str:
    """Return what Service Quotas calls the quota of an instance type for endpoints."""
    return f"{instance_type} for endpoint usage"


def instances_of(variants: Iterable[Mapping[str, Any]]) -> Counter[str]:
    """Return how many instances variants of a configuration begin with, by type.

    Of several pools the first counts, since their instances are taken by priority.
    """
    counts: Counter[str] = Counter()
    for variant in variants:
        managed = variant.get("ManagedInstanceScaling") or {}
        types = instance_types_of(variant)
        if types:
            counts[types[0]] += int(variant.get("InitialInstanceCount", managed.get("MinInstanceCount", 1)))
    return counts


class EndpointQuotas:
    """The quotas in force, by scope and instance type. Every method may be called from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._quotas: dict[tuple[Scope, str], float] = {}

    def value(self, scope: Scope, instance_type: str) -> float:
        """Return how many instances of a type the endpoints of a scope may have."""
        with self._lock:
            return self._quotas.get((scope, instance_type), UNLIMITED)

    def set(self, scope: Scope, instance_type: str, value: float) -> None:
        """Have another quota from now on; what is there already stays."""
        with self._lock:
            self._quotas[scope, instance_type] = value

    def check(self, scope: Scope, used: Mapping[str, int], more: Mapping[str, int]) -> None:
        """Check that further instances can be had.

        Args:
            scope: of the endpoints.
            used: what all endpoints have, by instance type.
            more: what is asked for beside it.

        Raises:
            AwsError: ``ResourceLimitExceeded``.
        """
        for instance_type, delta in more.items():
            quota, current = self.value(scope, instance_type), used.get(instance_type, 0)
            if delta > 0 and current + delta > quota:
                raise AwsError(
                    "ResourceLimitExceeded",
                    f"The account-level service limit '{quota_name(instance_type)}' is {quota:.0f} "
                    f"Instances, with current utilization of {current} Instances and a request delta of "
                    f"{delta} Instances. Please use AWS Service Quotas to request an increase for this "
                    "quota. If AWS Service Quotas is not available, contact AWS support to request an "
                    "increase for this quota.",
                )
