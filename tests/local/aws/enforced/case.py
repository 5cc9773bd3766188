"""What AWS refuses by itself, and how the laptop's AWS is asked for it."""

import copy
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.local.aws.account import BUCKET, Account
from tests.local.aws.component_account import ComponentAccount

__all__ = ["CallCase", "Case", "Deployed", "Resources", "deploy", "merged", "update"]

Resources = Mapping[str, Any]
"""Resources of a template by logical id."""

_WAIT_SECONDS = 60.0
_INLINE_BYTES = 51_200
"""Of a template in the request itself (CloudFormation User Guide, understand CloudFormation quotas)."""


@dataclass(frozen=True, slots=True)
class Case:
    """A template that breaks a rule.

    Attributes:
        rule: the id of the rule that finds it before.
        resources: of the template.
        words: part of what the laptop's AWS says.
        repair: resources that take the place of those, so that the rule and AWS take the template; None takes
            away.
        finishes: whether the repaired template can be created within a second. Where it can't, since a model
            would have to come up, it is refused for something else than ``words``.
        before: resources of the template that the stack has already, where AWS refuses its update.
        sections: of the template beside its resources.
    """

    rule: str
    resources: Resources
    words: str
    repair: Resources
    finishes: bool = True
    before: Resources | None = None
    sections: Mapping[str, Any] = field(default_factory=dict)

    def template(self) -> dict[str, Any]:
        """Return the template that is refused."""
        return {**self.sections, "Resources": copy.deepcopy(dict(self.resources))}

    def repaired(self) -> dict[str, Any]:
        """Return the template that is taken."""
        resources = {**self.resources, **self.repair}
        return {"Resources": {name: each for name, each in resources.items() if each is not None}}


@dataclass(frozen=True, slots=True)
class CallCase:
    """Requests that a deployment which breaks a rule leads to.

    Attributes:
        rule: as ``Case``'s.
        refused: makes the request that is refused; what boto3 raises is looked at.
        words: as ``Case``'s.
        taken: makes the request of a deployment that keeps the rule.
        about: what of the rule it is, where there are several.
    """

    rule: str
    refused: Callable[[ComponentAccount], object]
    words: str
    taken: Callable[[ComponentAccount], object]
    about: str = ""


@dataclass(frozen=True, slots=True)
class Deployed:
    """What became of a stack: its status, and the reasons of what failed in it, line by line."""

    status: str
    reasons: str


def merged(base: Resources, over: Resources) -> dict[str, Any]:
    """Return ``base`` with what ``over`` says instead; None takes away."""
    done: dict[str, Any] = copy.deepcopy(dict(base))
    for key, value in over.items():
        if value is None:
            done.pop(key, None)
        elif isinstance(value, Mapping) and isinstance(done.get(key), Mapping):
            done[key] = merged(done[key], value)
        else:
            done[key] = copy.deepcopy(value)
    return done


def deploy(account: Account, template: Mapping[str, Any]) -> Deployed:
    """Create a stack, delete it again, and return what became of it."""
    name = account.new_name("enforced")
    try:
        account.cloudformation.create_stack(StackName=name, **_body(account, template))
    except account.cloudformation.exceptions.ClientError as error:
        return Deployed("REFUSED", str(error))
    done = _became(account, name)
    _delete(account, name)
    return done


def update(account: Account, before: Mapping[str, Any], after: Mapping[str, Any]) -> Deployed:
    """Create a stack, update it, delete it again, and return what became of the update.

    Raises:
        AssertionError: the stack could not be created.
    """
    name = account.new_name("enforced")
    account.cloudformation.create_stack(StackName=name, **_body(account, before))
    created = _became(account, name)
    assert created.status == "CREATE_COMPLETE", created.reasons
    account.cloudformation.update_stack(StackName=name, **_body(account, after))
    updated = _became(account, name)
    _delete(account, name)
    return updated


def _body(account: Account, template: Mapping[str, Any]) -> dict[str, Any]:
    body = json.dumps(template)
    if len(body) <= _INLINE_BYTES:
        return {"TemplateBody": body, "Capabilities": ["CAPABILITY_NAMED_IAM"]}
    key = f"{account.new_name('template')}.json"
    account.s3.put_object(Bucket=BUCKET, Key=key, Body=body.encode())
    return {
        "TemplateURL": f"https://s3.amazonaws.com/{BUCKET}/{key}",
        "Capabilities": ["CAPABILITY_NAMED_IAM"],
    }


def _became(account: Account, stack: str) -> Deployed:
    status = account.wait_stack(stack)
    events = account.cloudformation.describe_stack_events(StackName=stack)["StackEvents"]
    reasons = [
        each.get("ResourceStatusReason", "") for each in events if each["ResourceStatus"].endswith("_FAILED")
    ]
    return Deployed(status, "\n".join(reasons))


def _delete(account: Account, stack: str) -> None:
    account.cloudformation.delete_stack(StackName=stack)
    deadline = time.monotonic() + _WAIT_SECONDS
    while True:
        try:
            described = account.cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
        except account.cloudformation.exceptions.ClientError:
            return
        if described["StackStatus"] == "DELETE_COMPLETE":
            return
        if time.monotonic() > deadline or described["StackStatus"] == "DELETE_FAILED":
            raise TimeoutError(f"stack {stack} is still {described['StackStatus']}")
        time.sleep(0.05)
