"""Synthesizes many inference components, each in one of two ways; run by ``benchmarks.components``.

`python -m benchmarks._component_synths KIND WAY COUNT` prints the seconds from the first construct to the
written templates. KIND is ``complete`` (Model, component, target, two policies, alarm, log group) or ``bare``
(component, target, policy); WAY is ``plain`` (aws_cdk's L1 constructs) or ``fleet``.
"""

import gc
import sys
import tempfile
import time
from collections.abc import Callable

import aws_cdk as cdk
from aws_cdk import aws_applicationautoscaling as autoscaling
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sagemaker as sagemaker

from seatrial_hosting import (
    ComponentDeclaration,
    ComponentFleet,
    ComponentSpecification,
    ComputeRequirements,
    DeclaredModel,
    Endpoint,
    RollingUpdate,
    Scaling,
    ScalingMetric,
    TargetTracking,
)

_ENVIRONMENT = cdk.Environment(account="123456789012", region="eu-west-1")
_RESOURCES_PER_STACK = 490
_RESOURCES = {"complete": 7, "bare": 3}
_IMAGE = "763104351884.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-tritonserver:24.09-py3"
_ROLE = "arn:aws:iam::123456789012:role/serving"
_DIMENSION = "sagemaker:inference-component:DesiredCopyCount"
_Component = sagemaker.CfnInferenceComponent


def main(kind: str, way: str, count: int) -> float:
    """Synthesize and return the seconds."""
    per_stack = _RESOURCES_PER_STACK // _RESOURCES[kind]
    add = _WAYS[way]
    gc.disable()  # as app.py does
    with tempfile.TemporaryDirectory() as outdir:
        app = cdk.App(
            outdir=outdir,
            analytics_reporting=False,
            tree_metadata=False,
            builtin_cloud_formation_validation=False,
            context={"aws:cdk:enable-path-metadata": True},
        )
        started = time.perf_counter()
        for first in range(0, count, per_stack):
            stack = cdk.Stack(app, f"components-{first}", env=_ENVIRONMENT)
            add(stack, [f"shared-{number}" for number in range(first, min(count, first + per_stack))], kind)
        app.synth()
        return time.perf_counter() - started


def _fleet(stack: cdk.Stack, names: list[str], kind: str) -> None:
    complete = kind == "complete"
    tracking = TargetTracking(ScalingMetric.INVOCATIONS_PER_COPY, 300)
    model = DeclaredModel(
        image=_IMAGE,
        artifact_url="s3://artifacts/model.tar.gz",
        role_arn=_ROLE,
        subnet_ids=["subnet-1", "subnet-2"],
        security_group_ids=["sg-1"],
        environment={"SAGEMAKER_TRITON_DEFAULT_MODEL_NAME": "model"},
    )
    ComponentFleet(
        stack,
        "Fleet",
        endpoint=Endpoint(stack, "Endpoint", endpoint_name="shared"),
        components=[
            ComponentDeclaration(
                component_name=name,
                specifications=[
                    ComponentSpecification(
                        model_name=None if complete else "model",
                        compute=ComputeRequirements(memory_mib=4096, cpus=2, accelerators=1),
                        data_cache=True,
                    )
                ],
                model=model if complete else None,
                scaling=Scaling(0 if complete else 1, 3, tracking),
                rolling_update=RollingUpdate(),
                log_retention_days=30 if complete else None,
                errors_per_minute=None,
            )
            for name in names
        ],
    )


def _plain(stack: cdk.Stack, names: list[str], kind: str) -> None:
    for name in names:
        if kind == "bare":
            _plain_component(stack, name, "model", 1)
            continue
        model = sagemaker.CfnModel(
            stack,
            f"{name}-model",
            execution_role_arn=_ROLE,
            enable_network_isolation=True,
            primary_container=sagemaker.CfnModel.ContainerDefinitionProperty(
                image=_IMAGE,
                model_data_url="s3://artifacts/model.tar.gz",
                environment={"SAGEMAKER_TRITON_DEFAULT_MODEL_NAME": "model"},
            ),
            vpc_config=sagemaker.CfnModel.VpcConfigProperty(
                subnets=["subnet-1", "subnet-2"], security_group_ids=["sg-1"]
            ),
        )
        group = logs.CfnLogGroup(
            stack,
            f"{name}-logs",
            log_group_name=f"/aws/sagemaker/InferenceComponents/{name}",
            retention_in_days=30,
        )
        group.apply_removal_policy(cdk.RemovalPolicy.DESTROY)
        component, target = _plain_component(stack, name, model.attr_model_name, 0)
        component.add_dependency(group)
        _plain_from_zero(stack, name, target)


def _plain_component(
    stack: cdk.Stack, name: str, model_name: str, minimum: int
) -> tuple[_Component, autoscaling.CfnScalableTarget]:
    component = _Component(
        stack,
        name,
        inference_component_name=name,
        endpoint_name="shared",
        variant_name="AllTraffic",
        specification=_Component.InferenceComponentSpecificationProperty(
            model_name=model_name,
            compute_resource_requirements=_Component.InferenceComponentComputeResourceRequirementsProperty(
                min_memory_required_in_mb=4096,
                number_of_cpu_cores_required=2,
                number_of_accelerator_devices_required=1,
            ),
            data_cache_config=_Component.InferenceComponentDataCacheConfigProperty(enable_caching=True),
        ),
        deployment_config=_Component.InferenceComponentDeploymentConfigProperty(
            rolling_update_policy=_Component.InferenceComponentRollingUpdatePolicyProperty(
                maximum_batch_size=_Component.InferenceComponentCapacitySizeProperty(
                    type="CAPACITY_PERCENT", value=25
                ),
                wait_interval_in_seconds=60,
            )
        ),
    )
    target = autoscaling.CfnScalableTarget(
        stack,
        f"{name}-target",
        service_namespace="sagemaker",
        resource_id=f"inference-component/{name}",
        scalable_dimension=_DIMENSION,
        min_capacity=minimum,
        max_capacity=3,
    )
    target.add_dependency(component)
    policy = autoscaling.CfnScalingPolicy
    policy(
        stack,
        f"{name}-tracking",
        policy_name=f"{name}-tracking",
        policy_type="TargetTrackingScaling",
        scaling_target_id=target.ref,
        target_tracking_scaling_policy_configuration=policy.TargetTrackingScalingPolicyConfigurationProperty(
            target_value=300,
            scale_in_cooldown=300,
            scale_out_cooldown=300,
            predefined_metric_specification=policy.PredefinedMetricSpecificationProperty(
                predefined_metric_type="SageMakerInferenceComponentInvocationsPerCopy"
            ),
        ),
    )
    return component, target


def _plain_from_zero(stack: cdk.Stack, name: str, target: autoscaling.CfnScalableTarget) -> None:
    policy = autoscaling.CfnScalingPolicy
    step = policy(
        stack,
        f"{name}-from-zero",
        policy_name=f"{name}-from-zero",
        policy_type="StepScaling",
        scaling_target_id=target.ref,
        step_scaling_policy_configuration=policy.StepScalingPolicyConfigurationProperty(
            adjustment_type="ChangeInCapacity",
            metric_aggregation_type="Maximum",
            cooldown=60,
            step_adjustments=[
                policy.StepAdjustmentProperty(metric_interval_lower_bound=0, scaling_adjustment=1)
            ],
        ),
    )
    cloudwatch.CfnAlarm(
        stack,
        f"{name}-no-capacity",
        alarm_name=f"{name}-no-capacity",
        alarm_description=f"A request found no copy of {name}: scale out from zero",
        namespace="AWS/SageMaker",
        metric_name="NoCapacityInvocationFailures",
        dimensions=[cloudwatch.CfnAlarm.DimensionProperty(name="InferenceComponentName", value=name)],
        statistic="Maximum",
        period=30,
        evaluation_periods=1,
        datapoints_to_alarm=1,
        threshold=1,
        comparison_operator="GreaterThanOrEqualToThreshold",
        treat_missing_data="missing",
        alarm_actions=[step.ref],
    )


_WAYS: dict[str, Callable[[cdk.Stack, list[str], str], None]] = {"plain": _plain, "fleet": _fleet}

if __name__ == "__main__":
    print(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
