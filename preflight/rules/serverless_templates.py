"""SEA887 and SEA888: serverless variants in any template."""

from collections.abc import Iterator, Mapping
from typing import Any

from preflight.finding import Severity
from preflight.registry import rule
from preflight.rule import TEMPLATE, Enforcer, SeenAfter, Violation
from preflight.rules._template_hosting import CONFIG, variants
from preflight.rules._template_models import MODEL, containers, is_multi_model
from preflight.rules._template_references import Resource, references_of
from preflight.rules._template_values import number, structure, structures, truth
from preflight.templates import SynthesizedTemplates

__all__ = ["feature_without_serverless", "memory_or_concurrency"]

_MEMORY_STEP_MIB = 1024


@rule(
    "SEA887",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVICE,
    seen_after=SeenAfter.AT_ONCE,
    title="a serverless variant's memory or concurrency",
    scope=TEMPLATE,
    source="SageMaker API Reference, ProductionVariantServerlessConfig, MemorySizeInMB and "
    "ProvisionedConcurrency",
    symptom="The configuration is refused, and the stack rolls back.",
    fix="Take a multiple of 1024, and no more provisioned concurrency than there is concurrency.",
)
def memory_or_concurrency(templates: SynthesizedTemplates) -> Iterator[Violation]:
    """Memory comes by the gigabyte, and what is provisioned is part of the largest concurrency."""
    for config in references_of(templates).of_type(CONFIG):
        for variant in variants(config):
            serverless = structure(variant.data.get("ServerlessConfig"))
            memory = number(serverless, "MemorySizeInMB")
            if memory is not None and memory % _MEMORY_STEP_MIB:
                yield Violation(
                    f"MemorySizeInMB is {memory:g}.", "1024, 2048 and so on to 6144.", config.place
                )
            ready, most = number(serverless, "ProvisionedConcurrency"), number(serverless, "MaxConcurrency")
            if ready is not None and most is not None and ready > most:
                yield Violation(
                    f"ProvisionedConcurrency is {ready:g}, MaxConcurrency {most:g}.",
                    f"at most {most:g}.",
                    config.place,
                )


@rule(
    "SEA888",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVICE,
    seen_after=SeenAfter.AT_ONCE,
    title="what a serverless endpoint can't have",
    scope=TEMPLATE,
    source="SageMaker Developer Guide, deploy models with serverless inference, feature exclusions; "
    "SageMaker API "
    "Reference, ContainerDefinition, ModelDataSource",
    symptom="The configuration or the endpoint is refused, and the stack rolls back.",
    fix="Leave it out, acknowledging SEA851 and SEA852 at the model where they ask for it; or take "
    "instances.",
)
def feature_without_serverless(templates: SynthesizedTemplates) -> Iterator[Violation]:
    """Neither a VPC, isolation, capture, several variants or containers, nor unpacked artifacts."""
    references = references_of(templates)
    for config in references.of_type(CONFIG):
        every = list(variants(config))
        for variant in every:
            if "ServerlessConfig" not in variant.data:
                continue
            model = references.named(config.place[0], variant.data.get("ModelName"), MODEL, "ModelName")
            excluded = [*_of_config(config, len(every)), *(_of_model(model.properties) if model else ())]
            for each in dict.fromkeys(excluded):
                yield Violation(
                    f"The {variant.shown} is serverless, and there is {each}.",
                    "instances for it.",
                    config.place,
                )


def _of_config(config: Resource, count: int) -> Iterator[str]:
    if count > 1:
        yield "another variant"
    capture = structure(config.properties.get("DataCaptureConfig"))
    if "DestinationS3Uri" in capture and truth(capture.get("EnableCapture")) is not False:
        yield "DataCaptureConfig"
    yield from _network(config.properties)


def _of_model(model: Mapping[str, Any]) -> Iterator[str]:
    yield from _network(model)
    if len(structures(model.get("Containers"))) > 1:
        yield "an inference pipeline"
    for container in containers(model):
        if is_multi_model(container):
            yield "a multi-model container"
        if "ModelDataSource" in container:
            yield "ModelDataSource"
        if structure(container.get("ImageConfig")).get("RepositoryAccessMode") == "Vpc":
            yield "a private Docker registry"


def _network(properties: Mapping[str, Any]) -> Iterator[str]:
    if "VpcConfig" in properties:
        yield "VpcConfig"
    if truth(properties.get("EnableNetworkIsolation")):
        yield "EnableNetworkIsolation"
