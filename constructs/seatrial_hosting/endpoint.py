"""What can be done with an endpoint, ours or one that is there already: invoke it and watch it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from seatrial_hosting._place import Place

if TYPE_CHECKING:
    from aws_cdk import aws_cloudwatch as cloudwatch

__all__ = ["Endpoint"]

INVOCATION_NAMESPACE = "AWS/SageMaker"
INSTANCE_NAMESPACE = "/aws/sagemaker/Endpoints"


class Endpoint(Construct):
    """An endpoint and one of its variants, by their names.

    Creates nothing.

    Does not check that the endpoint exists.

    Grants what its ``grant_`` methods are asked for.

    Metrics follow the SageMaker developer guide, "Amazon SageMaker AI metrics in Amazon CloudWatch". What is
    documented without a unit carries none: counts and reservations. Every metric's period is one minute by
    default, as SageMaker publishes.

    Args:
        endpoint_name: the endpoint.
        endpoint_arn: its ARN. Default: made of the name, in the stack's region and account; SageMaker writes
            names in ARNs in lower case.
        variant_name: the variant that metrics are of. Default: ``AllTraffic``.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        endpoint_name: str,
        endpoint_arn: str | None = None,
        variant_name: str = "AllTraffic",
    ) -> None:
        super().__init__(scope, construct_id)
        self._endpoint_name = endpoint_name
        self._variant_name = variant_name
        self._endpoint_arn = endpoint_arn

    @property
    def endpoint_name(self) -> str:
        """The endpoint's name."""
        return self._endpoint_name

    @property
    def endpoint_arn(self) -> str:
        """The endpoint's ARN."""
        return self._endpoint_arn or Place.of(self).arn("sagemaker", f"endpoint/{self.endpoint_name.lower()}")

    @property
    def variant_name(self) -> str:
        """The name of the variant that metrics are of."""
        return self._variant_name

    def grant_invoke(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let ``grantee`` send requests to this endpoint."""
        return iam.Grant.add_to_principal(
            grantee=grantee,
            actions=["sagemaker:InvokeEndpoint"],
            resource_arns=[self.endpoint_arn],
            scope=self,
        )

    def grant_invoke_with_response_stream(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let ``grantee`` have this endpoint stream its answers, which is another action than invoking it."""
        return iam.Grant.add_to_principal(
            grantee=grantee,
            actions=["sagemaker:InvokeEndpointWithResponseStream"],
            resource_arns=[self.endpoint_arn],
            scope=self,
        )

    def metric_invocations(
        self, *, statistic: str = "Sum", period: cdk.Duration | None = None
    ) -> cloudwatch.Metric:
        """Requests sent to the variant."""
        return self._metric(INVOCATION_NAMESPACE, "Invocations", statistic, period)

    def metric_model_latency(
        self, *, statistic: str = "p99", period: cdk.Duration | None = None
    ) -> cloudwatch.Metric:
        """Microseconds the container took to answer, with the way there and back."""
        return self._metric(INVOCATION_NAMESPACE, "ModelLatency", statistic, period, "MICROSECONDS")

    def metric_overhead_latency(
        self, *, statistic: str = "Average", period: cdk.Duration | None = None
    ) -> cloudwatch.Metric:
        """Microseconds SageMaker added to the model's latency; no percentile is documented for it."""
        return self._metric(INVOCATION_NAMESPACE, "OverheadLatency", statistic, period, "MICROSECONDS")

    def metric_invocations_per_instance(
        self, *, statistic: str = "Sum", period: cdk.Duration | None = None
    ) -> cloudwatch.Metric:
        """Requests per instance: what ``SageMakerVariantInvocationsPerInstance`` holds."""
        return self._metric(INVOCATION_NAMESPACE, "InvocationsPerInstance", statistic, period)

    def metric_4xx_errors(
        self, *, statistic: str = "Sum", period: cdk.Duration | None = None
    ) -> cloudwatch.Metric:
        """Requests that the model answered with a 4xx status."""
        return self._metric(INVOCATION_NAMESPACE, "Invocation4XXErrors", statistic, period)

    def metric_5xx_errors(
        self, *, statistic: str = "Sum", period: cdk.Duration | None = None
    ) -> cloudwatch.Metric:
        """Requests that the model answered with a 5xx status."""
        return self._metric(INVOCATION_NAMESPACE, "Invocation5XXErrors", statistic, period)

    def metric_model_errors(
        self, *, statistic: str = "Sum", period: cdk.Duration | None = None
    ) -> cloudwatch.Metric:
        """Requests that the model answered with no 2xx status, or not at all."""
        return self._metric(INVOCATION_NAMESPACE, "InvocationModelErrors", statistic, period)

    def metric_cpu_utilization(
        self, *, statistic: str = "Average", period: cdk.Duration | None = None
    ) -> cloudwatch.Metric:
        """Percent of one CPU core that the containers use: 400 is four cores' all."""
        return self._metric(INSTANCE_NAMESPACE, "CPUUtilization", statistic, period, "PERCENT")

    def metric_memory_utilization(
        self, *, statistic: str = "Average", period: cdk.Duration | None = None
    ) -> cloudwatch.Metric:
        """Percent of the instance's memory that the containers use."""
        return self._metric(INSTANCE_NAMESPACE, "MemoryUtilization", statistic, period, "PERCENT")

    def metric_disk_utilization(
        self, *, statistic: str = "Average", period: cdk.Duration | None = None
    ) -> cloudwatch.Metric:
        """Percent of the instance's disk space that the containers use."""
        return self._metric(INSTANCE_NAMESPACE, "DiskUtilization", statistic, period, "PERCENT")

    def metric_gpu_utilization(
        self, *, statistic: str = "Average", period: cdk.Duration | None = None
    ) -> cloudwatch.Metric:
        """Percent of one GPU that the containers use: 400 is four GPUs' all."""
        return self._metric(INSTANCE_NAMESPACE, "GPUUtilization", statistic, period, "PERCENT")

    def metric_gpu_memory_utilization(
        self, *, statistic: str = "Average", period: cdk.Duration | None = None
    ) -> cloudwatch.Metric:
        """Percent of one GPU's memory that the containers use: 400 is four GPUs' all."""
        return self._metric(INSTANCE_NAMESPACE, "GPUMemoryUtilization", statistic, period, "PERCENT")

    def metric_cpu_reservation(
        self, *, statistic: str = "Average", period: cdk.Duration | None = None
    ) -> cloudwatch.Metric:
        """Percent of an instance's CPUs that components reserve; of endpoints with components alone."""
        return self._metric(INSTANCE_NAMESPACE, "CPUReservation", statistic, period)

    def metric_memory_reservation(
        self, *, statistic: str = "Average", period: cdk.Duration | None = None
    ) -> cloudwatch.Metric:
        """Percent of an instance's memory that components reserve; of endpoints with components alone."""
        return self._metric(INSTANCE_NAMESPACE, "MemoryReservation", statistic, period)

    def metric_gpu_reservation(
        self, *, statistic: str = "Average", period: cdk.Duration | None = None
    ) -> cloudwatch.Metric:
        """Percent of an instance's GPUs that components reserve; of endpoints with components alone."""
        return self._metric(INSTANCE_NAMESPACE, "GPUReservation", statistic, period)

    def _metric(
        self,
        namespace: str,
        name: str,
        statistic: str,
        period: cdk.Duration | None,
        unit: str | None = None,
    ) -> cloudwatch.Metric:
        # Most synths ask for no metric: they need not wait for the module.
        from aws_cdk import aws_cloudwatch as cloudwatch  # noqa: PLC0415 - see above

        return cloudwatch.Metric(
            namespace=namespace,
            metric_name=name,
            dimensions_map={"EndpointName": self.endpoint_name, "VariantName": self.variant_name},
            statistic=statistic,
            period=period or cdk.Duration.minutes(1),
            unit=cloudwatch.Unit[unit] if unit else None,
        )
