"""SEA620 to SEA624: containers of models in any template: their variables, and images for the hardware."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import catalogue
from catalogue.limits import ENVIRONMENT_MAXIMUM_BYTES
from preflight.finding import Severity
from preflight.registry import rule
from preflight.rule import TEMPLATE, Enforcer, SeenAfter, Violation
from preflight.rules._template_hosting import CONFIG, instance_type_names, variants
from preflight.rules._template_models import MODEL, containers, images
from preflight.rules._template_references import Place, References, references_of
from preflight.rules._template_values import structure
from preflight.templates import SynthesizedTemplates

__all__ = [
    "image_for_other_hardware",
    "image_without_the_gpu",
    "registry_of_another_region",
    "release_that_there_is_not",
    "variables_too_long_together",
]

_IMAGES = "AWS Deep Learning Containers, available images: repositories and tags by processor"
_TABLE = "SageMaker Python SDK, image_uri_config: the registries of each region and the published versions"
_TRITON = "sagemaker-tritonserver"
_TAG = re.compile(r"([0-9]{2}\.[0-9]{2})-py3")

_FRAMEWORK = re.compile(r"(huggingface-)?(pytorch|tensorflow|mxnet)(-tgi)?-inference(?P<kind>-[a-z0-9]+)?")
_ARM = frozenset({"-graviton", "-arm64"})
_NEURON = frozenset({"-neuron", "-neuronx"})


@rule(
    "SEA620",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVICE,
    seen_after=SeenAfter.AT_ONCE,
    title="variables of several containers that are too long together",
    scope=TEMPLATE,
    source="SageMaker API Reference, ContainerDefinition, Environment: 32 KB for all maps of a model "
    "together",
    symptom="CreateModel is refused, and the stack rolls back.",
    fix="Shorten names or values, or put files into the image.",
)
def variables_too_long_together(templates: SynthesizedTemplates) -> Iterator[Violation]:
    """Names and values of all containers of a model count together."""
    for place, model in references_of(templates).properties_of(MODEL):
        size = sum(
            len(f"{name}{value if isinstance(value, str) else ''}".encode())
            for container in containers(model)
            for name, value in structure(container.get("Environment")).items()
        )
        if size > ENVIRONMENT_MAXIMUM_BYTES:
            yield Violation(
                f"The containers' variables have {size} bytes together.",
                f"{ENVIRONMENT_MAXIMUM_BYTES}.",
                place,
            )


@rule(
    "SEA621",
    severity=Severity.WARNING,
    enforced_by=Enforcer.NOBODY,
    seen_after=SeenAfter.LATER,
    title="an image without CUDA on instances with a GPU",
    scope=TEMPLATE,
    source=_IMAGES,
    symptom="The model runs on the CPU, and the GPU is paid for.",
    fix="Take the image's gpu tag, or an instance type without a GPU.",
)
def image_without_the_gpu(templates: SynthesizedTemplates) -> Iterator[Violation]:
    """AWS's framework images have cpu or gpu in their tags."""
    for place, image, instance in _placed_images(references_of(templates)):
        if _kind(image) == "" and "-cpu-" in (image.tag or "") and instance.gpus:
            yield Violation(
                f"{image.repository}:{image.tag} is to run on {instance.name}.", "a tag with gpu.", place
            )


@rule(
    "SEA622",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="an image for another processor",
    scope=TEMPLATE,
    source=_IMAGES,
    symptom="The container can't be started ('exec format error') or finds no device, and the endpoint "
    "fails after "
    "its start-up time-out.",
    fix="Take an instance type with that processor, or an image for the one that it has.",
)
def image_for_other_hardware(templates: SynthesizedTemplates) -> Iterator[Violation]:
    """Of AWS's images the repository says whether they are for Arm, for x86_64 or for Neuron devices."""
    for place, image, instance in _placed_images(references_of(templates)):
        kind = _kind(image)
        if kind is None:
            continue
        architecture = "arm64" if kind in _ARM else "x86_64"
        if architecture != instance.architecture:
            yield Violation(
                f"{image.repository} is for {architecture}, and {instance.name} has {instance.architecture}.",
                f"an image for {instance.architecture}.",
                place,
            )
        elif kind in _NEURON and instance.accelerator != "neuron":
            yield Violation(
                f"{image.repository} is for Inferentia and Trainium, and {instance.name} has neither.",
                "an instance type of the families inf or trn.",
                place,
            )


@rule(
    "SEA623",
    severity=Severity.ERROR,
    enforced_by=Enforcer.HOSTING,
    seen_after=SeenAfter.AFTER_START_UP,
    title="a registry of AWS's that another region has",
    scope=TEMPLATE,
    source=_TABLE,
    symptom="CreateModel is refused, or the image can't be pulled and the endpoint fails.",
    fix="Take the registry of that region.",
)
def registry_of_another_region(templates: SynthesizedTemplates) -> Iterator[Violation]:
    """AWS publishes an image for each region in one account, which is not the same everywhere."""
    for place, image in _triton_images(references_of(templates)):
        account = _account(image.region)
        if image.account in _accounts() and account is not None and account != image.account:
            yield Violation(
                f"{image.repository} is looked for in {image.account}, and AWS has it for {image.region} in "
                f"{account}.",
                f"{account}.",
                place,
            )


@rule(
    "SEA624",
    severity=Severity.WARNING,
    enforced_by=Enforcer.HOSTING,
    seen_after=SeenAfter.AFTER_START_UP,
    title="a Triton release that AWS doesn't publish there",
    scope=TEMPLATE,
    source=_TABLE,
    symptom="CreateModel is refused, or the image can't be pulled and the endpoint fails.",
    fix="Take one of these, or mirror the image; acknowledge this for one that is newer than the table.",
)
def release_that_there_is_not(templates: SynthesizedTemplates) -> Iterator[Violation]:
    """The tag is one that the SDK's table has for the region."""
    for place, image in _triton_images(references_of(templates)):
        published = catalogue.triton_releases(image.region)
        found = _TAG.fullmatch(image.tag or "")
        if image.account == _account(image.region) and found and found[1] not in published:
            yield Violation(
                f"There is no {image.repository}:{image.tag} for {image.region} in the table.",
                f"{', '.join(published)}.",
                place,
            )


def _placed_images(
    references: References,
) -> Iterator[tuple[Place, catalogue.EcrImage, catalogue.InstanceType]]:
    """Yield the image of each container on each instance type that a variant puts it on, once."""
    known = {each.name: each for each in catalogue.instance_types()}
    told: set[tuple[Place, catalogue.EcrImage, str]] = set()
    for config in references.of_type(CONFIG):
        for variant in variants(config):
            for place, image in _images_of(references, config.place[0], variant.data):
                for name in instance_type_names(variant.data):
                    if name in known and (place, image, name) not in told:
                        told.add((place, image, name))
                        yield place, image, known[name]


def _images_of(
    references: References, path: str, variant: Mapping[str, Any]
) -> Iterator[tuple[Place, catalogue.EcrImage]]:
    model = references.named(path, variant.get("ModelName"), MODEL, "ModelName")
    if model is not None:
        for image in images(references, model.place[0], model.properties):
            yield model.place, image


def _triton_images(references: References) -> Iterator[tuple[Place, catalogue.EcrImage]]:
    for place, model in references.properties_of(MODEL):
        for image in dict.fromkeys(images(references, place[0], model)):
            if image.repository == _TRITON:
                yield place, image


def _kind(image: catalogue.EcrImage) -> str | None:
    """Return what an image of AWS's is for, as its repository ends; None for another's image."""
    if image.account not in _accounts():
        return None
    if image.repository == _TRITON:
        return ""
    found = _FRAMEWORK.fullmatch(image.repository)
    return (found["kind"] or "") if found else None


@cache
def _accounts() -> frozenset[str]:
    """Return AWS's accounts with images for SageMaker, of all regions."""
    return frozenset(found for region in catalogue.regions() if (found := _account(region.name)))


def _account(region: str) -> str | None:
    """Return AWS's account with the newest Triton image of a region; None where there is none."""
    releases = catalogue.triton_releases(region)
    return catalogue.triton_image_account(region, releases[-1]) if releases else None
