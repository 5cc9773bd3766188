"""SEA84x: what templates leave to look at, and what can't be run any more."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import catalogue
from preflight.finding import Severity
from preflight.registry import rule
from preflight.rule import TEMPLATE, Enforcer, SeenAfter, Violation
from preflight.rules._template_models import containers
from preflight.rules._template_references import Place, References, Resource, references_of
from preflight.rules._template_values import as_text, structure, structures
from preflight.templates import SynthesizedTemplates

__all__ = ["driver_too_old", "logs_kept_for_ever", "nobody_watches", "retired_service"]

_ENDPOINT, _COMPONENT = "AWS::SageMaker::Endpoint", "AWS::SageMaker::InferenceComponent"
_CONFIG, _MODEL = "AWS::SageMaker::EndpointConfig", "AWS::SageMaker::Model"
_ALARM = "AWS::CloudWatch::Alarm"
_NAMESPACE = "AWS/SageMaker"
_NAMES = {_ENDPOINT: "EndpointName", _COMPONENT: "InferenceComponentName"}
_TRITON_IMAGE = re.compile(r".*/sagemaker-tritonserver:([0-9]{2}\.[0-9]{2})-py3")
_EDGE_MANAGER = ("AWS::SageMaker::Device", "AWS::SageMaker::DeviceFleet")


@rule(
    "SEA841",
    severity=Severity.WARNING,
    enforced_by=Enforcer.NOBODY,
    seen_after=SeenAfter.LATER,
    title="a log group that keeps everything for ever",
    scope=TEMPLATE,
    source="CloudWatch Logs User Guide, working with log groups and log streams, change log data retention",
    symptom="Nothing fails; the bill grows every month, and so does what a leak would show.",
    fix="Set RetentionInDays.",
)
def logs_kept_for_ever(synthesized: SynthesizedTemplates) -> Iterator[Violation]:
    """Every log group says for how long it keeps its entries."""
    for group in references_of(synthesized).of_type("AWS::Logs::LogGroup"):
        if "RetentionInDays" not in group.properties:
            yield Violation("RetentionInDays is missing.", "a number of days.", group.place)


@rule(
    "SEA842",
    severity=Severity.WARNING,
    enforced_by=Enforcer.NOBODY,
    seen_after=SeenAfter.LATER,
    title="nobody is told when it fails",
    scope=TEMPLATE,
    source="SageMaker Developer Guide, Monitor SageMaker with CloudWatch; AWS Well-Architected, Machine "
    "Learning Lens, monitor the model endpoint",
    symptom="Nothing fails at deployment; requests do later, and users are the first to know.",
    fix="Add an alarm on a metric of AWS/SageMaker with the endpoint's or the component's name as a "
    "dimension.",
)
def nobody_watches(synthesized: SynthesizedTemplates) -> Iterator[Violation]:
    """An alarm watches every endpoint with a model, and every inference component."""
    references = references_of(synthesized)
    watched = {dimension: _Watched(references, dimension) for dimension in _NAMES.values()}
    for resource in (*_model_endpoints(references), *references.of_type(_COMPONENT)):
        dimension = _NAMES[resource.type]
        adapter = "BaseInferenceComponentName" in structure(resource.properties.get("Specification"))
        if not adapter and not watched[dimension].holds(resource):
            yield Violation(
                f"No alarm of these templates watches a metric of this {dimension.removesuffix('Name')}.",
                f"an alarm with the dimension {dimension}.",
                resource.place,
            )


@rule(
    "SEA843",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVICE,
    seen_after=SeenAfter.AT_ONCE,
    title="SageMaker Edge Manager is retired",
    scope=TEMPLATE,
    source="SageMaker Developer Guide, SageMaker Edge Manager end of life: discontinued on 2024-04-26",
    symptom="The resource is refused, and the stack rolls back.",
    fix="Export to ONNX and let AWS IoT Greengrass or a runtime of your own serve the device.",
)
def retired_service(synthesized: SynthesizedTemplates) -> Iterator[Violation]:
    """No template asks for a service that is gone; Elastic Inference has rules of its own."""
    for resource in references_of(synthesized).of_type(*_EDGE_MANAGER):
        yield Violation(f"{resource.type} can't be created any more.", "no such resource.", resource.place)


@rule(
    "SEA844",
    severity=Severity.WARNING,
    enforced_by=Enforcer.HOSTING,
    seen_after=SeenAfter.AFTER_START_UP,
    title="a driver that the Triton image does not run on",
    scope=TEMPLATE,
    source="NVIDIA Triton Inference Server release notes, driver requirements; NVIDIA Data Center GPU "
    "Drivers, supported drivers and CUDA Toolkit versions; SageMaker API Reference, ProductionVariant, "
    "InferenceAmiVersion",
    symptom="The container finds no GPU it can use, and the endpoint stays in Creating without a log and "
    "fails.",
    fix="Take an InferenceAmiVersion with a driver that fits, or an image of another release.",
)
def driver_too_old(synthesized: SynthesizedTemplates) -> Iterator[Violation]:
    """The instances' driver is one that NVIDIA names for the image's release."""
    references = references_of(synthesized)
    for config in references.of_type(_CONFIG):
        for variant in structures(config.properties.get("ProductionVariants")):
            driver = _driver(variant)
            for release in _releases(references, variant, config.place[0]) if driver is not None else ():
                drivers = catalogue.triton_drivers().get(release)
                if driver is not None and drivers is not None and not drivers.run_on(driver):
                    named = ", ".join(f"R{each}" for each in drivers.older_branches)
                    yield Violation(
                        f"The instances have the driver {driver}; Triton {release} has CUDA {drivers.cuda}.",
                        f"{min(drivers.driver, drivers.oldest_of_cuda)} or newer, or one of {named}.",
                        config.place,
                    )


def _model_endpoints(references: References) -> Iterator[Resource]:
    """Yield the endpoints that serve models by themselves; those of components are watched by component."""
    for endpoint in references.of_type(_ENDPOINT):
        config = references.target(endpoint.place[0], endpoint.properties.get("EndpointConfigName"))
        variants = structures(config.properties.get("ProductionVariants")) if config else [{"ModelName": ""}]
        if any("ModelName" in variant for variant in variants):
            yield endpoint


class _Watched:
    """What the alarms on SageMaker's metrics name in one dimension: by name, and by reference.

    What only CloudFormation can resolve may be any endpoint, so one such alarm watches all.
    """

    def __init__(self, references: References, dimension: str) -> None:
        self._names: set[str] = set()
        self._places: set[Place] = set()
        self._unknown = False
        for value, path in _dimension_values(references, dimension):
            target = references.target(path, value)
            if isinstance(value, str):
                self._names.add(value)
            elif target is not None:
                self._places.add(target.place)
            else:
                self._unknown = True

    def holds(self, resource: Resource) -> bool:
        """Say whether an alarm watches ``resource``, or may do so."""
        name = resource.properties.get(_NAMES[resource.type])
        named = isinstance(name, str) and name in self._names
        return named or self._unknown or resource.place in self._places


def _dimension_values(references: References, dimension: str) -> Iterator[tuple[object, str]]:
    """Yield each value of ``dimension`` that an alarm on SageMaker's metrics has, and its template's path."""
    for alarm in references.of_type(_ALARM):
        queries = structures(alarm.properties.get("Metrics"))
        metrics = [
            alarm.properties,
            *(structure(structure(query.get("MetricStat")).get("Metric")) for query in queries),
        ]
        for metric in metrics:
            if metric.get("Namespace") == _NAMESPACE:
                for each in structures(metric.get("Dimensions")):
                    if each.get("Name") == dimension:
                        yield each.get("Value"), alarm.place[0]


def _driver(variant: Mapping[str, Any]) -> int | None:
    """Return the branch of the variant's NVIDIA driver; None where there is none, or none is documented."""
    name = variant.get("InstanceType")
    known = {each.name: each for each in catalogue.instance_types()}.get(str(name))
    if known is None or not known.gpus:
        return None
    drivers = {each.name: each.driver for each in catalogue.inference_amis() if each.accelerator == "gpu"}
    ami = variant.get("InferenceAmiVersion")
    driver = drivers.get(str(ami)) if ami is not None else known.driver
    return int(driver) if driver else None


def _releases(references: References, variant: Mapping[str, Any], path: str) -> list[str]:
    """Return the Triton releases of the variant's containers, each once."""
    model = references.named(path, variant.get("ModelName"), _MODEL, "ModelName")
    found = [
        _TRITON_IMAGE.fullmatch(as_text(each.get("Image")))
        for each in containers(model.properties if model else {})
    ]
    return sorted({each.group(1) for each in found if each})
