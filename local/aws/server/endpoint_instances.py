"""The instances that endpoints have: what is described of them, and whether there may be more."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from local.aws.server.components.hosts import ComponentHosts
from local.aws.server.endpoint_quotas import EndpointQuotas, instances_of
from local.aws.server.endpoint_variants import instance_types_of
from local.aws.server.errors import AwsError
from local.aws.server.sagemaker_store import ENDPOINT, ENDPOINT_CONFIG, Record, SageMakerStore
from local.aws.server.scope import Scope

__all__ = ["EndpointInstances"]


class EndpointInstances:
    """The instances of endpoints; hold the store's lock around each call.

    Args:
        store: remembers endpoints and configurations.
        hosts: the instances of endpoints that host inference components.
        quotas: how many there may be.
    """

    def __init__(self, store: SageMakerStore, hosts: ComponentHosts, quotas: EndpointQuotas) -> None:
        self._store = store
        self._hosts = hosts
        self._quotas = quotas

    def described(self, record: Record) -> dict[str, Any]:
        """Return what an endpoint is described as, with the instances that it has now."""
        described = record.described()
        for variant in described["ProductionVariants"]:
            instances = self._hosts.find(record.scope, record.name, variant["VariantName"])
            if instances is not None:
                variant["CurrentInstanceCount"] = instances.count
                variant["DesiredInstanceCount"] = instances.desired
        return described

    def types(self, record: Record, variant: str) -> tuple[str, ...]:
        """Return the instance types that a variant has; none where the configuration is gone."""
        try:
            config = self._store.get(ENDPOINT_CONFIG, record.scope, record.document["EndpointConfigName"])
        except AwsError:
            return ()
        named = (each for each in config.document["ProductionVariants"] if each["VariantName"] == variant)
        return tuple(instance_type for each in named for instance_type in instance_types_of(each))

    def check_more(self, scope: Scope, variants: Sequence[Mapping[str, Any]]) -> None:
        """Check that a configuration's variants can be had beside all that is there, as an update has them.

        Raises:
            AwsError: they are beyond a quota.
        """
        self._quotas.check(scope, self._used(scope), instances_of(variants))

    def check_growth(self, record: Record, desired: Sequence[Mapping[str, Any]]) -> None:
        """Check that variants can have what a request's ``DesiredWeightsAndCapacities`` asks for.

        Raises:
            AwsError: that is beyond a quota.
        """
        now = {each["VariantName"]: each for each in self.described(record)["ProductionVariants"]}
        more: Counter[str] = Counter()
        for each in desired:
            delta = each["DesiredInstanceCount"] - now[each["VariantName"]]["DesiredInstanceCount"]
            for name in self.types(record, each["VariantName"])[:1]:
                more[name] += delta
        self._quotas.check(record.scope, self._used(record.scope), more)

    def _used(self, scope: Scope) -> Counter[str]:
        total: Counter[str] = Counter()
        for record in self._store.all(ENDPOINT, scope):
            if record.document["EndpointStatus"] == "Failed":
                continue
            for variant in self.described(record)["ProductionVariants"]:
                for name in self.types(record, variant["VariantName"])[:1]:
                    total[name] += max(variant["CurrentInstanceCount"], variant["DesiredInstanceCount"])
        return total
