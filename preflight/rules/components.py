"""SEA52x: inference components on the instances they share."""

import math
from collections import defaultdict
from collections.abc import Iterator

import catalogue
from catalogue.limits import ROLLING_BATCH_MAXIMUM_PERCENT, ROLLING_BATCH_MINIMUM_PERCENT
from preflight.evidence import DeploymentEvidence, ServedComponent
from preflight.finding import Severity
from preflight.registry import rule
from preflight.rule import DEPLOYMENT, Enforcer, SeenAfter, Violation
from preflight.rules._component_packing import (
    capacity,
    counted,
    fewest_copies,
    most_copies,
    pack,
    pack_beside,
    requirements,
    shown_instances,
    shown_resources,
    too_large,
)
from spec import CapacitySize, ComponentEndpoint

__all__ = [
    "batch_outside_its_share",
    "component_larger_than_an_instance",
    "copies_beyond_the_instances",
    "copy_count_under_scaling",
    "idle_instances_stay",
    "no_room_for_a_rolling_update",
    "region_without_components",
]

_SCALE_TO_ZERO = "SageMaker Developer Guide, scale an endpoint to zero instances"


@rule(
    "SEA521",
    severity=Severity.ERROR,
    enforced_by=Enforcer.HOSTING,
    seen_after=SeenAfter.AFTER_ENDPOINT,
    title="a copy larger than an instance",
    scope=DEPLOYMENT,
    source="SageMaker API Reference, InferenceComponentComputeResourceRequirements; EC2, instance types",
    symptom="The component stays in Creating until it fails: no instance ever has so much room.",
    fix="Ask for less in compute, or take a larger instance type.",
)
def component_larger_than_an_instance(evidence: DeploymentEvidence) -> Iterator[Violation]:
    """One copy fits on an empty instance of every type that it may find itself on."""
    for served in evidence.components():
        needed = requirements(served)
        for name in served.endpoint.instances.type_names:
            instance = capacity(name)
            if not needed.fits(instance):
                yield Violation(
                    f"A copy takes {shown_resources(needed)}; {name} has {shown_resources(instance)}.",
                    f"at most {shown_resources(instance)}.",
                    (*served.place, "compute"),
                )


@rule(
    "SEA522",
    severity=Severity.ERROR,
    enforced_by=Enforcer.HOSTING,
    seen_after=SeenAfter.LATER,
    title="copies beyond the most instances",
    scope=DEPLOYMENT,
    source="SageMaker API Reference, ProductionVariantManagedInstanceScaling, MaxInstanceCount; Developer "
    "Guide, inference components",
    symptom="Scaling out stops below copies.max: a copy that finds no room is not started.",
    fix="Raise instances.max, lower copies.max or compute; or acknowledge it where components have their "
    "load at different times.",
)
def copies_beyond_the_instances(evidence: DeploymentEvidence) -> Iterator[Violation]:
    """All copies of all components fit on the most instances, in accelerators, CPU and memory.

    Copies are placed as each component's placement says; scheduled actions count with what they allow.
    A component with a copy larger than an instance is SEA521's, and takes no room here.
    """
    for key, endpoint, every in _by_endpoint(evidence):
        components = [served for served in every if not too_large(served)]
        unplaced = pack(endpoint, components).unplaced
        if unplaced:
            count = sum(map(most_copies, components))
            yield Violation(
                f"{count} copies are the most of all components, and {len(unplaced)} of them find no room "
                f"on {shown_instances(endpoint)}: {counted(unplaced)}.",
                "room for the most copies of every component at the same time.",
                ("endpoints", key, "instances", "max"),
            )


@rule(
    "SEA523",
    severity=Severity.WARNING,
    enforced_by=Enforcer.HOSTING,
    seen_after=SeenAfter.LATER,
    title="no room for a rolling update",
    scope=DEPLOYMENT,
    source="SageMaker Developer Guide, rolling updates of inference components: new copies start before old "
    "ones stop; API Reference, InferenceComponentRollingUpdatePolicy, MaximumBatchSize",
    symptom="With all copies there, an update finds no room for its first batch, waits for it and is rolled "
    "back.",
    fix="Raise instances.max, or lower copies.max or rolling_update.maximum_batch_size.",
)
def no_room_for_a_rolling_update(evidence: DeploymentEvidence) -> Iterator[Violation]:
    """With all copies of all components there, one batch more of any one component fits.

    What finds no room even so is the matter of SEA521 and SEA522.
    """
    for _, endpoint, every in _by_endpoint(evidence):
        components = [served for served in every if not too_large(served)]
        packing = pack(endpoint, components)
        if packing.unplaced:
            continue
        for served in components:
            batch = _batch_copies(served.component.rolling_update.maximum_batch_size, most_copies(served))
            if pack_beside(packing, served, batch).unplaced:
                yield Violation(
                    f"Besides the {len(packing.placed)} copies that there may be, a batch of {batch} finds "
                    f"no room on {shown_instances(endpoint)}.",
                    "room for all copies and one batch.",
                    (*served.place, "rolling_update"),
                )


@rule(
    "SEA524",
    severity=Severity.WARNING,
    enforced_by=Enforcer.NOBODY,
    seen_after=SeenAfter.LATER,
    title="instances that stay although all copies go",
    scope=DEPLOYMENT,
    source=f"{_SCALE_TO_ZERO}: MinInstanceCount is 0",
    symptom="All components scale to zero, and the instances are paid for all the same.",
    fix="Set instances.min: 0.",
)
def idle_instances_stay(evidence: DeploymentEvidence) -> Iterator[Violation]:
    """Where every component scales to zero, by copies.min or by a scheduled action, instances do too."""
    for key, endpoint, components in _by_endpoint(evidence):
        least = endpoint.instances.min
        if least > 0 and all(fewest_copies(served) == 0 for served in components):
            stay = "instance stays" if least == 1 else "instances stay"
            yield Violation(
                f"Every component may go to 0 copies, and {least} {stay}.",
                "instances.min: 0.",
                ("endpoints", key, "instances", "min"),
            )


@rule(
    "SEA525",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVICE,
    seen_after=SeenAfter.BEFORE,
    title="a region without inference components",
    scope=DEPLOYMENT,
    source="CloudFormation resource specifications by region, AWS::SageMaker::InferenceComponent",
    symptom="CloudFormation refuses the template: 'Unrecognized resource types'.",
    fix="Deploy to one of these regions, or take endpoints of type realtime.",
)
def region_without_components(evidence: DeploymentEvidence) -> Iterator[Violation]:
    """CloudFormation has the resource type in some regions only."""
    region = evidence.file.deployment.environment.region
    regions = catalogue.inference_component_regions()
    if evidence.file.deployment.component_endpoints and region not in regions:
        yield Violation(
            f"CloudFormation has no AWS::SageMaker::InferenceComponent in {region}.",
            f"{', '.join(regions)}.",
            ("environment", "region"),
        )


@rule(
    "SEA526",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVICE,
    seen_after=SeenAfter.LATER,
    title="a batch outside of 5 to 50 % of the copies",
    scope=DEPLOYMENT,
    source="SageMaker API Reference, InferenceComponentRollingUpdatePolicy, MaximumBatchSize",
    symptom="UpdateInferenceComponent is refused as soon as something changes.",
    fix="Take type: CAPACITY_PERCENT, whose share holds for any number of copies, or another value.",
)
def batch_outside_its_share(evidence: DeploymentEvidence) -> Iterator[Violation]:
    """A number of copies is 5 to 50 % of whatever number of copies there may be."""
    for served in evidence.components():
        size, copies = served.component.rolling_update.maximum_batch_size, served.component.copies
        if size.type != "COPY_COUNT":
            continue
        fewest, most = max(copies.min, 1), most_copies(served)
        shares = {100 * size.value / each for each in (fewest, most)}
        least, largest = ROLLING_BATCH_MINIMUM_PERCENT, ROLLING_BATCH_MAXIMUM_PERCENT
        if any(not least <= share <= largest for share in shares):
            yield Violation(
                f"A batch of {size.value} is {100 * size.value / most:.0f} to "
                f"{100 * size.value / fewest:.0f} % of {fewest} to {most} copies.",
                "5 to 50 % of the copies, however many there are.",
                (*served.place, "rolling_update", "maximum_batch_size", "value"),
            )


@rule(
    "SEA527",
    severity=Severity.WARNING,
    enforced_by=Enforcer.NOBODY,
    seen_after=SeenAfter.LATER,
    title="a number of copies in the template although scaling decides",
    scope=DEPLOYMENT,
    source="CloudFormation, AWS::SageMaker::InferenceComponent: CopyCount is write-only, so an update may "
    "apply it again whatever scaling has set",
    symptom="A deploy under load takes the copies back to the number in the file.",
    fix="Remove copies.initial once the component exists.",
)
def copy_count_under_scaling(evidence: DeploymentEvidence) -> Iterator[Violation]:
    """A deploy never undoes what autoscaling did."""
    for served in evidence.components():
        initial = served.component.copies.initial
        if initial is not None:
            yield Violation(
                f"copies.initial is {initial}; a deploy may bring the copies back to it.",
                "no copies.initial where scaling decides.",
                (*served.place, "copies", "initial"),
            )


_Group = tuple[str, ComponentEndpoint, list[ServedComponent]]


def _by_endpoint(evidence: DeploymentEvidence) -> Iterator[_Group]:
    """Yield each endpoint that has components, with them."""
    grouped: defaultdict[str, list[ServedComponent]] = defaultdict(list)
    for served in evidence.components():
        grouped[served.endpoint_key].append(served)
    for key, components in grouped.items():
        yield key, components[0].endpoint, components


def _batch_copies(size: CapacitySize, copies: int) -> int:
    return size.value if size.type == "COPY_COUNT" else math.ceil(copies * size.value / 100)
