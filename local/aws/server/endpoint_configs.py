"""Endpoint configurations: what SageMaker checks when one is created, and what it remembers.

Sources: API_CreateEndpointConfig and API_ProductionVariant of the SageMaker API reference; for local storage,
the page "Instance store volumes" of the EC2 user guide.
"""

from collections.abc import Mapping
from typing import Any

from local.aws.server.container_modes import check_serverless
from local.aws.server.elastic_inference import ElasticInference
from local.aws.server.errors import validation_exception
from local.aws.server.sagemaker_store import ENDPOINT_CONFIG, MODEL, Record, SageMakerStore
from local.aws.server.scope import Scope

__all__ = ["EndpointConfigs", "has_local_storage"]

_FAMILIES_WITH_LOCAL_STORAGE = frozenset(
    [
        "c5d",
        "c6gd",
        "g4dn",
        "g5",
        "g6",
        "g6e",
        "g7",
        "g7e",
        "m5d",
        "m6gd",
        "p4d",
        "p4de",
        "p5",
        "p5e",
        "p5en",
        "p6-b200",
        "p6-b300",
        "p6e-gb200",
        "r5d",
        "r6gd",
        "r7gd",
        "trn1",
        "trn1n",
        "trn2",
        "dl1",
    ]
)
_DEFAULT_WEIGHT = 1.0
_TODAY = ElasticInference()


def has_local_storage(instance_type: str) -> bool:
    """Whether an instance type keeps its data on local NVMe storage, which a KMS key can't encrypt."""
    return instance_type.split(".")[1] in _FAMILIES_WITH_LOCAL_STORAGE


class EndpointConfigs:
    """The operations on endpoint configurations.

    Args:
        store: remembers them, and knows the models.
        elastic_inference: whether there are accelerators; there are none today.
    """

    def __init__(self, store: SageMakerStore, elastic_inference: ElasticInference = _TODAY) -> None:
        self._store = store
        self._elastic_inference = elastic_inference

    def create(self, scope: Scope, request: Mapping[str, Any]) -> dict[str, Any]:
        """CreateEndpointConfig."""
        variants = request["ProductionVariants"]
        names = [variant["VariantName"] for variant in variants]
        if len(set(names)) < len(names):
            raise validation_exception(
                f"Variant names must be unique within an endpoint configuration: {names}."
            )
        if len({bool(variant.get("ModelName")) for variant in variants}) > 1:
            raise validation_exception(
                "ModelName must be set for every variant, or for none of an endpoint that hosts inference "
                f"components: {names}."
            )
        for variant in variants:
            self._check_variant(scope, request, variant)
        weighted = [{"InitialVariantWeight": _DEFAULT_WEIGHT, **variant} for variant in variants]
        record = self._store.add(ENDPOINT_CONFIG, scope, {**request, "ProductionVariants": weighted})
        return {"EndpointConfigArn": record.arn}

    def describe(self, scope: Scope, request: Mapping[str, Any]) -> dict[str, Any]:
        """DescribeEndpointConfig."""
        return {"EnableNetworkIsolation": False, **self.get(scope, request["EndpointConfigName"]).described()}

    def delete(self, scope: Scope, request: Mapping[str, Any]) -> dict[str, Any]:
        """DeleteEndpointConfig: deletes the entry alone, even while an endpoint uses it."""
        self._store.remove(self.get(scope, request["EndpointConfigName"]))
        return {}

    def get(self, scope: Scope, name: str) -> Record:
        """Return an endpoint configuration.

        Raises:
            AwsError: there is none of that name.
        """
        return self._store.get(ENDPOINT_CONFIG, scope, name)

    def _check_variant(self, scope: Scope, request: Mapping[str, Any], variant: Mapping[str, Any]) -> None:
        name = variant["VariantName"]
        self._elastic_inference.check_variant(variant)
        if variant.get("ModelName"):
            model = self._store.get(MODEL, scope, variant["ModelName"])
            check_serverless(variant, model.document)
        elif not request.get("ExecutionRoleArn"):
            raise validation_exception(
                f"ExecutionRoleArn is required: variant {name} names no model, so that inference components "
                "can be placed on it."
            )
        if variant.get("ServerlessConfig"):
            return
        _check_managed_scaling(variant)
        pools = [pool["InstanceType"] for pool in variant.get("InstancePools") or ()]
        instance_types = [variant["InstanceType"]] if variant.get("InstanceType") else pools
        if not instance_types:
            raise validation_exception(f"InstanceType or InstancePools is required for variant {name}.")
        if not variant.get("InitialInstanceCount") and not variant.get("ManagedInstanceScaling"):
            raise validation_exception(f"InitialInstanceCount is required for variant {name}.")
        for instance_type in instance_types:
            if request.get("KmsKeyId") and has_local_storage(instance_type):
                raise validation_exception(
                    f"KmsKeyId can't be used with instance type {instance_type} of variant {name}: the "
                    "instance type has local storage, which is encrypted by a hardware module on the "
                    "instance."
                )


def _check_managed_scaling(variant: Mapping[str, Any]) -> None:
    managed = variant.get("ManagedInstanceScaling") or {}
    if managed.get("Status") != "ENABLED":
        return
    if variant.get("ModelName"):
        raise validation_exception(
            "ManagedInstanceScaling is only supported for inference component endpoints."
        )
    least, most = managed.get("MinInstanceCount", 1), managed.get("MaxInstanceCount")
    if most is not None and least > most:
        raise validation_exception(
            f"MinInstanceCount {least} of variant {variant['VariantName']} must not be above "
            f"MaxInstanceCount {most}."
        )
