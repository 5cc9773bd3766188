"""SEA8xx: what a synthesized template must not ask of AWS any more."""

from collections.abc import Iterator, Mapping
from typing import Any

from preflight.finding import Severity
from preflight.registry import rule
from preflight.rule import TEMPLATE, Enforcer, SeenAfter, Violation
from preflight.rules._template_values import structure
from preflight.templates import SynthesizedTemplates

__all__ = ["elastic_inference_retired"]


@rule(
    "SEA801",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVICE,
    seen_after=SeenAfter.AT_ONCE,
    title="Elastic Inference is retired",
    scope=TEMPLATE,
    source="Amazon Elastic Inference Developer Guide (closed to new customers on 2023-04-15, no longer "
    "available); the CloudFormation schema of AWS::SageMaker::EndpointConfig has no AcceleratorType",
    symptom="CloudFormation refuses the template, or the resource fails and its stack rolls back.",
    fix="Take a GPU instance type, or an instance type whose CPU is enough.",
)
def elastic_inference_retired(templates: SynthesizedTemplates) -> Iterator[Violation]:
    """No endpoint configuration, instance or launch template asks for an Elastic Inference accelerator."""
    for path, logical_id, resource in templates.resources():
        for accelerator in _accelerators(resource):
            yield Violation(
                f"{resource['Type']} asks for the Elastic Inference accelerator {accelerator!r}.",
                "no Elastic Inference accelerator.",
                (path, logical_id),
            )


def _accelerators(resource: Mapping[str, Any]) -> Iterator[object]:
    properties = structure(resource.get("Properties"))
    match resource.get("Type"):
        case "AWS::SageMaker::EndpointConfig":
            for variant in _list(properties, "ProductionVariants"):
                if "AcceleratorType" in variant:
                    yield variant["AcceleratorType"]
        case "AWS::EC2::Instance":
            for accelerator in _list(properties, "ElasticInferenceAccelerators"):
                yield accelerator.get("Type")
        case "AWS::EC2::LaunchTemplate":
            for accelerator in _list(
                structure(properties.get("LaunchTemplateData")), "ElasticInferenceAccelerators"
            ):
                yield accelerator.get("Type")


def _list(properties: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    """Return the objects of a list property; none where it is a token, resolved only at deployment."""
    found = properties.get(name)
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []
