"""SEA617 to SEA619: models with several containers or many artifacts, in any template."""

import re
from collections.abc import Iterator

from catalogue.limits import (
    CONTAINER_HOSTNAME_MAXIMUM_LENGTH,
    CONTAINER_HOSTNAME_PATTERN,
    PIPELINE_MAXIMUM_CONTAINERS,
)
from preflight.finding import Severity
from preflight.registry import rule
from preflight.rule import TEMPLATE, Enforcer, SeenAfter, Violation
from preflight.rules._template_models import MODEL, containers, is_multi_model
from preflight.rules._template_references import references_of
from preflight.rules._template_values import structure, structures
from preflight.templates import SynthesizedTemplates

__all__ = ["container_without_its_name", "prefix_that_is_none", "wrong_number_of_containers"]

_SEVERAL = 'SageMaker Developer Guide, "Create a multi-container endpoint (Boto 3)"'
_REFUSED = "CreateModel is refused, and the stack rolls back."
_HOSTNAME = re.compile(CONTAINER_HOSTNAME_PATTERN)


@rule(
    "SEA617",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVICE,
    seen_after=SeenAfter.AT_ONCE,
    title="a wrong number of containers",
    scope=TEMPLATE,
    source=f"SageMaker API Reference, CreateModel, Containers and PrimaryContainer; {_SEVERAL}",
    symptom=_REFUSED,
    fix="Give PrimaryContainer for one container, Containers for several.",
)
def wrong_number_of_containers(templates: SynthesizedTemplates) -> Iterator[Violation]:
    """A model has 1 to 15 containers.

    A list of one is taken as well: SageMaker's own templates for model deployment write it
    (aws-samples/sagemaker-custom-project-templates, endpoint-config-template.yml).
    """
    for place, model in references_of(templates).properties_of(MODEL):
        several = model.get("Containers")
        if "PrimaryContainer" in model and several:
            yield Violation("PrimaryContainer and Containers are both given.", "one of the two.", place)
        elif isinstance(several, list) and len(several) > PIPELINE_MAXIMUM_CONTAINERS:
            yield Violation(f"Containers has {len(several)}.", f"1 to {PIPELINE_MAXIMUM_CONTAINERS}.", place)


@rule(
    "SEA618",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVICE,
    seen_after=SeenAfter.AT_ONCE,
    title="a container without a name of its own",
    scope=TEMPLATE,
    source=f"SageMaker API Reference, ContainerDefinition, ContainerHostname; {_SEVERAL}",
    symptom=_REFUSED,
    fix="Give each container a ContainerHostname of its own.",
)
def container_without_its_name(templates: SynthesizedTemplates) -> Iterator[Violation]:
    """Among several containers no name is there twice, and for direct invocation each has one."""
    for place, model in references_of(templates).properties_of(MODEL):
        direct = structure(model.get("InferenceExecutionConfig")).get("Mode") == "Direct"
        names = [each.get("ContainerHostname") for each in structures(model.get("Containers"))]
        for index, name in enumerate(names):
            if name is None and direct:
                yield Violation(
                    f"Container {index + 1} has no ContainerHostname, and the mode is Direct.",
                    "a name for each container.",
                    place,
                )
            elif isinstance(name, str) and not _is_hostname(name):
                yield Violation(
                    f"A ContainerHostname is {name!r}.",
                    f"at most {CONTAINER_HOSTNAME_MAXIMUM_LENGTH} letters, digits and hyphens, no hyphen at "
                    "either end.",
                    place,
                )
            elif name is not None and name in names[:index]:
                yield Violation(f"Two containers are called {name!r}.", "names that differ.", place)


@rule(
    "SEA619",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AT_REQUEST,
    title="a multi-model container whose ModelDataUrl is no prefix",
    scope=TEMPLATE,
    source='SageMaker Developer Guide, "Create a Multi-Model Endpoint": ModelDataUrl is the prefix of all '
    "models; SageMaker API Reference, ContainerDefinition, Mode",
    symptom="The endpoint is InService, and each request fails: no model is found below that address.",
    fix="Name the prefix that all archives have in common, with a / at its end.",
)
def prefix_that_is_none(templates: SynthesizedTemplates) -> Iterator[Violation]:
    """What a request names as TargetModel is looked for below the address."""
    references = references_of(templates)
    for place, model in references.properties_of(MODEL):
        for container in filter(is_multi_model, containers(model)):
            url = container.get("ModelDataUrl")
            text = references.text(place[0], url) if url is not None else ""
            if not text.startswith("{") and not (text.startswith("s3://") and text.endswith("/")):
                yield Violation(
                    f"Mode is MultiModel, and ModelDataUrl is {text or 'missing'}.",
                    "s3://<bucket>/<prefix>/.",
                    place,
                )


def _is_hostname(name: str) -> bool:
    return len(name) <= CONTAINER_HOSTNAME_MAXIMUM_LENGTH and _HOSTNAME.fullmatch(name) is not None
