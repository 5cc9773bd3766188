"""The properties of ``AWS::SageMaker::InferenceComponent``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from seatrial_hosting._template_json import Properties, present
from seatrial_hosting.component_settings import (
    CapacitySize,
    ComponentSpecification,
    ComputeRequirements,
    InlineContainer,
    Placement,
    RollingUpdate,
)

__all__ = ["COMPONENT_TYPE", "component_properties"]

COMPONENT_TYPE = "AWS::SageMaker::InferenceComponent"


def component_properties(
    *,
    component_name: str,
    endpoint_name: str,
    variant_name: str,
    specifications: Sequence[ComponentSpecification],
    copy_count: int | None,
    rolling_update: RollingUpdate | None,
    endpoint_arn: str | None = None,
) -> Properties:
    """Return the properties of a component.

    One specification is for every instance type; several are for one each (CloudFormation,
    AWS::SageMaker::InferenceComponent: exactly one of Specification and Specifications).
    """
    written = [_specification(each) for each in specifications]
    alone = len(written) == 1
    return present(
        {
            "InferenceComponentName": component_name,
            "EndpointName": endpoint_name,
            "EndpointArn": endpoint_arn,
            "VariantName": variant_name,
            "Specification": written[0] if alone else None,
            "Specifications": None if alone else written,
            "RuntimeConfig": None if copy_count is None else {"CopyCount": copy_count},
            "DeploymentConfig": _deployment_config(rolling_update) if rolling_update else None,
        }
    )


def _specification(given: ComponentSpecification) -> Properties:
    startup = {
        "ContainerStartupHealthCheckTimeoutInSeconds": given.container_startup_health_check_timeout_seconds,
        "ModelDataDownloadTimeoutInSeconds": given.model_data_download_timeout_seconds,
    }
    return present(
        {
            "InstanceType": given.instance_type,
            "ModelName": given.model_name,
            "Container": _container(given.container) if given.container else None,
            "BaseInferenceComponentName": given.base_component_name,
            "ComputeResourceRequirements": _compute(given.compute) if given.compute else None,
            "StartupParameters": present(startup),
            "DataCacheConfig": None if given.data_cache is None else {"EnableCaching": given.data_cache},
            "SchedulingConfig": _scheduling(given.placement) if given.placement else None,
        }
    )


def _container(given: InlineContainer) -> Properties:
    endpoint = given.metrics_endpoint
    scraped: dict[str, Any] | None = None
    if endpoint is not None:
        frequency = endpoint.publish_frequency_seconds
        metrics = {"MetricsEndpointPath": endpoint.path, "MetricPublishFrequencyInSeconds": frequency}
        scraped = {"MetricsEndpoints": [present(metrics)]}
    return present(
        {
            "Image": given.image,
            "ArtifactUrl": given.artifact_url,
            "Environment": dict(given.environment),
            "ContainerMetricsConfig": scraped,
        }
    )


def _compute(given: ComputeRequirements) -> Properties:
    return present(
        {
            "MinMemoryRequiredInMb": given.memory_mib,
            "MaxMemoryRequiredInMb": given.memory_maximum_mib,
            "NumberOfCpuCoresRequired": given.cpus,
            "NumberOfAcceleratorDevicesRequired": given.accelerators,
        }
    )


def _scheduling(given: Placement) -> Properties:
    balance = {"EnforcementMode": "PERMISSIVE", "MaxImbalance": given.maximum_zone_imbalance}
    return {"PlacementStrategy": given.strategy.value, "AvailabilityZoneBalance": present(balance)}


def _deployment_config(given: RollingUpdate) -> Properties:
    rollback = given.rollback_maximum_batch_size
    policy = {
        "MaximumBatchSize": _size(given.maximum_batch_size),
        "WaitIntervalInSeconds": given.wait_interval_seconds,
        "MaximumExecutionTimeoutInSeconds": given.maximum_execution_timeout_seconds,
        "RollbackMaximumBatchSize": _size(rollback) if rollback else None,
    }
    alarms = {"Alarms": [{"AlarmName": name} for name in given.rollback_alarm_names]}
    return present(
        {
            "RollingUpdatePolicy": present(policy),
            "AutoRollbackConfiguration": alarms if given.rollback_alarm_names else None,
        }
    )


def _size(given: CapacitySize) -> Properties:
    return {"Type": given.type, "Value": given.value}
