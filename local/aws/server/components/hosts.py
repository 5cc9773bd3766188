"""The endpoints that host inference components: their variants' instances, by endpoint.

Sources: ProductionVariant and ProductionVariantManagedInstanceScaling, SageMaker API reference.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from local.aws.server.components.delays import Delays
from local.aws.server.components.instance_capacities import capacity_of
from local.aws.server.components.instances import VariantInstances
from local.aws.server.errors import LaunchError
from local.aws.server.scope import Scope
from planning.control.errors import InvalidPolicyError
from planning.control.instance_scaling import ManagedInstanceScaling, ScaleInPolicy, ScaleInStrategy

__all__ = ["ComponentHosts", "instance_type_of"]

_IDLE_SECONDS = 600.0
"""How long an instance without a copy stays: no document says; users see "about ten minutes"."""

ZonesOf = Callable[[Scope, Sequence[str]], Sequence[str]]
"""Returns the zones of subnets; of a region's first two, if there are no subnets."""


def instance_type_of(variant: Mapping[str, Any]) -> str:
    """Return the instance type that a variant uses first."""
    pools = variant.get("InstancePools")
    if pools:
        return str(min(pools, key=lambda pool: pool["Priority"])["InstanceType"])
    return str(variant["InstanceType"])


class ComponentHosts:
    """The instances. Every method may be called from any thread.

    Args:
        zones_of: the zones of subnets.
        now: the clock.
        delays: how long instances and copies take on it; nothing by default.
    """

    def __init__(self, zones_of: ZonesOf, now: Callable[[], float], delays: Delays | None = None) -> None:
        self._zones_of = zones_of
        self._now = now
        self._delays = delays
        self._lock = threading.Lock()
        self._hosts: dict[tuple[Scope, str], dict[str, VariantInstances]] = {}

    def open(
        self, scope: Scope, endpoint: str, variants: Sequence[Mapping[str, Any]], subnet_ids: Sequence[str]
    ) -> None:
        """Provide an endpoint's instances, or change them to what its new configuration says.

        Args:
            scope: of the endpoint.
            endpoint: its name.
            variants: the configuration's variants; those with a model host no components.
            subnet_ids: of the configuration.

        Raises:
            LaunchError: they can't be what the configuration says.
        """
        hosting = {each["VariantName"]: each for each in variants if not each.get("ModelName")}
        old = self._hosts.get((scope, endpoint), {})
        zones = self._zones_of(scope, subnet_ids)
        made = {name: self._made(variant, zones, old.get(name)) for name, variant in hosting.items()}
        with self._lock:
            self._hosts[scope, endpoint] = made

    def close(self, scope: Scope, endpoint: str) -> None:
        """Give an endpoint's instances back."""
        with self._lock:
            self._hosts.pop((scope, endpoint), None)

    def find(self, scope: Scope, endpoint: str, variant: str) -> VariantInstances | None:
        """Return a variant's instances; None if it hosts no components."""
        with self._lock:
            return self._hosts.get((scope, endpoint), {}).get(variant)

    def release_idle(self) -> None:
        """Let every scale-in policy act."""
        with self._lock:
            every = [instances for variants in self._hosts.values() for instances in variants.values()]
        for instances in every:
            instances.release()

    def _made(
        self, variant: Mapping[str, Any], zones: Sequence[str], old: VariantInstances | None
    ) -> VariantInstances:
        instance_type = instance_type_of(variant)
        scaling = _scaling_of(variant)
        count = int(variant.get("InitialInstanceCount", scaling.min_instances if scaling else 1))
        if old is not None and old.instance_type == instance_type:
            old.rescale(scaling, count)
            return old
        capacity = capacity_of(instance_type)
        if capacity is None:
            raise LaunchError(
                f"what instance type {instance_type} has isn't known here: variant "
                f"{variant['VariantName']} can't host inference components on the laptop"
            )
        made = VariantInstances(
            instance_type, capacity, count, scaling, zones, now=self._now, delays=self._delays
        )
        if old is not None:
            made.rebuilt(old)
        return made


def _scaling_of(variant: Mapping[str, Any]) -> ManagedInstanceScaling | None:
    managed = variant.get("ManagedInstanceScaling") or {}
    if managed.get("Status") != "ENABLED":
        return None
    policy = managed.get("ScaleInPolicy", {})
    try:
        return ManagedInstanceScaling(
            managed.get("MinInstanceCount", 1),
            managed.get("MaxInstanceCount", variant.get("InitialInstanceCount", 1)),
            ScaleInPolicy(
                ScaleInStrategy(policy.get("Strategy", ScaleInStrategy.IDLE_RELEASE)),
                policy.get("MaximumStepSize", 1),
                60.0 * policy.get("CooldownInMinutes", 20),
                _IDLE_SECONDS,
            ),
        )
    except InvalidPolicyError as error:
        raise LaunchError(f"ManagedInstanceScaling of variant {variant['VariantName']}: {error}") from error
