"""Limits of AWS's that more than one folder checks."""

__all__ = [
    "COMPONENT_NAME_MAXIMUM_LENGTH",
    "CONTAINER_HOSTNAME_MAXIMUM_LENGTH",
    "CONTAINER_HOSTNAME_PATTERN",
    "ENDPOINT_NAME_MAXIMUM_LENGTH",
    "ENDPOINT_NAME_PATTERN",
    "ENVIRONMENT_MAXIMUM_BYTES",
    "ENVIRONMENT_MAXIMUM_ENTRIES",
    "ENVIRONMENT_MAXIMUM_LENGTH",
    "INLINE_ENVIRONMENT_MAXIMUM_ENTRIES",
    "INVOCATION_BODY_MAXIMUM_BYTES",
    "LOG_RETENTION_DAYS",
    "PIPELINE_MAXIMUM_CONTAINERS",
    "PIPELINE_MINIMUM_CONTAINERS",
    "ROLLING_BATCH_MAXIMUM_PERCENT",
    "ROLLING_BATCH_MINIMUM_PERCENT",
    "VARIABLE_NAME_PATTERN",
    "VARIANT_TIMEOUT_MAXIMUM_SECONDS",
    "VARIANT_TIMEOUT_MINIMUM_SECONDS",
]

ENDPOINT_NAME_PATTERN = r"[a-zA-Z0-9](-*[a-zA-Z0-9])*"
"""Of the names of endpoints and variants, the length apart; not anchored (SageMaker API Reference,
CreateEndpoint, ``EndpointName``; ProductionVariant, ``VariantName``)."""

ENDPOINT_NAME_MAXIMUM_LENGTH = 63
"""Of the same names, in characters (same source)."""

COMPONENT_NAME_MAXIMUM_LENGTH = 63
"""Of an inference component's name, in characters; its pattern is that of endpoints (SageMaker API Reference,
CreateInferenceComponent, ``InferenceComponentName``)."""

CONTAINER_HOSTNAME_PATTERN = r"[a-zA-Z0-9](-*[a-zA-Z0-9])*"
"""Of a container's name among several, the length apart; not anchored (SageMaker API Reference,
ContainerDefinition, ``ContainerHostname``)."""

CONTAINER_HOSTNAME_MAXIMUM_LENGTH = 63
"""Of the same name, in characters (same source)."""

PIPELINE_MINIMUM_CONTAINERS = 2
"""Of a model with several containers (SageMaker Developer Guide, "Create a multi-container endpoint (Boto
3)": more than one; "Inference pipelines in Amazon SageMaker AI")."""

PIPELINE_MAXIMUM_CONTAINERS = 15
"""Of the same (same sources; SageMaker API Reference, CreateModel, ``Containers``)."""

ROLLING_BATCH_MINIMUM_PERCENT = 5
"""Of an inference component's copies, the smallest batch of a rolling update (SageMaker API Reference,
InferenceComponentRollingUpdatePolicy, ``MaximumBatchSize``)."""

ROLLING_BATCH_MAXIMUM_PERCENT = 50
"""The largest (same source)."""

VARIANT_TIMEOUT_MINIMUM_SECONDS = 60
"""Of both time-outs of a variant, start-up health check and model data download (SageMaker API Reference,
ProductionVariant)."""

VARIANT_TIMEOUT_MAXIMUM_SECONDS = 3600
"""Of the same (same source)."""

VARIABLE_NAME_PATTERN = r"[a-zA-Z_][a-zA-Z0-9_]*"
"""Of the name of a container's environment variable; not anchored (SageMaker API Reference,
ContainerDefinition, ``Environment``)."""

ENVIRONMENT_MAXIMUM_ENTRIES = 100
"""Variables of one container (same source)."""

ENVIRONMENT_MAXIMUM_LENGTH = 1024
"""Of each name and each value, in characters (same source)."""

ENVIRONMENT_MAXIMUM_BYTES = 32 * 1024
"""Of all names and values together (same source)."""

INLINE_ENVIRONMENT_MAXIMUM_ENTRIES = 16
"""Variables of an inference component's own container (CloudFormation, AWS::SageMaker::InferenceComponent,
``EnvironmentMap``); SageMaker's API takes 100 there, too."""

INVOCATION_BODY_MAXIMUM_BYTES = 6_291_456
"""Of the body of a request to an endpoint, and of its answer (SageMaker Runtime API Reference,
InvokeEndpoint, ``Body``)."""

LOG_RETENTION_DAYS = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731),
    *(1096, 1827, 2192, 2557, 2922, 3288, 3653),
)
"""For how many days CloudWatch Logs keeps a group's entries (CloudWatch Logs API Reference,
PutRetentionPolicy, ``retentionInDays``)."""
