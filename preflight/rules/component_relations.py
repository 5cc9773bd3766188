"""SEA83x: what the resources of a component say about each other, in all templates of a synth."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from preflight.finding import Severity
from preflight.registry import rule
from preflight.rule import TEMPLATE, Enforcer, SeenAfter, Violation
from preflight.rules._template_components import components, specifications
from preflight.rules._template_references import Place, References, references_of
from preflight.rules._template_values import at, number, objects
from preflight.templates import SynthesizedTemplates

__all__ = [
    "adapter_with_a_body_of_its_own",
    "name_of_another_component",
    "no_way_back_from_zero",
    "policies_beyond_a_role",
    "two_scale_the_same_instances",
]

_COPIES = "sagemaker:inference-component:DesiredCopyCount"
_NO_CAPACITY = "NoCapacityInvocationFailures"

_POLICY_CHARACTERS = 10_240
"""IAM user guide, "IAM and AWS STS quotas": a role's inline policies together, blanks not counted."""

_UNKNOWN_CHARACTERS = 48
"""What an attribute that only the deployment knows counts: a name of ours with CloudFormation's digits."""


@rule(
    "SEA831",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVICE,
    seen_after=SeenAfter.AFTER_ENDPOINT,
    title="two components of one name",
    scope=TEMPLATE,
    source="SageMaker API Reference, CreateInferenceComponent: the name is unique in account and region",
    symptom="The second one is refused after the endpoint has come up, and its stack rolls back.",
    fix="Rename one of the two.",
)
def name_of_another_component(templates: SynthesizedTemplates) -> Iterator[Violation]:
    """Names differ by more than upper and lower case: ARNs have them in lower case."""
    taken: dict[str, Place] = {}
    for place, properties in components(templates):
        name = properties.get("InferenceComponentName")
        if not isinstance(name, str):
            continue
        other = taken.setdefault(name.casefold(), place)
        if other != place:
            yield Violation(f"{name!r} is also the name of {other[1]}.", "a name of its own.", place)


@rule(
    "SEA832",
    severity=Severity.ERROR,
    enforced_by=Enforcer.NOBODY,
    seen_after=SeenAfter.LATER,
    title="two that scale the same instances",
    scope=TEMPLATE,
    source="SageMaker Developer Guide, reduce hosting costs with inference components: managed instance "
    "scaling, or Application Auto Scaling on the variant",
    symptom="One adds instances and the other takes them away again, with every copy that comes or goes.",
    fix="Leave out ManagedInstanceScaling, or the target of the variant.",
)
def two_scale_the_same_instances(templates: SynthesizedTemplates) -> Iterator[Violation]:
    """A variant has managed instance scaling or a scalable target, never both."""
    managed = set(_managed_variants(templates))
    for place, properties in references_of(templates).properties_of(
        "AWS::ApplicationAutoScaling::ScalableTarget"
    ):
        resource_id = properties.get("ResourceId")
        if isinstance(resource_id, str) and resource_id in managed:
            yield Violation(f"{resource_id} has managed instance scaling already.", "one of the two.", place)


@rule(
    "SEA833",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVICE,
    seen_after=SeenAfter.AFTER_ENDPOINT,
    title="an adapter with more than its artifact",
    scope=TEMPLATE,
    source="SageMaker API Reference, InferenceComponentSpecification, BaseInferenceComponentName and "
    "ComputeResourceRequirements",
    symptom="CreateInferenceComponent is refused after the endpoint has come up, and the stack rolls back.",
    fix="Leave BaseInferenceComponentName and Container.ArtifactUrl alone in the specification.",
)
def adapter_with_a_body_of_its_own(templates: SynthesizedTemplates) -> Iterator[Violation]:
    """An adapter is loaded by its base's copies: it has an artifact, and neither compute nor a Model."""
    for place, specification in specifications(templates):
        if "BaseInferenceComponentName" not in specification:
            continue
        extra = [key for key in ("ComputeResourceRequirements", "ModelName") if key in specification]
        if extra:
            yield Violation(f"The adapter has {' and '.join(extra)}.", "neither in an adapter.", place)
        if at(specification, "Container", "ArtifactUrl") is None:
            yield Violation("The adapter has no Container.ArtifactUrl.", "s3://<bucket>/<key>.tar.gz.", place)


@rule(
    "SEA834",
    severity=Severity.WARNING,
    enforced_by=Enforcer.SERVICE,
    seen_after=SeenAfter.AT_ONCE,
    title="more policies than a role takes",
    scope=TEMPLATE,
    source='IAM user guide, "IAM and AWS STS quotas", role inline policies',
    symptom="The policy that goes beyond is refused: 'Maximum policy size of 10240 bytes exceeded'.",
    fix="Let fewer components have inline_container, or fewer adapters one base; spread them over endpoints.",
)
def policies_beyond_a_role(templates: SynthesizedTemplates) -> Iterator[Violation]:
    """All policies of a role together, over all stacks, stay below what IAM takes."""
    sizes: defaultdict[Place, int] = defaultdict(int)
    references = references_of(templates)
    for place, properties in references.properties_of("AWS::IAM::Policy"):
        size = _characters(properties.get("PolicyDocument"))
        roles = properties.get("Roles")
        for role in roles if isinstance(roles, list) else ():
            found = references.target(place[0], role)
            if found is not None:
                sizes[found.place] += size
    for place, size in sizes.items():
        if size > _POLICY_CHARACTERS:
            yield Violation(
                f"Its policies have about {size} characters together.", f"{_POLICY_CHARACTERS}.", place
            )


@rule(
    "SEA835",
    severity=Severity.WARNING,
    enforced_by=Enforcer.NOBODY,
    seen_after=SeenAfter.LATER,
    title="copies that reach 0 without a way back",
    scope=TEMPLATE,
    source="SageMaker Developer Guide, scale an endpoint to zero instances: a step scaling policy and an "
    f"alarm on {_NO_CAPACITY}",
    symptom="Nothing while it is deployed; once there is no copy, every request fails, and no load brings "
    "one back.",
    fix=f"Give the target a StepScaling policy, and an alarm on {_NO_CAPACITY} that has it among its "
    "AlarmActions; or keep a copy.",
)
def no_way_back_from_zero(templates: SynthesizedTemplates) -> Iterator[Violation]:
    """Target tracking has no datapoints without copies: what starts the first one is a request that fails."""
    references = references_of(templates)
    woken = set(_woken_targets(references))
    for place, properties in references.properties_of("AWS::ApplicationAutoScaling::ScalableTarget"):
        names = {place, references.text(place[0], properties.get("ResourceId"))}
        if properties.get("ScalableDimension") == _COPIES and _reaches_zero(properties) and not names & woken:
            yield Violation(
                f"Its copies may go to 0, and no StepScaling policy with an alarm on {_NO_CAPACITY} brings "
                "one back.",
                "both, where copies reach 0.",
                place,
            )


def _reaches_zero(target: Mapping[str, Any]) -> bool:
    """Whether a target, or one of its scheduled actions, lets the capacity be 0."""
    actions = objects(target, "ScheduledActions", "ScalableTargetAction")
    return 0 in [number(each, key) for each in (target, *actions) for key in ("MinCapacity", "MaxCapacity")]


def _woken_targets(references: References) -> Iterator[Place | str]:
    """Yield the place or the resource id of each target that a request without a copy scales out."""
    waking: set[Place] = set()
    for (path, _), alarm in references.properties_of("AWS::CloudWatch::Alarm"):
        if _NO_CAPACITY in json.dumps(alarm):
            actions = map(references.resource, references.texts(path, alarm.get("AlarmActions")))
            waking |= {action.place for action in actions if action}
    for place, policy in references.properties_of("AWS::ApplicationAutoScaling::ScalingPolicy"):
        if policy.get("PolicyType") == "StepScaling" and place in waking:
            target = references.target(place[0], policy.get("ScalingTargetId"))
            yield target.place if target else references.text(place[0], policy.get("ResourceId"))


def _managed_variants(templates: SynthesizedTemplates) -> Iterator[str]:
    """Yield the resource id of every variant with managed instance scaling."""
    references = references_of(templates)
    for (path, _), endpoint in references.properties_of("AWS::SageMaker::Endpoint"):
        config = references.target(path, endpoint.get("EndpointConfigName"))
        for variant in objects(config.properties if config else None, "ProductionVariants"):
            if at(variant, "ManagedInstanceScaling", "Status") == "ENABLED":
                yield f"endpoint/{endpoint.get('EndpointName')}/variant/{variant.get('VariantName')}"


def _characters(value: Any) -> int:  # noqa: ANN401 - a template's JSON
    """Return about how many characters IAM counts: what is not known yet has a usual length."""
    match value:
        case {"Fn::Join": [_, [*parts]]}:
            return 2 + sum(len(part) if isinstance(part, str) else _UNKNOWN_CHARACTERS for part in parts)
        case {"Ref": _} | {"Fn::GetAtt": _} | {"Fn::ImportValue": _} | {"Fn::Sub": _}:
            return 2 + _UNKNOWN_CHARACTERS
        case dict():
            return 1 + sum(_characters(key) + _characters(each) + 2 for key, each in value.items())
        case list():
            return 1 + sum(_characters(each) + 1 for each in value)
        case _:
            return len(json.dumps(value).replace(" ", ""))
