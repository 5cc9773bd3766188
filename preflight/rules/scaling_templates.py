"""SEA889 to SEA892: scalable targets of SageMaker in any template."""

from collections.abc import Iterator

from preflight.finding import Severity
from preflight.registry import rule
from preflight.rule import TEMPLATE, Enforcer, SeenAfter, Violation
from preflight.rules._template_hosting import (
    CONCURRENCY_DIMENSION,
    COPIES_DIMENSION,
    INSTANCES_DIMENSION,
    SCALABLE_TARGET,
    instance_type_names,
    variant_of_resource_id,
)
from preflight.rules._template_references import Place, references_of
from preflight.templates import SynthesizedTemplates

__all__ = [
    "burstable_instances",
    "capacity_that_a_deploy_resets",
    "resource_of_another_dimension",
    "variant_that_there_is_not",
]

_REFUSED = "The scalable target is refused, and the stack rolls back."


@rule(
    "SEA889",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVICE,
    seen_after=SeenAfter.AT_ONCE,
    title="burstable instances that are to scale",
    scope=TEMPLATE,
    source="SageMaker Developer Guide, configure model auto scaling: a variant with burstable instances "
    "such as "
    "T2 can't be registered",
    symptom=_REFUSED,
    fix="Take another instance type, or leave the number of instances as it is.",
)
def burstable_instances(templates: SynthesizedTemplates) -> Iterator[Violation]:
    """Registration looks at the variant's instance type."""
    references = references_of(templates)
    for target in references.of_type(SCALABLE_TARGET):
        found = variant_of_resource_id(references, target)
        variant = found[1] if found else None
        for name in instance_type_names(variant.data) if variant else ():
            if name.startswith(("ml.t2.", "ml.t3.")):
                yield Violation(
                    f"The {variant.shown if variant else ''} has {name}, whose number can't scale.",
                    "instances that are not burstable.",
                    target.place,
                )


@rule(
    "SEA890",
    severity=Severity.WARNING,
    enforced_by=Enforcer.NOBODY,
    seen_after=SeenAfter.LATER,
    title="a deploy takes back what scaling has set",
    scope=TEMPLATE,
    source="SageMaker API Reference, UpdateEndpoint, RetainAllVariantProperties: by default the new "
    "configuration's "
    "number of instances is taken; hashicorp/terraform-provider-aws issue 48990",
    symptom="Under load a deploy brings the endpoint back to InitialInstanceCount, and requests fail until "
    "it has "
    "scaled out again.",
    fix="Set RetainAllVariantProperties to true at the endpoint.",
)
def capacity_that_a_deploy_resets(templates: SynthesizedTemplates) -> Iterator[Violation]:
    """An endpoint whose variant scales keeps its variants' properties in an update."""
    references = references_of(templates)
    told: set[Place] = set()
    for target in references.of_type(SCALABLE_TARGET):
        found = variant_of_resource_id(references, target)
        if (
            found is None
            or found[0].place in told
            or target.properties.get("ScalableDimension") != INSTANCES_DIMENSION
        ):
            continue
        endpoint = found[0]
        told.add(endpoint.place)
        kept = endpoint.properties.get("RetainAllVariantProperties")
        if kept in (None, False, "false"):
            yield Violation(
                f"RetainAllVariantProperties is {'missing' if kept is None else 'false'}, and its instances "
                f"scale.",
                "true.",
                endpoint.place,
            )


@rule(
    "SEA891",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVICE,
    seen_after=SeenAfter.AT_ONCE,
    title="a resource and a dimension that are of two kinds",
    scope=TEMPLATE,
    source="Application Auto Scaling API Reference, RegisterScalableTarget, ResourceId and ScalableDimension",
    symptom=_REFUSED,
    fix="Write endpoint/<name>/variant/<variant> or inference-component/<name>, and its dimension.",
)
def resource_of_another_dimension(templates: SynthesizedTemplates) -> Iterator[Violation]:
    """Variants scale instances or concurrency, inference components copies."""
    references = references_of(templates)
    for target in references.of_type(SCALABLE_TARGET):
        dimension = target.properties.get("ScalableDimension")
        form = (
            "inference-component/<name>"
            if dimension == COPIES_DIMENSION
            else "endpoint/<name>/variant/<variant>"
        )
        text = references.text(target.place[0], target.properties.get("ResourceId", ""))
        if dimension not in (COPIES_DIMENSION, INSTANCES_DIMENSION, CONCURRENCY_DIMENSION) or text.startswith(
            "{"
        ):
            continue
        first, last = form.split("<", maxsplit=1)[0], "/variant/" if dimension != COPIES_DIMENSION else ""
        if not text.startswith(first) or last not in text:
            yield Violation(f"{dimension} is to scale {text!r}.", f"{form}.", target.place)


@rule(
    "SEA892",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVICE,
    seen_after=SeenAfter.AT_ONCE,
    title="scaling of a variant that there is not",
    scope=TEMPLATE,
    source="SageMaker Developer Guide, configure model auto scaling: registration checks that the variant "
    "exists",
    symptom=_REFUSED,
    fix="Write the variant's name as the endpoint's configuration has it, in the same case.",
)
def variant_that_there_is_not(templates: SynthesizedTemplates) -> Iterator[Violation]:
    """The resource id names a production variant of the endpoint's configuration."""
    references = references_of(templates)
    for target in references.of_type(SCALABLE_TARGET):
        found = variant_of_resource_id(references, target)
        if found is not None and found[1] is None:
            name = references.text(target.place[0], target.properties["ResourceId"]).rpartition("/")[2]
            if "{" not in name:
                yield Violation(
                    f"The endpoint's configuration has no variant {name!r}.", "one that it has.", target.place
                )
