"""SEA750 to SEA755: Elastic Inference in the deployment file."""

import pytest

from preflight import Finding, Severity
from tests.preflight.conftest import Project

_PRIVATE_LINK = (
    "network:\n"
    "  private_link: [sagemaker.runtime, ssm, ssmmessages, ec2messages, elastic-inference.runtime]\n"
)
_ELASTIC_INFERENCE = (
    "    elastic_inference: {type: eia2.xlarge, model: classifier, acknowledge_retired: true}\n"
)
_CLIENT = f"""\
clients:
  gpt:
    type: ec2
    instance_type: m5.large
    image: ami-0123456789abcdef0
{_ELASTIC_INFERENCE}"""
_IMAGE_OF_ELASTIC_INFERENCE = (
    "    triton:\n      max_batch_size: 16\n      instance_group: [{kind: KIND_GPU}]\n",
    '    pytorch: {max_batch_size: 16}\n    container: {elastic_inference_release: "1.5.1"}\n',
)


@pytest.fixture
def accelerated(project: Project) -> Project:
    """A good project with a client that has an accelerator, all that it needs, and says that it knows."""
    project.text = project.text.replace("models:\n", f"{_PRIVATE_LINK}models:\n", 1) + _CLIENT
    return project


def _only(findings: list[Finding]) -> Finding:
    (finding,) = findings
    return finding


def test_a_good_client_has_no_finding(accelerated: Project) -> None:
    """But that its accelerators are retired."""
    rules = {each.rule for each in accelerated.check().findings if each.subject == "clients.gpt"}
    assert rules == {"SEA751"}


def test_sea750_an_accelerated_endpoint_is_an_error_with_its_replacement(project: Project) -> None:
    """The date, the old size and price, and the new ones with theirs."""
    project.edit("{type: ml.g4dn.xlarge}", "{type: ml.c5.large, accelerator: ml.eia2.medium}")
    finding = _only(project.found("SEA750"))
    assert finding.severity is Severity.ERROR
    assert finding.subject == "endpoints.dedicated"
    assert "2023-04-15" in finding.what
    assert "2 GiB, 1 TFLOPS in FP32, 0.29 USD/h with ml.c5.large (2020)" in finding.what
    assert "ml.g4dn.xlarge with 16 GiB of GPU memory, 0.74 USD/h (2022)" in finding.fix
    assert "an inference component of 1 CPU and 2 GiB on ml.m5.xlarge" in finding.fix
    assert "ml.inf2.xlarge with 32 GiB" in finding.fix
    assert "seatrial migrate" in finding.fix


def test_sea750_an_accelerated_client_is_an_error_with_ec2s_names(accelerated: Project) -> None:
    """No component, which is SageMaker's, and no ``ml.``."""
    accelerated.edit(", acknowledge_retired: true", "")
    finding = _only(accelerated.found("SEA750"))
    assert "8 GiB, 4 TFLOPS in FP32, 0.44 USD/h with m5.large (2020)" in finding.what
    assert "Take g4dn.xlarge with 16 GiB of GPU memory" in finding.fix
    assert "component" not in finding.fix
    assert "ml." not in finding.fix


def test_sea750_the_runtimes_endpoint_alone_is_an_error(accelerated: Project) -> None:
    """Without a client that has accelerators nothing uses it."""
    accelerated.edit(_CLIENT, "")
    finding = _only(accelerated.found("SEA750"))
    assert finding.subject == "network"
    assert "private_link has elastic-inference.runtime, and no client has accelerators" in finding.what
    assert "seatrial migrate" in finding.fix


def test_sea751_acknowledged_it_is_a_warning_that_stays(accelerated: Project) -> None:
    """Every report goes on saying so."""
    assert accelerated.found("SEA750") == []
    assert _only(accelerated.found("SEA751")).severity is Severity.WARNING


def test_sea751_an_acknowledged_endpoint(project: Project) -> None:
    """An endpoint says that it knows as a client does."""
    project.edit(
        "{type: ml.g4dn.xlarge}",
        "{type: ml.c5.large, accelerator: ml.eia2.medium}\n    acknowledge_retired: true",
    )
    assert project.found("SEA750") == []
    finding = _only(project.found("SEA751"))
    assert finding.subject == "endpoints.dedicated"
    assert "2023-04-15" in finding.what


def test_sea751_an_acknowledgment_stands_at_the_client(accelerated: Project) -> None:
    """With its reason, in the client's own section."""
    accelerated.text += '    acknowledge: {SEA751: "kept to be compared"}\n'
    assert _only(accelerated.found("SEA751")).acknowledged == "kept to be compared"
    assert accelerated.found("SEA901") == []


def test_sea751_nothing_is_retired(project: Project) -> None:
    """Without accelerators neither rule speaks."""
    assert project.found("SEA750") == []
    assert project.found("SEA751") == []


def test_sea752_no_endpoint_of_the_accelerators_runtime(accelerated: Project) -> None:
    """Accelerators are reached through the network, so it must have their runtime's interface endpoint."""
    assert accelerated.found("SEA752") == []
    accelerated.edit(", elastic-inference.runtime]", "]")
    finding = _only(accelerated.found("SEA752"))
    assert finding.severity is Severity.ERROR
    assert finding.subject == "clients.gpt"
    assert "no endpoint of elastic-inference.runtime" in finding.what


def test_sea752_a_client_without_accelerators(accelerated: Project) -> None:
    """It needs no such endpoint."""
    accelerated.edit(", elastic-inference.runtime]", "]")
    accelerated.edit(_ELASTIC_INFERENCE, "")
    assert accelerated.found("SEA752") == []


def test_sea753_every_address(accelerated: Project) -> None:
    """A prefix of 0 lets everyone in."""
    assert accelerated.found("SEA753") == []
    accelerated.edit("model: classifier, ack", "model: classifier, ingress_cidrs: [0.0.0.0/0], ack")
    finding = _only(accelerated.found("SEA753"))
    assert finding.severity is Severity.ERROR
    assert finding.subject == "clients.gpt"
    assert finding.what == "ingress_cidrs has 0.0.0.0/0, which is every address."


def test_sea753_some_addresses(accelerated: Project) -> None:
    """Networks that are named are what the field is for."""
    accelerated.edit("model: classifier, ack", "model: classifier, ingress_cidrs: [10.0.0.0/16], ack")
    assert accelerated.found("SEA753") == []


@pytest.mark.parametrize("image", ["deep-learning-pytorch", "amazon-linux-2023"])
def test_sea754_a_latest_image(accelerated: Project, image: str) -> None:
    """Only an image named by its id can have the PyTorch of Elastic Inference."""
    assert accelerated.found("SEA754") == []
    accelerated.edit("ami-0123456789abcdef0", image)
    finding = _only(accelerated.found("SEA754"))
    assert finding.severity is Severity.WARNING
    assert finding.subject == "clients.gpt"
    assert finding.what == f"{image} at its latest has no amazonei_pytorch_p36."


def test_sea754_a_client_without_accelerators(accelerated: Project) -> None:
    """It may have any image."""
    accelerated.edit("ami-0123456789abcdef0", "deep-learning-pytorch")
    accelerated.edit(_ELASTIC_INFERENCE, "")
    assert accelerated.found("SEA754") == []


def test_sea755_an_accelerator_wants_the_image_of_elastic_inference(project: Project) -> None:
    """Triton's, or PyTorch's standard image, would leave it idle."""
    assert project.found("SEA755") == []
    project.edit("{type: ml.g4dn.xlarge}", "{type: ml.c5.large, accelerator: ml.eia2.medium}")
    finding = _only(project.found("SEA755"))
    assert finding.severity is Severity.ERROR
    assert finding.subject == "endpoints.dedicated"
    assert "not of Elastic Inference" in finding.what
    project.edit(*_IMAGE_OF_ELASTIC_INFERENCE)
    assert project.found("SEA755") == []


def test_sea755_the_image_wants_an_accelerator(project: Project) -> None:
    """The image of Elastic Inference would wait for what no variant has."""
    project.edit(*_IMAGE_OF_ELASTIC_INFERENCE)
    finding = _only(project.found("SEA755"))
    assert finding.severity is Severity.ERROR
    assert finding.subject == "endpoints.dedicated"
    assert "no accelerator" in finding.what
