"""The metrics of multi-model endpoints, published to the local CloudWatch every minute.

Names, units and dimensions: SageMaker developer guide, "Metrics for monitoring Amazon SageMaker AI with
Amazon CloudWatch", multi-model endpoint model loading metrics and model instance metrics. Every datum carries
the time at which its period began.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from local.aws.server import ministack_cloudwatch
from local.aws.server.runtime_metrics import NAMESPACE
from local.aws.server.scope import Scope
from local.aws.server.target_models import TargetModels

__all__ = ["INSTANCE_NAMESPACE", "LoadingVariant", "publish_loading"]

INSTANCE_NAMESPACE = "/aws/sagemaker/Endpoints"
_MINUTE_SECONDS = 60


@dataclass(frozen=True, slots=True)
class LoadingVariant:
    """A variant whose models are loaded when they are asked.

    Attributes:
        scope: of the endpoint.
        endpoint: its name.
        variant: the variant's.
        models: which those are.
    """

    scope: Scope
    endpoint: str
    variant: str
    models: TargetModels


def publish_loading(variants: Iterable[LoadingVariant], now: float) -> None:
    """Publish the minute that ended at ``now``, or shortly before it."""
    began = int(now) // _MINUTE_SECONDS * _MINUTE_SECONDS - _MINUTE_SECONDS
    for each in variants:
        counts = each.models.counter.take()
        hits = {1.0: float(counts.hits), 0.0: float(counts.misses)}
        _put(each, "ModelCacheHit", "None", {value: count for value, count in hits.items() if count}, began)
        for name, microseconds in counts.microseconds.items():
            _put(each, name, "Microseconds", {value: float(n) for value, n in microseconds.items()}, began)
        loaded = {float(len(each.models.loaded)): 1.0}
        _put(each, "LoadedModelCount", "None", loaded, began, namespace=INSTANCE_NAMESPACE)


def _put(
    variant: LoadingVariant,
    name: str,
    unit: str,
    values: Mapping[float, float],
    began: float,
    *,
    namespace: str = NAMESPACE,
) -> None:
    if not values:
        return
    ministack_cloudwatch.put_metric(
        variant.scope,
        namespace,
        name,
        {"EndpointName": variant.endpoint, "VariantName": variant.variant},
        timestamp=began,
        unit=unit,
        values=values,
    )
