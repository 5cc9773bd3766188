"""SageMaker's PyTorch layout on real parts: packaged, deployed by the stock CDK CLI, asked, compared."""

import functools
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from model_packaging.artifact import MANIFEST_FILE_NAME, Layout, read_manifest
from tests.end_to_end.description.deployed import Resource, load_stacks
from tests.end_to_end.description.judgement import stale_exceptions, wrong_leaves
from tests.end_to_end.project import Project

pytestmark = pytest.mark.integration

PYTORCH_DEPLOYMENT = "deployments/pytorch.yaml"
ASKED = {
    ("densenet", 1): 5,
    ("densenet", 4): 5,
    ("gpt", 1): 5,
    ("gpt", 2): 5,
    ("constant-t2", 1): 5,
    ("constant-t2", 16): 5,
    ("constant-m5", 1): 5,
    ("constant-m5", 16): 5,
}


@pytest.fixture(scope="module")
def pytorch_rehearsed(project: Project) -> dict[str, Any]:
    """Return the document of one `seatrial rehearse` of the PyTorch deployment."""
    return project.document("rehearse", PYTORCH_DEPLOYMENT)


def folder_of(project: Project, model: str) -> Path:
    return project.root / "build" / "pytorch" / model


def test_every_model_answers_as_eager_pytorch_does(pytorch_rehearsed: dict[str, Any]) -> None:
    """DenseNet-121, GPT and the constant: five fresh requests at batch 1, five at the maximum, each."""
    answers = pytorch_rehearsed["answers"]
    assert Counter((answer["target"], answer["batch_size"]) for answer in answers) == ASKED
    assert [answer["wrong"] for answer in answers] == [[]] * len(answers)
    assert pytorch_rehearsed["ok"] is True


def test_the_archive_is_the_posts(project: Project, pytorch_rehearsed: dict[str, Any]) -> None:
    """model.pt at the root beside code/inference.py, and the manifest knows the layout."""
    assert pytorch_rehearsed["ok"]
    manifest = read_manifest(folder_of(project, "densenet") / MANIFEST_FILE_NAME)
    assert manifest.layout is Layout.PYTORCH
    assert [record.path for record in manifest.files] == ["code/inference.py", "model.pt"]


@pytest.mark.usefixtures("pytorch_rehearsed")
def test_the_model_is_described_as_declared(project: Project) -> None:
    """DescribeModel says the standard image for CPUs, the entry point and network isolation."""
    sagemaker = project.client("sagemaker")
    config = sagemaker.describe_endpoint(EndpointName="pytorch-densenet")["EndpointConfigName"]
    [variant] = sagemaker.describe_endpoint_config(EndpointConfigName=config)["ProductionVariants"]
    model = sagemaker.describe_model(ModelName=variant["ModelName"])
    container = model["PrimaryContainer"]
    assert variant["InstanceType"] == "ml.c5.xlarge"
    assert container["Image"].endswith("/pytorch-inference:2.6.0-cpu-py312")
    assert container["Environment"] == {"SAGEMAKER_PROGRAM": "inference.py"}
    assert model["EnableNetworkIsolation"] is True


@pytest.mark.usefixtures("pytorch_rehearsed")
@pytest.mark.parametrize(
    ("content_type", "body", "accept", "answer"),
    [
        ("application/json", b"[[1, 2, 3, 4]]", "application/json", b"[[0.5]]"),
        ("text/csv", b"1,2,3,4\n5,6,7,8", "text/csv", b"0.5\n0.5\n"),
    ],
)
def test_the_stock_client_may_use_every_content_type(
    project: Project, content_type: str, body: bytes, accept: str, answer: bytes
) -> None:
    """What the toolkit takes and gives passes the data plane as it is."""
    found = project.client("sagemaker-runtime").invoke_endpoint(
        EndpointName="pytorch-constant-m5", ContentType=content_type, Accept=accept, Body=body
    )
    assert (found["ContentType"], found["Body"].read()) == (accept, answer)


@pytest.mark.usefixtures("pytorch_rehearsed")
def test_what_the_toolkit_refuses_is_a_model_error(project: Project) -> None:
    """With the container's status and its own words."""
    with pytest.raises(ClientError) as refusal:
        project.client("sagemaker-runtime").invoke_endpoint(
            EndpointName="pytorch-constant-m5", ContentType="application/unknown", Body=b"x"
        )
    response = refusal.value.response
    assert response["Error"]["Code"] == "ModelError"
    assert response["OriginalStatusCode"] == 500
    assert response["OriginalMessage"].startswith("Content type application/unknown is not supported")


@pytest.mark.usefixtures("pytorch_rehearsed")
def test_invoke_sends_a_recorded_sample(project: Project) -> None:
    """`seatrial invoke` knows how this layout is asked."""
    answered = project.document("invoke", PYTORCH_DEPLOYMENT, "constant-t2")
    assert answered["outputs"] == {"OUTPUT__0": [[0.5]]}


@pytest.fixture(scope="module")
def resources(
    project: Project,
    pytorch_rehearsed: dict[str, Any],  # noqa: ARG001 - what was deployed
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Resource, ...]:
    """Return every resource of every stack."""
    folder = tmp_path_factory.mktemp("pytorch-synth") / "cdk.out"
    context = f"deployment={PYTORCH_DEPLOYMENT}"
    finished = project.cdk("synth", "--quiet", "--output", str(folder), "--context", context)
    assert finished.returncode == 0, finished.stderr
    stacks = load_stacks(folder, functools.cache(project.client))
    return tuple(resource for stack in stacks for resource in stack.resources)


def test_the_clients_are_what_their_templates_say(
    resources: tuple[Resource, ...], subtests: pytest.Subtests
) -> None:
    """The one inside the network and the one outside of it, with its own network: property by property."""
    clients = [each for each in resources if each.stack.name.startswith("pytorch-client-")]
    assert {each.stack.name for each in clients} == {"pytorch-client-inside", "pytorch-client-outside"}
    for resource in clients:
        with subtests.test(resource=str(resource), type=resource.type):
            assert wrong_leaves(resource) == []
    assert stale_exceptions(clients) == []


def test_only_the_client_outside_has_a_public_address(
    project: Project, resources: tuple[Resource, ...]
) -> None:
    """It is what the comparison of the public and the private endpoint is about."""
    assert resources
    found = project.client("ec2").describe_instances()["Reservations"]
    instances = [instance for reservation in found for instance in reservation["Instances"]]
    interfaces = {
        instance["SubnetId"]: bool(instance.get("PublicIpAddress"))
        for instance in instances
        if instance["State"]["Name"] != "terminated"
    }
    assert sorted(interfaces.values()) == [False, True]


@pytest.mark.soak
@pytest.mark.usefixtures("pytorch_rehearsed")
def test_gpt_answers_as_eager_pytorch_does_at_its_full_size(project: Project) -> None:
    """All 116 million parameters, in the place of the two blocks that the other tests ask."""
    small, full = "{random_seed: 7, layers: 2, heads: 4, width: 64}", "{random_seed: 7}"
    project.replace_in_deployment(small, full, PYTORCH_DEPLOYMENT)
    answers = project.document("rehearse", PYTORCH_DEPLOYMENT)["answers"]
    manifest = read_manifest(folder_of(project, "gpt") / MANIFEST_FILE_NAME)
    assert sum(record.size_bytes for record in manifest.files) > 116_534_784 * 4
    assert [answer["wrong"] for answer in answers if answer["target"] == "gpt"] == [[]] * 10
