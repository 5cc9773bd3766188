"""Elastic Inference on the laptop's AWS: refused today, deployed and read back as of 2020."""

import functools
import shutil
from collections.abc import Iterator
from typing import Any

import pytest

from tests.end_to_end.conftest import ROOT
from tests.end_to_end.description.deployed import Resource, Stack, load_stacks
from tests.end_to_end.description.describers import DESCRIBERS
from tests.end_to_end.description.description import Clients
from tests.end_to_end.description.judgement import stale_exceptions, wrong_leaves
from tests.end_to_end.project import Project, free_port_pair

pytestmark = [pytest.mark.integration, pytest.mark.timeout(900)]

DEPLOYMENT = "deployments/elastic-inference.yaml"
STACKS = {"elastic-inference-network", "elastic-inference-densenet", "elastic-inference-client-gpt"}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """Yield a copy of the project with a laptop's AWS of its own, stopped at the end."""
    copy = tmp_path_factory.mktemp("elastic-inference") / "project"
    left_out = shutil.ignore_patterns(
        ".git", ".venv*", "node_modules", "build", "cdk.out", ".seatrial", "__pycache__", ".*_cache"
    )
    shutil.copytree(ROOT, copy, ignore=left_out)
    for environment in (".venv", ".venv-aws", ".venv-triton"):
        (copy / environment).symlink_to(ROOT / environment)
    copied = Project(copy, free_port_pair())
    yield copied
    copied.seatrial("local", "down")


@pytest.fixture(scope="module")
def rehearsed(project: Project) -> dict[str, Any]:
    """Return the document of one rehearsal on the laptop's AWS as of 2020."""
    started = project.document("local", "up", "--as-of", "2020")
    assert started["as_of"] == 2020
    return project.document("rehearse", DEPLOYMENT)


@pytest.fixture(scope="module")
def clients(project: Project) -> Clients:
    """Return what makes the clients of the laptop's AWS."""
    return functools.cache(project.client)


@pytest.fixture(scope="module")
def stacks(
    project: Project,
    rehearsed: dict[str, Any],  # noqa: ARG001 - what was deployed
    clients: Clients,
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Stack, ...]:
    """Return the deployed stacks."""
    folder = tmp_path_factory.mktemp("elastic-inference-synth") / "cdk.out"
    context = ["--context", f"deployment={DEPLOYMENT}"]
    finished = project.cdk("synth", "--quiet", "--output", str(folder), *context)
    assert finished.returncode == 0, finished.stderr
    return load_stacks(folder, clients)


@pytest.fixture(scope="module")
def resources(stacks: tuple[Stack, ...]) -> tuple[Resource, ...]:
    """Return the resources of all of them."""
    return tuple(resource for stack in stacks for resource in stack.resources)


def test_the_rehearsal_is_labelled_and_right(rehearsed: dict[str, Any]) -> None:
    """DenseNet behind an accelerator of 2020 answers as eager PyTorch does, under the label of that year."""
    assert rehearsed["ok"] is True
    assert rehearsed["as_of"] == 2020
    assert {answer["target"] for answer in rehearsed["answers"]} == {"densenet"}


def test_status_and_every_answer_are_labelled(project: Project, stacks: tuple[Stack, ...]) -> None:
    """Whoever looks at what is deployed there sees which year's AWS took it."""
    assert {stack.name for stack in stacks} == STACKS
    shown = project.seatrial("local", "status").stdout
    assert "as of 2020: it takes what AWS took then and refuses today, Elastic Inference" in shown
    answer = project.client("sagemaker").list_endpoints()
    assert answer["ResponseMetadata"]["HTTPHeaders"]["x-seatrial-as-of"] == "2020"


def test_the_variant_has_its_accelerator(clients: Clients, stacks: tuple[Stack, ...]) -> None:
    """DescribeEndpointConfig answers the accelerator type that the post's endpoint had."""
    assert stacks
    sagemaker = clients("sagemaker")
    name = sagemaker.describe_endpoint(EndpointName="elastic-inference-densenet")["EndpointConfigName"]
    (variant,) = sagemaker.describe_endpoint_config(EndpointConfigName=name)["ProductionVariants"]
    assert (variant["InstanceType"], variant["AcceleratorType"]) == ("ml.c5.large", "ml.eia2.medium")


def test_the_instance_has_its_association(clients: Clients, stacks: tuple[Stack, ...]) -> None:
    """DescribeInstances answers one association, and under which year's AWS it was launched."""
    assert stacks
    (reservation,) = clients("ec2").describe_instances()["Reservations"]
    (instance,) = reservation["Instances"]
    (association,) = instance["ElasticInferenceAcceleratorAssociations"]
    assert association["ElasticInferenceAcceleratorArn"].startswith("arn:aws:elastic-inference:us-east-1:")
    assert association["ElasticInferenceAcceleratorAssociationState"] == "associated"
    assert instance["StateTransitionReason"] == "launched with Elastic Inference as of 2020"
    assert "PublicIpAddress" not in instance or instance["PublicIpAddress"] == ""


def test_every_property_is_what_the_template_says(
    resources: tuple[Resource, ...], subtests: pytest.Subtests
) -> None:
    """Property by property and tag by tag, of each resource by name: accelerators and what they need, too."""
    assert sorted({resource.type for resource in resources} - DESCRIBERS.keys()) == []
    for resource in resources:
        with subtests.test(resource=str(resource), type=resource.type):
            assert wrong_leaves(resource) == []


def test_the_list_of_what_no_call_returns_is_not_stale(resources: tuple[Resource, ...]) -> None:
    """An entry whose property is returned must go."""
    assert stale_exceptions(resources) == []


def test_today_the_laptop_refuses_it_as_aws_does(project: Project, rehearsed: dict[str, Any]) -> None:
    """Without --as-of the same deployment fails, in AWS's words, and 2020 is not mixed with today."""
    assert rehearsed["ok"] is True
    mixed = Project(project.root, project.port)
    assert mixed.seatrial("local", "down").returncode == 0
    assert mixed.document("local", "up")["as_of"] is None
    refused = mixed.seatrial("rehearse", DEPLOYMENT)
    assert refused.returncode == 1
    assert "elastic-inference.runtime" in refused.stderr
    assert "does not exist" in refused.stderr
