"""SEA750 to SEA754 and SEA756 to SEA758: Elastic Inference and clients in the deployment file."""

import pytest

from preflight import Finding, Severity
from tests.preflight.conftest import Project

_PRIVATE_LINK = (
    "network:\n"
    "  private_link: [sagemaker.runtime, ssm, ssmmessages, ec2messages, elastic-inference.runtime]\n"
)
_CLIENT = """\
clients:
  gpt:
    type: ec2
    instance_type: m5.large
    image: ami-0123456789abcdef0
    elastic_inference: {type: eia2.xlarge, model: classifier, acknowledge_retired: true}
"""


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


def test_an_accelerated_endpoint_is_an_error_with_its_replacement(project: Project) -> None:
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


def test_an_accelerated_client_is_an_error_with_ec2s_names(accelerated: Project) -> None:
    """No component, which is SageMaker's, and no ``ml.``."""
    accelerated.edit(", acknowledge_retired: true", "")
    finding = _only(accelerated.found("SEA750"))
    assert "8 GiB, 4 TFLOPS in FP32, 0.44 USD/h with m5.large (2020)" in finding.what
    assert "Take g4dn.xlarge with 16 GiB of GPU memory" in finding.fix
    assert "component" not in finding.fix
    assert "ml." not in finding.fix


def test_acknowledged_it_is_a_warning_that_stays(accelerated: Project) -> None:
    """Every report goes on saying so."""
    assert accelerated.found("SEA750") == []
    assert _only(accelerated.found("SEA751")).severity is Severity.WARNING


@pytest.mark.parametrize(
    ("rule", "old", "new", "words"),
    [
        ("SEA752", ", elastic-inference.runtime]", "]", "no endpoint of elastic-inference.runtime"),
        (
            "SEA753",
            "model: classifier, ack",
            "model: classifier, ingress_cidrs: [0.0.0.0/0], ack",
            "every address",
        ),
        ("SEA754", "ami-0123456789abcdef0", "deep-learning-pytorch", "no amazonei_pytorch_p36"),
        ("SEA756", "ssm, ssmmessages, ", "", "lacks ssm, ssmmessages"),
        ("SEA757", "sagemaker.runtime, ", "", "lacks sagemaker.runtime"),
        ("SEA758", "m5.large", "m7g.large", "arm64"),
    ],
)
def test_what_a_client_lacks_is_told(accelerated: Project, rule: str, old: str, new: str, words: str) -> None:
    """One finding at the client, and none where nothing is wrong."""
    assert accelerated.found(rule) == []
    accelerated.edit(old, new)
    finding = _only(accelerated.found(rule))
    assert finding.subject == "clients.gpt"
    assert words in finding.what


@pytest.mark.parametrize("rule", ["SEA756", "SEA757"])
def test_a_public_client_needs_no_interface_endpoint(project: Project, rule: str) -> None:
    """It reaches Session Manager and the endpoints by their public addresses."""
    project.text += "clients:\n  outside: {type: ec2, instance_type: m5.large, placement: public}\n"
    assert project.found(rule) == []


def test_a_client_without_endpoints_needs_no_runtime(accelerated: Project) -> None:
    """It invokes nothing."""
    accelerated.edit("sagemaker.runtime, ", "")
    accelerated.edit("instance_type: m5.large\n", "instance_type: m5.large\n    endpoints: []\n")
    assert accelerated.found("SEA757") == []


def test_an_endpoint_that_is_there_already_counts(accelerated: Project) -> None:
    """Whoever made it: the network of one's own may have it."""
    accelerated.edit(
        "sagemaker.runtime, ",
        "",
    )
    accelerated.edit(
        "network:\n",
        "network:\n  existing:\n    vpc: {id: vpc-0123456789abcdef0, cidr: 10.0.0.0/16}\n"
        "    endpoint_security_group: sg-0123456789abcdef0\n"
        "    interface_endpoints: {sagemaker.runtime: vpce-0123456789abcdef0}\n",
    )
    assert accelerated.found("SEA757") == []


def test_an_accelerator_wants_the_image_of_elastic_inference(project: Project) -> None:
    """Triton's, or PyTorch's standard image, would leave it idle."""
    assert project.found("SEA755") == []
    project.edit("{type: ml.g4dn.xlarge}", "{type: ml.c5.large, accelerator: ml.eia2.medium}")
    assert "not of Elastic Inference" in _only(project.found("SEA755")).what
    project.edit(
        "    triton:\n      max_batch_size: 16\n      instance_group: [{kind: KIND_GPU}]\n",
        '    pytorch: {max_batch_size: 16}\n    container: {elastic_inference_release: "1.5.1"}\n',
    )
    assert project.found("SEA755") == []
    project.edit(", accelerator: ml.eia2.medium", "")
    assert "no accelerator" in _only(project.found("SEA755")).what


def test_an_acknowledgment_stands_at_the_client(accelerated: Project) -> None:
    """With its reason, in the client's own section."""
    accelerated.text += '    acknowledge: {SEA751: "kept to be compared"}\n'
    assert _only(accelerated.found("SEA751")).acknowledged == "kept to be compared"
    assert accelerated.found("SEA901") == []
