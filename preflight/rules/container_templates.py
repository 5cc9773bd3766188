"""SEA626 to SEA628: containers of models in any template: what they can't fetch, and how they are called."""

from collections.abc import Iterator

from preflight.finding import Severity
from preflight.registry import rule
from preflight.rule import TEMPLATE, Enforcer, SeenAfter, Violation
from preflight.rules._template_models import MODEL, containers, is_multi_model
from preflight.rules._template_references import references_of
from preflight.rules._template_values import structure, structures, truth
from preflight.templates import SynthesizedTemplates

__all__ = ["files_of_a_multi_model_container", "model_from_the_hub_in_isolation", "names_of_some_containers"]

_HUB_VARIABLE = "HF_MODEL_ID"


@rule(
    "SEA626",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="a model from the Hugging Face Hub, in network isolation",
    scope=TEMPLATE,
    source="SageMaker API Reference, CreateModel, EnableNetworkIsolation: no calls to or from the container; "
    "sagemaker-huggingface-inference-toolkit, HF_MODEL_ID: fetched from the Hub at the start",
    symptom="The container fails while it looks for the Hub, and the endpoint after its start-up time-out.",
    fix="Put the model into S3 and name it by ModelDataUrl or ModelDataSource, with HF_MODEL_ID: "
    "/opt/ml/model.",
)
def model_from_the_hub_in_isolation(templates: SynthesizedTemplates) -> Iterator[Violation]:
    """A container that is isolated has its model already: by S3, or in the image."""
    for place, model in references_of(templates).properties_of(MODEL):
        for container in containers(model) if truth(model.get("EnableNetworkIsolation")) else ():
            name = structure(container.get("Environment")).get(_HUB_VARIABLE)
            given = "ModelDataUrl" in container or "ModelDataSource" in container
            if isinstance(name, str) and not name.startswith("/") and not given:
                yield Violation(
                    f"{_HUB_VARIABLE} is {name!r}, and EnableNetworkIsolation is true.",
                    "a model in S3.",
                    place,
                )


@rule(
    "SEA627",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVICE,
    seen_after=SeenAfter.AT_ONCE,
    title="a multi-model container with a ModelDataSource",
    scope=TEMPLATE,
    source="SageMaker API Reference, ContainerDefinition, ModelDataSource: not with multi-model endpoints",
    symptom="CreateModel or the endpoint is refused, and the stack rolls back.",
    fix="Name the prefix of all models by ModelDataUrl.",
)
def files_of_a_multi_model_container(templates: SynthesizedTemplates) -> Iterator[Violation]:
    """Archives are loaded as requests name them; files that are not packed are not."""
    for place, model in references_of(templates).properties_of(MODEL):
        for container in filter(is_multi_model, containers(model)):
            if "ModelDataSource" in container:
                yield Violation("Mode is MultiModel, with a ModelDataSource.", "ModelDataUrl.", place)


@rule(
    "SEA628",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVICE,
    seen_after=SeenAfter.AT_ONCE,
    title="containers of which only some have names",
    scope=TEMPLATE,
    source="SageMaker API Reference, ContainerDefinition, ContainerHostname: given for one of a pipeline's "
    "containers, "
    "it must be for each",
    symptom="CreateModel is refused, and the stack rolls back.",
    fix="Name all of them, or none.",
)
def names_of_some_containers(templates: SynthesizedTemplates) -> Iterator[Violation]:
    """In a row all containers have names or none; for direct invocation SEA618 asks for all."""
    for place, model in references_of(templates).properties_of(MODEL):
        every = structures(model.get("Containers"))
        named = sum("ContainerHostname" in each for each in every)
        direct = structure(model.get("InferenceExecutionConfig")).get("Mode") == "Direct"
        if 0 < named < len(every) and not direct:
            yield Violation(
                f"{named} of {len(every)} containers have a ContainerHostname.", "all or none.", place
            )
