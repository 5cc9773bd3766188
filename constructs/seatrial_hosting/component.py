"""What can be done with an inference component, ours or one that is there already."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from seatrial_hosting._place import Place
from seatrial_hosting.endpoint import INVOCATION_NAMESPACE, Endpoint

if TYPE_CHECKING:
    from aws_cdk import aws_cloudwatch as cloudwatch

__all__ = ["COMPONENT_NAMESPACE", "LOG_GROUP_PREFIX", "Component"]

COMPONENT_NAMESPACE = "/aws/sagemaker/InferenceComponents"
"""Where the utilisation of copies is published, in per cent of what each copy was given."""

LOG_GROUP_PREFIX = "/aws/sagemaker/InferenceComponents/"
"""Followed by the component's name: the log group that its containers write to."""


class Component(Construct):
    """An inference component by its name.

    Creates nothing.

    Does not check that the component exists.

    Grants what its ``grant_`` methods are asked for.

    Metrics follow the SageMaker developer guide, "Amazon SageMaker AI metrics in Amazon CloudWatch". What is
    documented without a unit carries none: counts and normalized utilization.

    Args:
        component_name: the component.
        endpoint: the endpoint that hosts it.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, component_name: str, endpoint: Endpoint
    ) -> None:
        super().__init__(scope, construct_id)
        self._component_name = component_name
        self._endpoint = endpoint

    @property
    def component_name(self) -> str:
        """What ``invoke_endpoint`` takes as ``InferenceComponentName``."""
        return self._component_name

    @property
    def component_arn(self) -> str:
        """The component's ARN; SageMaker writes names in ARNs in lower case."""
        return Place.of(self).arn("sagemaker", f"inference-component/{self._component_name.lower()}")

    @property
    def endpoint(self) -> Endpoint:
        """The endpoint that hosts the component."""
        return self._endpoint

    @property
    def log_group_name(self) -> str:
        """Where the component's containers write."""
        return f"{LOG_GROUP_PREFIX}{self._component_name}"

    @property
    def scaling_resource_id(self) -> str:
        """What Application Auto Scaling calls the component."""
        return f"inference-component/{self._component_name}"

    def grant_invoke(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let ``grantee`` send requests to this component of the endpoint, and to no other.

        Source: Service Authorization Reference, Amazon SageMaker, InvokeEndpoint: both resources.
        """
        return iam.Grant.add_to_principal(
            grantee=grantee,
            actions=["sagemaker:InvokeEndpoint"],
            resource_arns=[self._endpoint.endpoint_arn, self.component_arn],
            scope=self,
        )

    def grant_invoke_with_response_stream(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let ``grantee`` have this component stream its answers, and no other of the endpoint.

        Source: Service Authorization Reference, Amazon SageMaker, InvokeEndpointWithResponseStream: both
        resources.
        """
        return iam.Grant.add_to_principal(
            grantee=grantee,
            actions=["sagemaker:InvokeEndpointWithResponseStream"],
            resource_arns=[self._endpoint.endpoint_arn, self.component_arn],
            scope=self,
        )

    def metric_invocations(self, *, statistic: str = "Sum") -> cloudwatch.Metric:
        """Requests sent to the component."""
        return self._metric(INVOCATION_NAMESPACE, "Invocations", statistic)

    def metric_invocations_per_copy(self, *, statistic: str = "Sum") -> cloudwatch.Metric:
        """Requests per copy."""
        return self._metric(INVOCATION_NAMESPACE, "InvocationsPerCopy", statistic)

    def metric_concurrent_requests_per_copy(self, *, statistic: str = "Maximum") -> cloudwatch.Metric:
        """Requests in flight per copy, in datapoints of 10 seconds; their least and most are documented."""
        return self._metric(INVOCATION_NAMESPACE, "ConcurrentRequestsPerCopy", statistic, period_seconds=10)

    def metric_model_latency(self, *, statistic: str = "p99") -> cloudwatch.Metric:
        """Microseconds the container took to answer, with the way there and back."""
        return self._metric(INVOCATION_NAMESPACE, "ModelLatency", statistic, unit="MICROSECONDS")

    def metric_overhead_latency(self, *, statistic: str = "Average") -> cloudwatch.Metric:
        """Microseconds SageMaker added to the model's latency; no percentile is documented for it."""
        return self._metric(INVOCATION_NAMESPACE, "OverheadLatency", statistic, unit="MICROSECONDS")

    def metric_4xx_errors(self, *, statistic: str = "Sum") -> cloudwatch.Metric:
        """Requests that the model answered with a 4xx status."""
        return self._metric(INVOCATION_NAMESPACE, "Invocation4XXErrors", statistic)

    def metric_5xx_errors(self, *, statistic: str = "Sum") -> cloudwatch.Metric:
        """Requests that the model answered with a 5xx status."""
        return self._metric(INVOCATION_NAMESPACE, "Invocation5XXErrors", statistic)

    def metric_no_capacity_failures(self, *, statistic: str = "Maximum") -> cloudwatch.Metric:
        """Requests that found no copy."""
        return self._metric(INVOCATION_NAMESPACE, "NoCapacityInvocationFailures", statistic)

    def metric_cpu_utilization(self, *, statistic: str = "Average") -> cloudwatch.Metric:
        """Per cent of the CPU that the copies were given."""
        return self._metric(COMPONENT_NAMESPACE, "CPUUtilizationNormalized", statistic)

    def metric_memory_utilization(self, *, statistic: str = "Average") -> cloudwatch.Metric:
        """Per cent of the memory that the copies were given."""
        return self._metric(COMPONENT_NAMESPACE, "MemoryUtilizationNormalized", statistic)

    def metric_gpu_utilization(self, *, statistic: str = "Average") -> cloudwatch.Metric:
        """Per cent of the accelerators that the copies were given."""
        return self._metric(COMPONENT_NAMESPACE, "GPUUtilizationNormalized", statistic)

    def metric_gpu_memory_utilization(self, *, statistic: str = "Average") -> cloudwatch.Metric:
        """Per cent of the memory of the accelerators that the copies were given."""
        return self._metric(COMPONENT_NAMESPACE, "GPUMemoryUtilizationNormalized", statistic)

    def _metric(
        self, namespace: str, name: str, statistic: str, *, period_seconds: int = 60, unit: str | None = None
    ) -> cloudwatch.Metric:
        # Most synths ask for no metric: they need not wait for the module.
        from aws_cdk import aws_cloudwatch as cloudwatch  # noqa: PLC0415 - see above

        return cloudwatch.Metric(
            namespace=namespace,
            metric_name=name,
            dimensions_map={"InferenceComponentName": self._component_name},
            statistic=statistic,
            period=cdk.Duration.seconds(period_seconds),
            unit=cloudwatch.Unit[unit] if unit else None,
        )
