"""Stacks of a run: deployed, looked at, and entered for their end."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from conformance.account import Account
from conformance.other_kinds import STACK
from conformance.registry import Registry
from conformance.waiting import until

__all__ = ["Stacks"]


@dataclass(frozen=True, slots=True)
class Stacks:
    """Stacks.

    Attributes:
        account: where they are.
        registry: enters them.
        new_name: makes a name that nothing else has.
    """

    account: Account
    registry: Registry
    new_name: Callable[[str], str]

    def deploy(self, resources: dict[str, Any]) -> tuple[str, str]:
        """Create a stack, wait until it has settled, and return its name and status."""
        name = self.registry.enter(STACK, self.new_name("stack"))
        self.account.client("cloudformation").create_stack(
            StackName=name,
            TemplateBody=json.dumps({"Resources": resources}),
            Tags=self.account.tags,
        )
        return name, self.settled(name)

    def settled(self, name: str) -> str:
        """Wait until nothing is in progress on a stack, and return its status."""
        cloudformation = self.account.client("cloudformation")

        def status() -> str:
            return str(cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"])

        until(self.account, f"a change of stack {name}", lambda: not status().endswith("_IN_PROGRESS"))
        return status()

    def redeploy(self, name: str, resources: dict[str, Any]) -> str:
        """Update a stack, wait until it has settled, and return its status."""
        template = json.dumps({"Resources": resources})
        self.account.client("cloudformation").update_stack(StackName=name, TemplateBody=template)
        return self.settled(name)

    def physical_id(self, stack: str, resource: str) -> str:
        """Return the physical id of a stack's resource."""
        described = self.account.client("cloudformation").describe_stack_resources(StackName=stack)
        ids = {each["LogicalResourceId"]: each["PhysicalResourceId"] for each in described["StackResources"]}
        return str(ids[resource])

    def reasons(self, name: str) -> str:
        """Return what a stack's events say went wrong, in one text."""
        events = self.account.client("cloudformation").describe_stack_events(StackName=name)["StackEvents"]
        failed = [each for each in events if each["ResourceStatus"].endswith("_FAILED")]
        return " | ".join(str(each.get("ResourceStatusReason", "")) for each in reversed(failed))
