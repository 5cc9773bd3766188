"""ministack's private names about VPCs and their endpoints; ``ministack_tables`` has most others."""

# Private names of ministack's are what this file is for.
# ruff: noqa: SLF001

from collections.abc import Callable
from typing import Any

from ministack.core import iam_evaluator as _iam_evaluator
from ministack.services import ec2 as _ec2

from local.aws.server.scope import Scope

__all__ = ["ec2_list", "ec2_parameter", "endpoint_policy_allows", "follow_ec2_action", "vpc"]

Document = dict[str, Any]
HttpAnswer = tuple[int, dict[str, str], bytes]


def vpc(vpc_id: str) -> Document | None:
    """Return a VPC's record."""
    record: Document | None = _ec2._vpcs.get(vpc_id)
    return record


def follow_ec2_action(action: str, follow: Callable[[Document, HttpAnswer], None]) -> None:
    """Have ``follow`` run after every EC2 action of a name, with its parameters as the query has them."""
    original = _ec2._ACTION_MAP[action]

    def followed(parameters: Document) -> HttpAnswer:
        answer: HttpAnswer = original(parameters)
        follow(parameters, answer)
        return answer

    _ec2._ACTION_MAP[action] = followed


def ec2_parameter(parameters: Document, name: str) -> str:
    """Return a parameter of an EC2 query; empty where it is not given."""
    value: str = _ec2._p(parameters, name)
    return value


def ec2_list(parameters: Document, name: str) -> list[str]:
    """Return a list parameter of an EC2 query, whose items are ``<name>.1`` and so on."""
    values: list[str] = _ec2._parse_member_list(parameters, name)
    return values


def endpoint_policy_allows(
    scope: Scope,
    policy: Document | str,
    action: str,
    resource_arn: str,
    condition_keys: Document | None = None,
) -> bool:
    """Whether the policy of a VPC endpoint lets a role of the account do something to what is the account's.

    Args:
        scope: of the endpoint.
        policy: its document.
        action: e.g. ``s3:GetObject``.
        resource_arn: what it is done to.
        condition_keys: of the service, such as ``s3:prefix``. Default: none.
    """
    context = _iam_evaluator.EvalContext(
        principal_arn=f"arn:aws:sts::{scope.account_id}:assumed-role/serving/SageMaker",
        principal_type="AssumedRole",
        principal_account=scope.account_id,
        action=action,
        resource_arn=resource_arn,
        region=scope.region,
        secure_transport=True,
        service_context={"aws:principalaccount": scope.account_id, **(condition_keys or {})},
    )
    return bool(_iam_evaluator.evaluate_resource_policy(policy, context).decision == "Allow")
