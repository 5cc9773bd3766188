"""No rule raises over a template, whatever stands in it: what is odd is CloudFormation's to refuse."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from preflight import check_templates
from preflight.templates import SynthesizedTemplates

KINDS = (
    "AWS::ApplicationAutoScaling::ScalableTarget",
    "AWS::ApplicationAutoScaling::ScalingPolicy",
    "AWS::CloudWatch::Alarm",
    "AWS::EC2::FlowLog",
    "AWS::EC2::SecurityGroup",
    "AWS::EC2::Subnet",
    "AWS::EC2::VPCEndpoint",
    "AWS::IAM::Policy",
    "AWS::IAM::Role",
    "AWS::KMS::Key",
    "AWS::SageMaker::Endpoint",
    "AWS::SageMaker::EndpointConfig",
    "AWS::SageMaker::InferenceComponent",
    "AWS::SageMaker::Model",
)
KEYS = (
    *("AlarmActions", "Alarms", "AsyncInferenceConfig", "AutoRollbackConfiguration", "BlueGreenUpdatePolicy"),
    *("CanarySize", "Containers", "ContainerHostname", "CustomizedMetricSpecification", "DeploymentConfig"),
    *("Dimensions", "EndpointConfigName", "EndpointName", "Environment", "EvaluationPeriods", "Fn::GetAtt"),
    *(
        "Fn::If",
        "Fn::Join",
        "Fn::Sub",
        "HF_MODEL_ID",
        "Image",
        "InitialInstanceCount",
        "InitialVariantWeight",
    ),
    *("InstancePools", "InstanceType", "Key", "LinearStepSize", "MaximumBatchSize", "MaxConcurrency"),
    *("MaximumExecutionTimeoutInSeconds", "MemorySizeInMB", "Metric", "MetricIntervalLowerBound"),
    *("MetricIntervalUpperBound", "MetricName", "MetricStat", "Metrics", "Mode", "ModelName", "Name"),
    *("Namespace", "Period", "PolicyType", "PredefinedMetricSpecification", "PredefinedMetricType"),
    *("PrimaryContainer", "ProductionVariants", "Ref", "ResourceId", "RetainAllVariantProperties"),
    *("RollingUpdatePolicy", "ScalableDimension", "ScalingTargetId", "ServerlessConfig", "ServiceNamespace"),
    *("ShadowProductionVariants", "StepAdjustments", "StepScalingPolicyConfiguration", "Tags"),
    *("TargetTrackingScalingPolicyConfiguration", "TrafficRoutingConfiguration", "Type", "Value"),
    *("VariantName", "VolumeSizeInGB", "VpcConfig", "WaitIntervalInSeconds"),
    *("Action", "AssumeRolePolicyDocument", "ComputeResourceRequirements", "ExecutionRoleArn", "KeyPolicy"),
    *("KmsKeyId", "ManagedInstanceScaling", "ModelDataSource", "ModelDataUrl", "Policies", "PolicyDocument"),
    *("Principal", "Resource", "Roles", "S3DataSource", "SecurityGroupIds", "ServiceName", "Specification"),
    *("Statement", "SubnetIds", "Subnets", "VpcEndpointType", "VpcId"),
)
TEXTS = (
    *(
        "All",
        "AWS/SageMaker",
        "CANARY",
        "CAPACITY_PERCENT",
        "Invocations",
        "LINEAR",
        "MultiModel",
        "R0",
        "R1",
    ),
    *("R1.Name", "StepScaling", "TargetTrackingScaling", "endpoint/R1/variant/All", "endpoint//variant/"),
    *(
        "ml.g5.xlarge",
        "ml.t2.medium",
        "sagemaker",
        "sagemaker:variant:DesiredInstanceCount",
        "",
        "${R1}",
        "{",
    ),
)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-1, 9999) | st.floats(allow_nan=False) | st.sampled_from(TEXTS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=12,
)
properties = st.dictionaries(st.sampled_from(KEYS), values, max_size=8)
resources = st.lists(st.tuples(st.sampled_from(KINDS), properties), max_size=4)


@settings(max_examples=150, deadline=None)
@given(resources)
def test_any_template_is_judged(resources: list[tuple[str, dict[str, Any]]]) -> None:
    """Values of any type under any key give findings or none."""
    document = {
        "Resources": {
            f"R{index}": {"Type": kind, "Properties": given_properties}
            for index, (kind, given_properties) in enumerate(resources)
        }
    }
    for finding in check_templates(SynthesizedTemplates({"App.template.json": document})):
        assert finding.what
