"""Endpoint configurations: what SageMaker checks when one is created, and what it remembers.

Sources: API_CreateEndpointConfig and API_ProductionVariant of the SageMaker API reference.
"""

from collections.abc import Mapping
from typing import Any

from local.aws.server.container_modes import check_serverless
from local.aws.server.elastic_inference import ElasticInference
from local.aws.server.endpoint_variants import instance_types_of
from local.aws.server.errors import validation_exception
from local.aws.server.sagemaker_store import ENDPOINT_CONFIG, MODEL, Record, SageMakerStore
from local.aws.server.scope import Scope
from local.aws.server.serverless_variants import check_serverless_config, check_serverless_network
from local.aws.server.variant_instances import check_instance_type, check_multi_model_instance

__all__ = ["EndpointConfigs"]

_DEFAULT_WEIGHT = 1.0
_TODAY = ElasticInference()


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
        _check_shadows(request)
        every = [*variants, *(request.get("ShadowProductionVariants") or ())]
        names = [variant["VariantName"] for variant in every]
        if len(set(names)) < len(names):
            raise validation_exception(
                f"Variant names must be unique within an endpoint configuration: {names}."
            )
        if len({bool(variant.get("ModelName")) for variant in every}) > 1:
            raise validation_exception(
                "ModelName must be set for every variant, or for none of an endpoint that hosts inference "
                f"components: {names}."
            )
        for variant in every:
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
            check_serverless_network(variant, model.document)
            check_multi_model_instance(variant, model.document)
        elif not request.get("ExecutionRoleArn"):
            raise validation_exception(
                f"ExecutionRoleArn is required: variant {name} names no model, so that inference components "
                "can be placed on it."
            )
        if variant.get("ServerlessConfig"):
            check_serverless_config(request, variant)
            return
        _check_managed_scaling(variant)
        instance_types = instance_types_of(variant)
        if not instance_types:
            raise validation_exception(f"InstanceType or InstancePools is required for variant {name}.")
        if not variant.get("InitialInstanceCount") and not variant.get("ManagedInstanceScaling"):
            raise validation_exception(f"InitialInstanceCount is required for variant {name}.")
        for instance_type in instance_types:
            check_instance_type(request, variant, instance_type)


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


def _check_shadows(request: Mapping[str, Any]) -> None:
    # "If you use this field, you can only specify one variant for ProductionVariants and one variant for
    # ShadowProductionVariants" (API_CreateEndpointConfig, ShadowProductionVariants).
    shadows, variants = request.get("ShadowProductionVariants") or (), request["ProductionVariants"]
    if shadows and (len(shadows) > 1 or len(variants) > 1):
        raise validation_exception(
            f"{len(shadows)} ShadowProductionVariants and {len(variants)} ProductionVariants: with "
            "ShadowProductionVariants there can only be one variant of each."
        )
