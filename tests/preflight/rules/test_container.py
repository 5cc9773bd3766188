"""The rules about the container's image, and what it is told."""

from typing import TYPE_CHECKING

import pytest

from preflight import Location, Severity

if TYPE_CHECKING:
    from tests.preflight.conftest import Project


IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/triton"
EXPORT_LINE = '    export: {from: "vision:classifier", to: torchscript, how: trace}\n'


def set_image(project: "Project", uri: str) -> None:
    project.edit(EXPORT_LINE, f'{EXPORT_LINE}    container: {{image_uri: "{uri}"}}\n')


def set_variable(project: "Project", name: str, value: str) -> None:
    project.edit(EXPORT_LINE, f'{EXPORT_LINE}    container:\n      environment:\n        {name}: "{value}"\n')


@pytest.mark.parametrize(
    "uri",
    [
        "nvcr.io/nvidia/tritonserver:24.09-py3",
        "public.ecr.aws/triton/server:1",
        "docker.io/library/triton:latest",
        f"{IMAGE.replace('triton', 'Triton')}:1",
    ],
)
def test_sea601_image_not_in_ecr(project: "Project", uri: str) -> None:
    """SageMaker pulls from private ECR registries."""
    set_image(project, uri)
    [finding] = project.found("SEA601")
    assert finding.what == f"{uri!r} is not in a private ECR registry."
    assert project.found("SEA602") == project.found("SEA608") == []


@pytest.mark.parametrize(
    "registry",
    [
        "123456789012.dkr.ecr.us-east-1.amazonaws.com",
        "123456789012.dkr.ecr-fips.us-east-1.amazonaws.com",
        "123456789012.dkr-ecr.us-east-1.on.aws",
    ],
)
def test_sea601_knows_every_private_registry(project: "Project", registry: str) -> None:
    """The plain, the FIPS and the dual-stack name of a registry are the same registry."""
    set_image(project, f"{registry}/team/triton@sha256:{'0' * 64}")
    assert project.found("SEA601") == project.found("SEA602") == []


def test_sea602_image_in_another_region(project: "Project") -> None:
    """Image and model are in one region."""
    uri = f"{IMAGE.replace('us-east-1', 'eu-west-1')}:24.09"
    set_image(project, uri)
    [finding] = project.found("SEA602")
    assert finding.what == f"{uri!r} is in eu-west-1; the deployment is in us-east-1."
    assert finding.allowed == "an image in us-east-1."


def test_sea603_default_model_missing(project: "Project") -> None:
    """The default model is a folder of the archive."""
    set_variable(project, "SAGEMAKER_TRITON_DEFAULT_MODEL_NAME", "resnet")
    [finding] = project.found("SEA603")
    assert finding.what == (
        "SAGEMAKER_TRITON_DEFAULT_MODEL_NAME is 'resnet'; the archive holds 'classifier'."
    )
    assert finding.subject == "models.classifier"
    assert finding.location == Location("deployments/vision.yaml", 8)
    project.edit('"resnet"', '"classifier"')
    assert project.found("SEA603") == []


def test_sea604_unknown_variable(project: "Project") -> None:
    """A misspelt variable of the container's own prefix is a warning, with the names that are near."""
    set_variable(project, "SAGEMAKER_TRITON_LOG_VERBOS", "1")
    [finding] = project.found("SEA604")
    assert finding.what == "The container does not read SAGEMAKER_TRITON_LOG_VERBOS."
    assert finding.allowed.startswith("SAGEMAKER_TRITON_LOG_VERBOSE, ")
    assert finding.severity is Severity.WARNING


def test_sea604_leaves_other_variables_and_own_images_alone(project: "Project") -> None:
    """Variables of one's own are one's own, and so is what an own image reads."""
    set_variable(project, "MY_VARIABLE", "1")
    assert project.found("SEA604") == []
    project.edit("MY_VARIABLE", "SAGEMAKER_TRITON_OURS")
    image = "123456789012.dkr.ecr.us-east-1.amazonaws.com/triton:1"
    project.edit("    container:\n", f"    container:\n      image_uri: {image}\n")
    assert project.found("SEA604") == []


def test_sea605_unknown_inference_type(project: "Project") -> None:
    """The frontend answers in one of three ways."""
    set_variable(project, "SAGEMAKER_TRITON_INFERENCE_TYPE", "stream")
    [finding] = project.found("SEA605")
    assert finding.what == "SAGEMAKER_TRITON_INFERENCE_TYPE is 'stream'."
    assert finding.allowed == "infer, generate, generate_stream."
    project.edit('"stream"', '"generate"')
    assert project.found("SEA605") == []


def test_sea606_other_port(project: "Project") -> None:
    """SageMaker asks port 8080 and nothing else."""
    set_variable(project, "SAGEMAKER_BIND_TO_PORT", "9000")
    [finding] = project.found("SEA606")
    assert finding.what == "SAGEMAKER_BIND_TO_PORT is '9000'."
    assert finding.allowed == "8080."
    project.edit('"9000"', '"8080"')
    assert project.found("SEA606") == []


def test_sea607_multi_model_mode(project: "Project") -> None:
    """The container would ignore the model's own archive."""
    set_variable(project, "SAGEMAKER_MULTI_MODEL", "true")
    [finding] = project.found("SEA607")
    assert finding.what == "SAGEMAKER_MULTI_MODEL is 'true'."
    assert finding.subject == "models.classifier"
    project.edit('"true"', '"false"')
    assert project.found("SEA607") == []


def test_sea608_image_tagged_latest(project: "Project") -> None:
    """A tag that moves would change what is served behind an unchanged template."""
    set_image(project, f"{IMAGE}:latest")
    [finding] = project.found("SEA608")
    assert finding.what == (
        f"'{IMAGE}:latest' has the tag 'latest', whose image changes while the template stays equal."
    )
    assert finding.severity is Severity.ERROR
    assert finding.location == Location("deployments/vision.yaml", 6)


@pytest.mark.parametrize("version", [":24.09-py3", ":latest-24.09", f"@sha256:{'0' * 64}"])
def test_sea608_leaves_versions_alone(project: "Project", version: str) -> None:
    """Any other tag and every digest names a version, for all that is known."""
    set_image(project, f"{IMAGE}{version}")
    assert project.check().findings == ()
