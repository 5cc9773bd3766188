"""Every resource of every deployed stack is what its template says, by its own service's describe calls."""

import functools
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.end_to_end.description.comparison import Verdict, compare_tags
from tests.end_to_end.description.deployed import Resource, Stack, load_stacks
from tests.end_to_end.description.describers import DESCRIBERS
from tests.end_to_end.description.description import Clients, tags_of
from tests.end_to_end.description.judgement import stale_exceptions, wrong_leaves
from tests.end_to_end.private_deployments import deployed, make_existing_network
from tests.end_to_end.project import Project

pytestmark = pytest.mark.integration

STACKS: Mapping[str, frozenset[str]] = {
    "local": frozenset({"local-network", "local-classifier", "local-encoder"}),
    "private": frozenset({"private-network", "private-classifier", "private-encoder"}),
    "existing-network": frozenset({"existing-network-network", "existing-network-encoder"}),
}
"""The stacks of each deployment that is looked at."""


@pytest.fixture(scope="module")
def clients(project: Project) -> Clients:
    """Return what makes the clients of the laptop's AWS."""
    return functools.cache(project.client)


@pytest.fixture(
    scope="module",
    params=["local", "private", pytest.param("existing-network", marks=pytest.mark.soak)],
)
def deployment(
    request: pytest.FixtureRequest,
    project: Project,
    rehearsed: object,  # noqa: ARG001 - what was bootstrapped, with `local` deployed
    clients: Clients,
) -> Iterator[str]:
    """Yield the name of a deployment that stands."""
    name: str = request.param
    if name == "existing-network":
        make_existing_network(project, clients)
    if name == "local":
        yield name
    else:
        with deployed(project, name):
            yield name


@pytest.fixture(scope="module")
def synthesized(project: Project, deployment: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the cloud assembly of what is deployed."""
    folder = tmp_path_factory.mktemp("describe-everything") / "cdk.out"
    context = f"deployment=deployments/{deployment}.yaml"
    finished = project.cdk("synth", "--quiet", "--output", str(folder), "-c", context)
    assert finished.returncode == 0, finished.stderr
    return folder


@pytest.fixture(scope="module")
def stacks(synthesized: Path, clients: Clients) -> tuple[Stack, ...]:
    """Return the deployed stacks."""
    return load_stacks(synthesized, clients)


@pytest.fixture(scope="module")
def resources(stacks: tuple[Stack, ...]) -> tuple[Resource, ...]:
    """Return the resources of all of them."""
    return tuple(resource for stack in stacks for resource in stack.resources)


def test_all_stacks_are_looked_at(deployment: str, stacks: tuple[Stack, ...]) -> None:
    """The network's stack and one for each endpoint, each with resources."""
    assert {stack.name for stack in stacks} == STACKS[deployment]
    assert all(stack.template["Resources"] for stack in stacks)


def test_a_stack_has_the_resources_of_its_template(stacks: tuple[Stack, ...]) -> None:
    """All of them were created, and nothing else is left in a stack."""
    for stack in stacks:
        assert sorted(stack.physical_ids) == sorted(stack.template["Resources"]), stack.name


def test_every_resource_type_has_a_describe_call(resources: tuple[Resource, ...]) -> None:
    """A new type in a template needs a describer; its name is what fails here."""
    assert sorted({resource.type for resource in resources} - DESCRIBERS.keys()) == []


def test_every_property_is_what_the_template_says(
    resources: tuple[Resource, ...], subtests: pytest.Subtests
) -> None:
    """Property by property and tag by tag, of each resource by name."""
    for resource in resources:
        with subtests.test(resource=str(resource), type=resource.type):
            assert wrong_leaves(resource) == []
            assert any(leaf.verdict is Verdict.EQUAL for leaf in resource.compare())


def test_the_list_of_what_no_call_returns_is_not_stale(resources: tuple[Resource, ...]) -> None:
    """An entry whose property is returned, or which no template has, must go."""
    assert stale_exceptions(resources) == []


def test_stacks_have_their_tags_and_outputs(
    deployment: str, stacks: tuple[Stack, ...], clients: Clients
) -> None:
    """DescribeStacks answers the tags of the assembly, and each output resolved by what is described."""
    for stack in stacks:
        (described,) = clients("cloudformation").describe_stacks(StackName=stack.name)["Stacks"]
        tags = compare_tags(stack.tags, tags_of(described["Tags"]))
        assert [str(leaf) for leaf in tags if leaf.verdict is not Verdict.EQUAL] == []
        assert stack.tags["seatrial:deployment"] == deployment
        outputs = {output["OutputKey"]: output["OutputValue"] for output in described.get("Outputs", [])}
        assert outputs == stack.outputs


@pytest.mark.parametrize("deployment", ["private"], indirect=True)
def test_a_change_behind_cloudformations_back_is_found_by_name(synthesized: Path, clients: Clients) -> None:
    """The comparison sees the resources themselves: a retention changed by hand is the one difference."""
    logs = clients("logs")
    (group,) = (
        resource
        for stack in load_stacks(synthesized, clients)
        for resource in stack.resources
        if resource.type == "AWS::Logs::LogGroup"
    )
    name = group.stack.physical_ids[group.logical_id]
    logs.put_retention_policy(logGroupName=name, retentionInDays=60)
    try:
        different = [leaf for leaf in group.compare() if leaf.verdict is not Verdict.EQUAL]
    finally:
        logs.put_retention_policy(logGroupName=name, retentionInDays=group.properties["RetentionInDays"])
    assert [str(leaf) for leaf in different] == [
        "RetentionInDays: different: 365 in the template, 60 described"
    ]
