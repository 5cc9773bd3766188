"""SEA728 and SEA729: links between resources without which a template's endpoints don't come up."""

from collections.abc import Iterator, Mapping
from typing import Any

from preflight.finding import Severity
from preflight.registry import rule
from preflight.rule import TEMPLATE, Enforcer, SeenAfter, Violation
from preflight.rules._template_references import Place, References, references_of
from preflight.rules._template_values import structure, structures
from preflight.templates import SynthesizedTemplates

__all__ = ["nobody_serves_it", "part_is_missing"]

_MODEL, _CONFIG = "AWS::SageMaker::Model", "AWS::SageMaker::EndpointConfig"
_ENDPOINT = "AWS::SageMaker::Endpoint"


@rule(
    "SEA728",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVICE,
    seen_after=SeenAfter.AT_ONCE,
    title="a resource without what it can't work without",
    scope=TEMPLATE,
    source="SageMaker API Reference, CreateModel, ProductionVariant; EC2 API Reference, CreateSecurityGroup; "
    "CloudFormation's schemas call all of these optional",
    symptom="The resource is refused, and the stack rolls back; a security group lands in the default VPC.",
    fix="Name it.",
)
def part_is_missing(templates: SynthesizedTemplates) -> Iterator[Violation]:
    """A model has a role, a variant a model or its configuration a role, a security group its VPC."""
    references = references_of(templates)
    for place, model in references.properties_of(_MODEL):
        if "ExecutionRoleArn" not in model:
            yield Violation("The model has no ExecutionRoleArn.", "the ARN of a role.", place)
    for place, config in references.properties_of(_CONFIG):
        for variant in structures(config.get("ProductionVariants")):
            # With managed scaling it is an endpoint of components, of which SEA815 says the same.
            alone = "ModelName" not in variant and "ManagedInstanceScaling" not in variant
            if alone and "ExecutionRoleArn" not in config:
                yield Violation(
                    f"The variant {variant.get('VariantName')!r} has no model, and the configuration no "
                    "ExecutionRoleArn.",
                    "ModelName, or for inference components ExecutionRoleArn.",
                    place,
                )
    for place, group in references.properties_of("AWS::EC2::SecurityGroup"):
        if "VpcId" not in group:
            yield Violation("The security group has no VpcId.", "the id of its VPC.", place)


@rule(
    "SEA729",
    severity=Severity.WARNING,
    enforced_by=Enforcer.NOBODY,
    seen_after=SeenAfter.LATER,
    title="something that nobody serves",
    scope=TEMPLATE,
    source="SageMaker Developer Guide, deploy models for inference: model, configuration and endpoint",
    symptom="The deployment succeeds, and there is nothing to invoke.",
    fix="Create the endpoint that uses it, or remove it.",
)
def nobody_serves_it(templates: SynthesizedTemplates) -> Iterator[Violation]:
    """Each configuration has an endpoint, each model a variant or a component."""
    references = references_of(templates)
    used = {_config_of(references, place, each) for place, each in references.properties_of(_ENDPOINT)}
    for place, _ in references.properties_of(_CONFIG):
        if place not in used:
            yield Violation("No endpoint of the templates uses it.", "an endpoint.", place)
    served = set(_served_models(references))
    for place, _ in references.properties_of(_MODEL):
        if place not in served:
            yield Violation("No variant or component of the templates serves it.", "one that does.", place)


def _config_of(references: References, place: Place, endpoint: Mapping[str, Any]) -> Place | None:
    found = references.named(place[0], endpoint.get("EndpointConfigName"), _CONFIG, "EndpointConfigName")
    return found.place if found else None


def _served_models(references: References) -> Iterator[Place]:
    holders: list[tuple[Place, Mapping[str, Any]]] = []
    for place, config in references.properties_of(_CONFIG):
        for key in ("ProductionVariants", "ShadowProductionVariants"):
            holders += [(place, each) for each in structures(config.get(key))]
    for place, component in references.properties_of("AWS::SageMaker::InferenceComponent"):
        holders.append((place, structure(component.get("Specification"))))
        holders += [(place, each) for each in structures(component.get("Specifications"))]
    for place, holder in holders:
        found = references.named(place[0], holder.get("ModelName"), _MODEL, "ModelName")
        if found is not None:
            yield found.place
