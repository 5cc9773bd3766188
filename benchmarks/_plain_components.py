"""Inference components by aws_cdk's L1 constructs, as their documentation shows them."""

from collections.abc import Sequence
from typing import TypeAlias

import aws_cdk as cdk
from aws_cdk import aws_applicationautoscaling as autoscaling
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sagemaker as sagemaker

from benchmarks._component_figures import IMAGE, ROLE_ARN, ComponentFigures

__all__ = ["add_plain_components"]

_DIMENSION = "sagemaker:inference-component:DesiredCopyCount"
_Component: TypeAlias = sagemaker.CfnInferenceComponent
_Policy: TypeAlias = autoscaling.CfnScalingPolicy


def add_plain_components(stack: cdk.Stack, components: Sequence[ComponentFigures]) -> None:
    """Create them type by type: one after the other would take a third more time.

    aws_cdk's properties subscript `typing.Union` whenever they are read, Python keeps 128 such types at hand,
    and all the properties of the seven types together have more.
    """
    complete = [each for each in components if each.is_complete]
    models = [_model(stack, each).attr_model_name if each.is_complete else "model" for each in components]
    groups = {each.name: _log_group(stack, each) for each in complete}
    made = [_component(stack, each, model) for each, model in zip(components, models, strict=True)]
    for each, component in zip(components, made, strict=True):
        if each.is_complete:
            component.add_resource_dependency(groups[each.name])
    targets = [_target(stack, each) for each in components]
    for target, component in zip(targets, made, strict=True):
        target.add_resource_dependency(component)
    target_ids = {each.name: target.ref for each, target in zip(components, targets, strict=True)}
    for each in components:
        _tracking(stack, each, target_ids[each.name])
    steps = [_step(stack, each, target_ids[each.name]) for each in complete]
    for each, step in zip(complete, steps, strict=True):
        _alarm(stack, each, step.ref)


def _model(stack: cdk.Stack, given: ComponentFigures) -> sagemaker.CfnModel:
    return sagemaker.CfnModel(
        stack,
        f"{given.name}-model",
        execution_role_arn=ROLE_ARN,
        enable_network_isolation=True,
        primary_container=sagemaker.CfnModel.ContainerDefinitionProperty(
            image=IMAGE,
            model_data_url=given.artifact_url,
            environment={"SAGEMAKER_TRITON_DEFAULT_MODEL_NAME": "model"},
        ),
        vpc_config=sagemaker.CfnModel.VpcConfigProperty(
            subnets=["subnet-1", "subnet-2"], security_group_ids=["sg-1"]
        ),
    )


def _log_group(stack: cdk.Stack, given: ComponentFigures) -> logs.CfnLogGroup:
    name = given.name
    group = logs.CfnLogGroup(
        stack,
        f"{name}-logs",
        log_group_name=f"/aws/sagemaker/InferenceComponents/{name}",
        retention_in_days=30,
    )
    group.apply_removal_policy(cdk.RemovalPolicy.DESTROY)
    return group


def _component(stack: cdk.Stack, given: ComponentFigures, model_name: str) -> _Component:
    return _Component(
        stack,
        given.name,
        inference_component_name=given.name,
        endpoint_name="shared",
        variant_name="AllTraffic",
        specification=_Component.InferenceComponentSpecificationProperty(
            model_name=model_name,
            compute_resource_requirements=_Component.InferenceComponentComputeResourceRequirementsProperty(
                min_memory_required_in_mb=given.memory_mib,
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


def _target(stack: cdk.Stack, given: ComponentFigures) -> autoscaling.CfnScalableTarget:
    return autoscaling.CfnScalableTarget(
        stack,
        f"{given.name}-target",
        service_namespace="sagemaker",
        resource_id=f"inference-component/{given.name}",
        scalable_dimension=_DIMENSION,
        min_capacity=given.minimum,
        max_capacity=3,
    )


def _tracking(stack: cdk.Stack, given: ComponentFigures, target_id: str) -> None:
    policy_name = f"{given.name}-tracking"
    _Policy(
        stack,
        policy_name,
        policy_name=policy_name,
        policy_type="TargetTrackingScaling",
        scaling_target_id=target_id,
        target_tracking_scaling_policy_configuration=_Policy.TargetTrackingScalingPolicyConfigurationProperty(
            target_value=given.target_value,
            scale_in_cooldown=300,
            scale_out_cooldown=300,
            predefined_metric_specification=_Policy.PredefinedMetricSpecificationProperty(
                predefined_metric_type="SageMakerInferenceComponentInvocationsPerCopy"
            ),
        ),
    )


def _step(stack: cdk.Stack, given: ComponentFigures, target_id: str) -> _Policy:
    policy_name = f"{given.name}-from-zero"
    return _Policy(
        stack,
        policy_name,
        policy_name=policy_name,
        policy_type="StepScaling",
        scaling_target_id=target_id,
        step_scaling_policy_configuration=_Policy.StepScalingPolicyConfigurationProperty(
            adjustment_type="ChangeInCapacity",
            metric_aggregation_type="Maximum",
            cooldown=60,
            step_adjustments=[
                _Policy.StepAdjustmentProperty(metric_interval_lower_bound=0, scaling_adjustment=1)
            ],
        ),
    )


def _alarm(stack: cdk.Stack, given: ComponentFigures, step_arn: str) -> None:
    name = given.name
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
        alarm_actions=[step_arn],
    )
