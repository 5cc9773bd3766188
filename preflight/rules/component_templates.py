"""SEA81x: inference components in any template, whoever wrote it."""

from collections.abc import Iterator

from catalogue.limits import (
    COMPONENT_NAME_MAXIMUM_LENGTH,
    ROLLING_BATCH_MAXIMUM_PERCENT,
    ROLLING_BATCH_MINIMUM_PERCENT,
)
from preflight.finding import Severity
from preflight.registry import rule
from preflight.rule import TEMPLATE, Enforcer, SeenAfter, Violation
from preflight.rules._template_components import components, specifications
from preflight.rules._template_values import at, number, structure, structures
from preflight.templates import SynthesizedTemplates

__all__ = [
    "batch_percentage",
    "copy_count_zero",
    "cpu_below_the_least",
    "memory_not_stated",
    "minimum_above_maximum",
    "model_on_a_component_endpoint",
    "name_too_long",
]

_COMPUTE_SOURCE = "SageMaker API Reference, InferenceComponentComputeResourceRequirements"
_REFUSED = "CreateInferenceComponent is refused after the endpoint has come up, and the stack rolls back."
_CPU_MINIMUM = 0.25
_BATCH_PERCENT = range(ROLLING_BATCH_MINIMUM_PERCENT, ROLLING_BATCH_MAXIMUM_PERCENT + 1)


@rule(
    "SEA811",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVICE,
    seen_after=SeenAfter.AFTER_ENDPOINT,
    title="a component whose memory is not stated",
    scope=TEMPLATE,
    source=f"{_COMPUTE_SOURCE}, MinMemoryRequiredInMb (required; CloudFormation's schema leaves it out)",
    symptom=_REFUSED,
    fix="State MinMemoryRequiredInMb.",
)
def memory_not_stated(templates: SynthesizedTemplates) -> Iterator[Violation]:
    """Every component that is no adapter says how much memory a copy takes."""
    for place, specification in specifications(templates):
        compute = specification.get("ComputeResourceRequirements", {})
        adapter = "BaseInferenceComponentName" in specification
        if not adapter and isinstance(compute, dict) and "MinMemoryRequiredInMb" not in compute:
            yield Violation("MinMemoryRequiredInMb is missing.", "128 or more.", place)


@rule(
    "SEA812",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVICE,
    seen_after=SeenAfter.AFTER_ENDPOINT,
    title="less CPU than a copy can be given",
    scope=TEMPLATE,
    source=f"{_COMPUTE_SOURCE}, NumberOfCpuCoresRequired",
    symptom=_REFUSED,
    fix=f"Ask for {_CPU_MINIMUM} or more, or leave it out.",
)
def cpu_below_the_least(templates: SynthesizedTemplates) -> Iterator[Violation]:
    """A quarter of a core is the least."""
    for place, specification in specifications(templates):
        cpus = number(specification, "ComputeResourceRequirements", "NumberOfCpuCoresRequired")
        if cpus is not None and cpus < _CPU_MINIMUM:
            yield Violation(f"NumberOfCpuCoresRequired is {cpus:g}.", f"{_CPU_MINIMUM} or more.", place)


@rule(
    "SEA813",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVICE,
    seen_after=SeenAfter.AFTER_ENDPOINT,
    title="a component created with no copy",
    scope=TEMPLATE,
    source="SageMaker, CreateInferenceComponent: CopyCount 0 is refused, although the schema allows it",
    symptom=_REFUSED,
    fix="Leave RuntimeConfig out and let the scalable target's MinCapacity decide, or state 1 or more.",
)
def copy_count_zero(templates: SynthesizedTemplates) -> Iterator[Violation]:
    """Copies reach 0 by scaling, never by creation."""
    for place, properties in components(templates):
        if number(properties, "RuntimeConfig", "CopyCount") == 0:
            yield Violation("CopyCount is 0.", "1 or more, or no RuntimeConfig.", place)


@rule(
    "SEA814",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVICE,
    seen_after=SeenAfter.LATER,
    title="a rolling batch outside of 5 to 50 %",
    scope=TEMPLATE,
    source="SageMaker API Reference, InferenceComponentRollingUpdatePolicy, MaximumBatchSize",
    symptom="UpdateInferenceComponent is refused as soon as something changes.",
    fix="Take 5 to 50 %.",
)
def batch_percentage(templates: SynthesizedTemplates) -> Iterator[Violation]:
    """A batch is a whole number of per cent of the copies, 5 to 50."""
    for place, properties in components(templates):
        batch = ("DeploymentConfig", "RollingUpdatePolicy", "MaximumBatchSize")
        value = number(properties, *batch, "Value")
        percentage = at(properties, *batch, "Type") == "CAPACITY_PERCENT"
        if percentage and value is not None and value not in _BATCH_PERCENT:
            yield Violation(f"A batch is {value:g} % of the copies.", "5 to 50 %, a whole number.", place)


@rule(
    "SEA815",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVICE,
    seen_after=SeenAfter.AFTER_ENDPOINT,
    title="a model attached to the endpoint of components",
    scope=TEMPLATE,
    source="SageMaker, CreateInferenceComponent: 'Inference Components are not supported in this Endpoint'; "
    "API Reference, CreateEndpointConfig, ExecutionRoleArn",
    symptom="Every component is refused after the endpoint has come up.",
    fix="Leave ModelName out of the variant, and state ExecutionRoleArn in the configuration.",
)
def model_on_a_component_endpoint(templates: SynthesizedTemplates) -> Iterator[Violation]:
    """A variant for components has no model, and its configuration has a role."""
    for path, logical_id, resource in templates.resources():
        if resource.get("Type") != "AWS::SageMaker::EndpointConfig":
            continue
        properties = structure(resource.get("Properties"))
        for variant in structures(properties.get("ProductionVariants")):
            managed, has_role = "ManagedInstanceScaling" in variant, "ExecutionRoleArn" in properties
            if (managed or has_role) and "ModelName" in variant:
                yield Violation(
                    f"The variant {variant.get('VariantName')!r} has a model.",
                    "no ModelName where components are to come.",
                    (path, logical_id),
                )
            if managed and "ModelName" not in variant and not has_role:
                yield Violation(
                    f"The variant {variant.get('VariantName')!r} has no model, and the configuration no "
                    "ExecutionRoleArn.",
                    "ExecutionRoleArn where no variant has a model.",
                    (path, logical_id),
                )


@rule(
    "SEA816",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVICE,
    seen_after=SeenAfter.AT_ONCE,
    title="a smallest capacity above the largest",
    scope=TEMPLATE,
    source="Application Auto Scaling API Reference, RegisterScalableTarget; SageMaker API Reference, "
    "ProductionVariantManagedInstanceScaling",
    symptom="The scalable target or the endpoint configuration is refused, and the stack rolls back.",
    fix="Lower the minimum, or raise the maximum.",
)
def minimum_above_maximum(templates: SynthesizedTemplates) -> Iterator[Violation]:
    """Of copies and of instances alike."""
    for path, logical_id, resource in templates.resources():
        properties = structure(resource.get("Properties"))
        ranges: list[tuple[float | None, float | None]] = []
        if resource.get("Type") == "AWS::ApplicationAutoScaling::ScalableTarget":
            ranges = [(number(properties, "MinCapacity"), number(properties, "MaxCapacity"))]
        if resource.get("Type") == "AWS::SageMaker::EndpointConfig":
            ranges = [
                (
                    number(variant, "ManagedInstanceScaling", "MinInstanceCount"),
                    number(variant, "ManagedInstanceScaling", "MaxInstanceCount"),
                )
                for variant in structures(properties.get("ProductionVariants"))
            ]
        for least, most in ranges:
            if least is not None and most is not None and least > most:
                yield Violation(
                    f"The smallest capacity is {least:g}, the largest {most:g}.",
                    f"at most {most:g}.",
                    (path, logical_id),
                )


@rule(
    "SEA817",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVICE,
    seen_after=SeenAfter.AFTER_ENDPOINT,
    title="a component's name over 63 characters",
    scope=TEMPLATE,
    source="SageMaker API Reference, CreateInferenceComponent, InferenceComponentName",
    symptom=_REFUSED,
    fix="Shorten the name.",
)
def name_too_long(templates: SynthesizedTemplates) -> Iterator[Violation]:
    """Names are letters, digits and hyphens, at most 63."""
    for place, properties in components(templates):
        name = properties.get("InferenceComponentName")
        if isinstance(name, str) and len(name) > COMPONENT_NAME_MAXIMUM_LENGTH:
            yield Violation(
                f"{name!r} has {len(name)} characters.", f"{COMPONENT_NAME_MAXIMUM_LENGTH}.", place
            )
