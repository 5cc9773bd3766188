"""The IAM statements of a template that concern SageMaker: those of its roles, and those about it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from preflight.rules._template_references import Place, References, Resource
from preflight.rules._template_values import items, strings, structures

__all__ = [
    "ROLE",
    "SAGEMAKER",
    "TAKES_NO_RESOURCE",
    "allowed_actions",
    "granted_statements",
    "is_assumed_by_sagemaker",
]

ROLE = "AWS::IAM::Role"
SAGEMAKER = "sagemaker.amazonaws.com"

TAKES_NO_RESOURCE = re.compile(
    r"ec2:Describe\w+|ecr:GetAuthorizationToken|cloudwatch:(PutMetricData|GetMetricData|GetMetricStatistics|"
    r"ListMetrics)|logs:DescribeLogGroups|xray:Put\w+|sts:GetCallerIdentity|ssmmessages:\w+Channel|"
    r"ec2messages:\w+|sagemaker:(List\w+|Search)|kms:(ListAliases|ListKeys|GenerateRandom)"
)
"""Actions without a resource type (Service Authorization Reference); ``logs:DescribeLogGroups`` has one, and
answers for every group where it is called without a prefix."""

_POLICIES = ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy")


def granted_statements(references: References) -> Iterator[tuple[Place, Mapping[str, Any]]]:
    """Yield each allowing statement of a role that SageMaker assumes, or that has an action of SageMaker's.

    The place is that of the resource that holds the statement.
    """
    for role in references.of_type(ROLE):
        for policy in structures(role.properties.get("Policies")):
            yield from _relevant(role.place, policy, of_sagemaker=is_assumed_by_sagemaker(role))
    for attached in references.of_type(*_POLICIES):
        of_sagemaker = any(is_assumed_by_sagemaker(role) for role in _roles(references, attached))
        yield from _relevant(attached.place, attached.properties, of_sagemaker=of_sagemaker)


def allowed_actions(references: References) -> Mapping[Place, Sequence[str]]:
    """Return the actions that the policies of each role allow, sorted, by the role's place."""
    actions: dict[Place, set[str]] = {role.place: set() for role in references.of_type(ROLE)}
    for role in references.of_type(ROLE):
        for policy in structures(role.properties.get("Policies")):
            actions[role.place].update(_allowed(policy))
    for attached in references.of_type(*_POLICIES):
        for role in _roles(references, attached):
            actions.setdefault(role.place, set()).update(_allowed(attached.properties))
    return {place: sorted(found) for place, found in actions.items()}


def is_assumed_by_sagemaker(role: Resource) -> bool:
    """Say whether the role's trust policy names SageMaker."""
    document = role.properties.get("AssumeRolePolicyDocument")
    statements = items(document.get("Statement")) if isinstance(document, dict) else []
    return any(
        SAGEMAKER in strings(principal.get("Service"))
        for principal in (statement.get("Principal") for statement in structures(statements))
        if isinstance(principal, dict)
    )


def _relevant(
    place: Place, policy: Mapping[str, Any], *, of_sagemaker: bool
) -> Iterator[tuple[Place, Mapping[str, Any]]]:
    for statement in _statements(policy):
        about = any(action.startswith("sagemaker:") for action in strings(statement.get("Action")))
        if statement.get("Effect") == "Allow" and (of_sagemaker or about):
            yield place, statement


def _roles(references: References, policy: Resource) -> list[Resource]:
    """Return the roles that have ``policy``, as far as the templates make them."""
    named = [*items(policy.properties.get("Roles")), policy.properties.get("RoleName")]
    found = [references.target(policy.place[0], each) for each in named]
    return [role for role in found if role is not None]


def _statements(policy: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    document = policy.get("PolicyDocument")
    return structures(items(document.get("Statement"))) if isinstance(document, dict) else []


def _allowed(policy: Mapping[str, Any]) -> Iterator[str]:
    for statement in _statements(policy):
        if statement.get("Effect") == "Allow":
            yield from strings(statement.get("Action"))
