"""A cloud assembly's stacks as they are deployed: templates, physical ids, and what describe calls say."""

import functools
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.end_to_end.description.comparison import Leaf, compare, compare_tags
from tests.end_to_end.description.describers import DESCRIBERS
from tests.end_to_end.description.description import Clients, Description, tags_of
from tests.end_to_end.description.resolution import UnresolvedError, resolve

__all__ = ["Resource", "Stack", "load_stacks"]


@dataclass(frozen=True, eq=False)
class Stack:
    """One stack; it is also what its template's intrinsic functions refer to.

    Attributes:
        name: the stack's.
        account: where it is deployed.
        region: likewise.
        template: as synthesized.
        tags: as synthesized; each of its resources that takes tags has them, too.
        physical_ids: by logical id, from ListStackResources.
        clients: of that account and region.
        siblings: the assembly's stacks, whose exports it may import.
    """

    name: str
    account: str
    region: str
    template: Mapping[str, Any]
    tags: Mapping[str, str]
    physical_ids: Mapping[str, str]
    clients: Clients = field(repr=False)
    siblings: Sequence["Stack"] = field(repr=False)
    _descriptions: dict[str, Description] = field(default_factory=dict, repr=False)

    @property
    def resources(self) -> tuple["Resource", ...]:
        return tuple(Resource(self, logical_id) for logical_id in self.template["Resources"])

    @property
    def outputs(self) -> dict[str, object]:
        """The values of the template's outputs, resolved."""
        outputs = self.template.get("Outputs", {})
        return {name: resolve(output["Value"], self) for name, output in outputs.items()}

    def description(self, logical_id: str) -> Description:
        """Return what is described of a resource; asked once."""
        if logical_id not in self._descriptions:
            resource = Resource(self, logical_id)
            describe = DESCRIBERS.get(resource.type)
            if describe is None:
                raise UnresolvedError(
                    f"no describe call is known for {resource.type} ({resource}): write one"
                )
            self._descriptions[logical_id] = describe(
                self.clients, self.physical_ids[logical_id], resource.properties
            )
        return self._descriptions[logical_id]

    # --- what intrinsic functions refer to ---

    def ref(self, name: str) -> object:
        if name in self.physical_ids:
            return self.physical_ids[name]
        if name in self._pseudo_parameters:
            return self._pseudo_parameters[name]
        if name in self.template.get("Parameters", {}):
            return self._parameters[name]
        raise UnresolvedError(f"{self.name}: Ref of {name}, which is no deployed resource")

    def attribute(self, logical_id: str, name: str) -> object:
        attributes = self.description(logical_id).attributes
        if name not in attributes:
            raise UnresolvedError(
                f"{self.name}: {logical_id}.{name} is not described, only {sorted(attributes)}"
            )
        return attributes[name]

    def export(self, name: str) -> object:
        for stack in self.siblings:
            for output in stack.template.get("Outputs", {}).values():
                if output.get("Export", {}).get("Name") == name:
                    return resolve(output["Value"], stack)
        raise UnresolvedError(f"{self.name}: no stack exports {name}")

    def zones(self) -> Sequence[str]:
        zones = self.clients("ec2").describe_availability_zones()["AvailabilityZones"]
        return [zone["ZoneName"] for zone in zones]

    @functools.cached_property
    def _parameters(self) -> Mapping[str, str]:
        """The values of the template's parameters; of one that names an SSM parameter, that one's."""
        (described,) = self.clients("cloudformation").describe_stacks(StackName=self.name)["Stacks"]
        return {
            each["ParameterKey"]: each.get("ResolvedValue", each["ParameterValue"])
            for each in described["Parameters"]
        }

    @property
    def _pseudo_parameters(self) -> Mapping[str, str]:
        return {
            "AWS::AccountId": self.account,
            "AWS::Partition": "aws",
            "AWS::Region": self.region,
            "AWS::StackName": self.name,
            "AWS::URLSuffix": "amazonaws.com",
        }


@dataclass(frozen=True)
class Resource:
    """One resource of a stack's template."""

    stack: Stack
    logical_id: str

    def __str__(self) -> str:
        return f"{self.stack.name}/{self.logical_id}"

    @property
    def type(self) -> str:
        name: str = self.stack.template["Resources"][self.logical_id]["Type"]
        return name

    @property
    def properties(self) -> dict[str, Any]:
        """The template's properties, resolved, without tags."""
        declared = self.stack.template["Resources"][self.logical_id].get("Properties", {})
        resolved: dict[str, Any] = resolve(declared, self.stack)
        return {name: value for name, value in resolved.items() if name != "Tags"}

    @property
    def tags(self) -> dict[str, str]:
        """The template's own tags."""
        declared = self.stack.template["Resources"][self.logical_id].get("Properties", {}).get("Tags", [])
        return tags_of(resolve(declared, self.stack))

    def compare(self) -> tuple[Leaf, ...]:
        """Compare every property and tag with what is described."""
        description = self.stack.description(self.logical_id)
        properties = compare(self.properties, description.properties)
        if description.tags is None:
            return properties + compare_tags(self.tags, {})
        return properties + compare_tags({**self.stack.tags, **self.tags}, description.tags)


def load_stacks(folder: Path, clients: Clients) -> tuple[Stack, ...]:
    """Return the stacks of a cloud assembly, all of them deployed to one account and region.

    Args:
        folder: the assembly.
        clients: of that account and region.
    """
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    artifacts = {
        name: artifact
        for name, artifact in manifest["artifacts"].items()
        if artifact["type"] == "aws:cloudformation:stack"
    }
    stacks: list[Stack] = []
    for name, artifact in artifacts.items():
        account, region = artifact["environment"].removeprefix("aws://").split("/")
        properties = artifact["properties"]
        stacks.append(
            Stack(
                name,
                account,
                region,
                template=json.loads((folder / properties["templateFile"]).read_text(encoding="utf-8")),
                tags=properties.get("tags", {}),
                physical_ids=dict(_physical_ids(clients, name)),
                clients=clients,
                siblings=stacks,
            )
        )
    return tuple(stacks)


def _physical_ids(clients: Clients, stack: str) -> Iterator[tuple[str, str]]:
    pages = clients("cloudformation").get_paginator("list_stack_resources").paginate(StackName=stack)
    for page in pages:
        for summary in page["StackResourceSummaries"]:
            yield summary["LogicalResourceId"], summary["PhysicalResourceId"]
