"""`cdk destroy` takes the components first, and leaves nothing. Nothing uses the deployment after this."""

import os
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest

from tests.end_to_end.components import Components
from tests.end_to_end.inventory import LISTERS, Inventory, new_in, take_inventory

pytestmark = pytest.mark.integration


@dataclass(frozen=True)
class Stack:
    """A stack before it was destroyed.

    Attributes:
        arn: by which CloudFormation knows it afterwards, too.
        resources: as ListStackResources has them.
    """

    arn: str
    resources: tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class Destroyed:
    """What there was, and what is left."""

    stacks: tuple[Stack, ...]
    deployed: Inventory
    tritons: tuple[int, ...]
    left: Inventory


@pytest.fixture(scope="module")
def destroyed(components: Components) -> Destroyed:
    """Destroy every stack of the deployment."""
    deployed = take_inventory(components.clients)
    names = deployed["AWS::CloudFormation::Stack"] - components.before["AWS::CloudFormation::Stack"]
    stacks = tuple(_stack(components, name) for name in sorted(names))
    tritons = tuple(components.triton_processes())
    finished = components.project.cdk(
        "destroy", "--all", "--force", "--context", f"deployment={components.deployment}"
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr
    return Destroyed(stacks, deployed, tritons, take_inventory(components.clients))


def _stack(components: Components, name: str) -> Stack:
    cloudformation = components.clients("cloudformation")
    (described,) = cloudformation.describe_stacks(StackName=name)["Stacks"]
    pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=name)
    resources = tuple(resource for page in pages for resource in page["StackResourceSummaries"])
    return Stack(described["StackId"], resources)


def _moments(components: Components, stack: Stack, resource_type: str, status: str) -> list[datetime]:
    events = components.clients("cloudformation").describe_stack_events(StackName=stack.arn)["StackEvents"]
    return [
        event["Timestamp"]
        for event in events
        if event["ResourceType"] == resource_type and event["ResourceStatus"] == status
    ]


def test_every_type_of_the_templates_is_listed(components: Components, destroyed: Destroyed) -> None:
    """A new type in a template needs a lister; each sees what was deployed, or it would prove nothing."""
    types = Counter(resource["ResourceType"] for stack in destroyed.stacks for resource in stack.resources)
    assert sorted(types.keys() - LISTERS.keys()) == []
    seen = new_in(destroyed.deployed, components.before)
    assert {
        kind: len(seen.get(kind, ())) for kind, count in types.items() if len(seen.get(kind, ())) < count
    } == {}


def test_components_go_before_their_endpoint(components: Components, destroyed: Destroyed) -> None:
    """By the stacks' events: the last component is gone when the endpoint's deletion begins."""
    gone, begun = (
        [
            moment
            for stack in destroyed.stacks
            for moment in _moments(components, stack, f"AWS::SageMaker::{kind}", status)
        ]
        for kind, status in (("InferenceComponent", "DELETE_COMPLETE"), ("Endpoint", "DELETE_IN_PROGRESS"))
    )
    assert (len(gone), len(begun)) == (2, 1)
    assert max(gone) < min(begun)


def test_no_service_lists_anything_that_was_not_there_before(
    components: Components, destroyed: Destroyed
) -> None:
    """Nothing is left, in any service."""
    assert new_in(destroyed.left, components.before) == {}
    assert new_in(components.before, destroyed.left) == {}


def test_keys_wait_for_their_deletion(components: Components, destroyed: Destroyed) -> None:
    """AWS deletes no key at once: this is all that can be done to one."""
    keys = [
        resource["PhysicalResourceId"]
        for stack in destroyed.stacks
        for resource in stack.resources
        if resource["ResourceType"] == "AWS::KMS::Key"
    ]
    assert keys
    kms = components.clients("kms")
    states = {kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] for key in keys}
    assert states == {"PendingDeletion"}


def test_no_triton_of_the_components_runs(components: Components, destroyed: Destroyed) -> None:
    """Their processes are gone, and the laptop's AWS says so, too."""
    assert destroyed.tritons
    for process_id in destroyed.tritons:
        with pytest.raises(ProcessLookupError):
            os.kill(process_id, 0)
    assert components.triton_processes() == []
