"""SEA6xx: the container's image, and what it is told."""

from collections.abc import Iterator
from difflib import get_close_matches

from catalogue import parse_ecr_image
from preflight.evidence import DeploymentEvidence
from preflight.finding import Severity
from preflight.registry import rule
from preflight.rule import DEPLOYMENT, Enforcer, SeenAfter, Surrounding, Violation
from preflight.rules._environment import (
    BIND_TO_PORT,
    DEFAULT_MODEL_NAME,
    INFERENCE_TYPE,
    INFERENCE_TYPES,
    KNOWN_VARIABLES,
    MULTI_MODEL,
    PREFIX,
    SERVE,
)

__all__ = [
    "default_model_missing",
    "image_in_another_region",
    "image_not_in_ecr",
    "image_tagged_latest",
    "multi_model_mode",
    "other_port",
    "unknown_inference_type",
    "unknown_variable",
]

_CONTAINER_IMAGE = "SageMaker API Reference, ContainerDefinition, Image"
_FAILS = "and the endpoint fails after its start-up time-out."
_PORT = "8080"


@rule(
    "SEA601",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVICE,
    seen_after=SeenAfter.AT_ONCE,
    title="the image is not in Amazon ECR",
    scope=DEPLOYMENT,
    of_bare=(Surrounding.INSTANCE, Surrounding.IMAGE),
    source=f"{_CONTAINER_IMAGE}; ImageConfig, RepositoryAccessMode; aws/sagemaker-python-sdk, pull 4700",
    symptom="CreateModel answers 'Using non-ECR image without Vpc repository access mode is not supported'.",
    fix="Mirror the image into a private ECR repository in the deployment's region.",
)
def image_not_in_ecr(evidence: DeploymentEvidence) -> Iterator[Violation]:
    """SageMaker pulls from private ECR registries; others need an access mode that is not offered here."""
    for name, image_uri in _own_images(evidence):
        if parse_ecr_image(image_uri) is None:
            yield Violation(
                f"{image_uri!r} is not in a private ECR registry.",
                "<account>.dkr.ecr.<region>.<suffix>/<repository in lower case>, by tag or digest.",
                ("models", name, "container", "image_uri"),
            )


@rule(
    "SEA602",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVICE,
    seen_after=SeenAfter.AT_ONCE,
    title="the image lies in another region",
    scope=DEPLOYMENT,
    of_bare=(Surrounding.INSTANCE, Surrounding.IMAGE),
    source=_CONTAINER_IMAGE,
    symptom="CreateModel is refused: artifact and image must be in the region of the model.",
    fix="Mirror the image into the deployment's region.",
)
def image_in_another_region(evidence: DeploymentEvidence) -> Iterator[Violation]:
    """The image is in the region of the model that uses it."""
    region = evidence.file.deployment.environment.region
    for name, image_uri in _own_images(evidence):
        image = parse_ecr_image(image_uri)
        if image is not None and image.region != region:
            yield Violation(
                f"{image_uri!r} is in {image.region}; the deployment is in {region}.",
                f"an image in {region}.",
                ("models", name, "container", "image_uri"),
            )


@rule(
    "SEA603",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="the default model is not in the archive",
    scope=DEPLOYMENT,
    of_bare=(),
    source=SERVE,
    symptom=f"The container exits: 'Directory with provided {DEFAULT_MODEL_NAME} does not exist', {_FAILS}",
    fix=f"Name a folder of the archive in {DEFAULT_MODEL_NAME}, or leave it out where there is only one.",
)
def default_model_missing(evidence: DeploymentEvidence) -> Iterator[Violation]:
    """The container looks for a folder of that name at the archive's root."""
    for name, model, manifest in evidence.packaged_models():
        default = model.container.environment.get(DEFAULT_MODEL_NAME)
        if not default:
            continue
        folders = sorted({record.path.split("/", 1)[0] for record in manifest.files if "/" in record.path})
        if default not in folders:
            yield Violation(
                f"{DEFAULT_MODEL_NAME} is {default!r}; the archive holds {', '.join(map(repr, folders))}.",
                "a folder at the archive's root.",
                ("models", name, "container", "environment", DEFAULT_MODEL_NAME),
            )


@rule(
    "SEA604",
    severity=Severity.WARNING,
    enforced_by=Enforcer.NOBODY,
    seen_after=SeenAfter.AT_REQUEST,
    title="a variable that the container does not read",
    scope=DEPLOYMENT,
    of_bare=(),
    source=SERVE,
    symptom="The container ignores the variable and runs with its default.",
    fix="Correct the name, or remove the variable.",
)
def unknown_variable(evidence: DeploymentEvidence) -> Iterator[Violation]:
    """AWS's image reads a fixed list of SAGEMAKER_TRITON_ variables; an image of your own may read more."""
    for name, model in evidence.served_models():
        if model.container.image_uri is not None:
            continue
        for variable in model.container.environment:
            if variable.startswith(PREFIX) and variable not in KNOWN_VARIABLES:
                near = get_close_matches(variable, KNOWN_VARIABLES, n=3) or sorted(KNOWN_VARIABLES)
                yield Violation(
                    f"The container does not read {variable}.",
                    f"{', '.join(near)}.",
                    ("models", name, "container", "environment", variable),
                )


@rule(
    "SEA605",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="an inference type that the container does not know",
    scope=DEPLOYMENT,
    of_bare=(),
    source=SERVE,
    symptom=f"The server refuses to start, {_FAILS}",
    fix="Take one of the three, or leave it out for infer.",
)
def unknown_inference_type(evidence: DeploymentEvidence) -> Iterator[Violation]:
    """The SageMaker frontend answers in one of three ways."""
    for name, model in evidence.served_models():
        value = model.container.environment.get(INFERENCE_TYPE)
        if value is not None and value not in INFERENCE_TYPES:
            yield Violation(
                f"{INFERENCE_TYPE} is {value!r}.",
                f"{', '.join(INFERENCE_TYPES)}.",
                ("models", name, "container", "environment", INFERENCE_TYPE),
            )


@rule(
    "SEA606",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="the container listens on another port",
    scope=DEPLOYMENT,
    of_bare=(),
    source="SageMaker Developer Guide, custom inference code with hosting services: the container listens on "
    "port 8080",
    symptom=f"SageMaker's health check on port {_PORT} is never answered, {_FAILS}",
    fix=f"Leave {BIND_TO_PORT} out.",
)
def other_port(evidence: DeploymentEvidence) -> Iterator[Violation]:
    """SageMaker asks port 8080."""
    for name, model in evidence.served_models():
        value = model.container.environment.get(BIND_TO_PORT, _PORT)
        if value != _PORT:
            yield Violation(
                f"{BIND_TO_PORT} is {value!r}.",
                f"{_PORT}.",
                ("models", name, "container", "environment", BIND_TO_PORT),
            )


@rule(
    "SEA607",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AT_REQUEST,
    title="a single model in multi-model mode",
    scope=DEPLOYMENT,
    of_bare=(),
    source=SERVE,
    symptom="The endpoint is InService without a model, and every request fails.",
    fix=f"Leave {MULTI_MODEL} out.",
)
def multi_model_mode(evidence: DeploymentEvidence) -> Iterator[Violation]:
    """In multi-model mode the container loads what SageMaker tells it to, never its own archive."""
    for name, model in evidence.served_models():
        if model.container.environment.get(MULTI_MODEL) == "true":
            yield Violation(
                f"{MULTI_MODEL} is 'true'.",
                "no such variable: SageMaker sets it for multi-model endpoints.",
                ("models", name, "container", "environment", MULTI_MODEL),
            )


@rule(
    "SEA608",
    severity=Severity.ERROR,
    enforced_by=Enforcer.NOBODY,
    seen_after=SeenAfter.LATER,
    title="the image is named by the tag latest",
    scope=DEPLOYMENT,
    of_bare=(Surrounding.INSTANCE, Surrounding.IMAGE),
    source="SageMaker API Reference, DeployedImage: a tag is resolved to a digest while an endpoint is "
    "deployed; Amazon ECR User Guide, preventing image tags from being overwritten",
    symptom="A pushed image is not deployed, as the template stays equal; it comes with the next change of "
    "something else, and a rollback of that does not bring the old one back.",
    fix="Name a version's tag or a digest.",
)
def image_tagged_latest(evidence: DeploymentEvidence) -> Iterator[Violation]:
    """The image changes when the deployment file does."""
    for name, image_uri in _own_images(evidence):
        image = parse_ecr_image(image_uri)
        if image is not None and image.tag == "latest":
            yield Violation(
                f"{image_uri!r} has the tag 'latest', whose image changes while the template stays equal.",
                "a version's tag, or a digest.",
                ("models", name, "container", "image_uri"),
            )


def _own_images(evidence: DeploymentEvidence) -> Iterator[tuple[str, str]]:
    for name, model in evidence.served_models():
        if model.container.image_uri is not None:
            yield name, model.container.image_uri
