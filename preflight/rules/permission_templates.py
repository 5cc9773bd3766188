"""SEA861 to SEA865, SEA868: what templates permit: SageMaker's roles, its use, and VPC endpoints."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from preflight.finding import Severity
from preflight.registry import rule
from preflight.rule import TEMPLATE, Enforcer, SeenAfter, Violation
from preflight.rules._permission_statements import (
    ROLE,
    TAKES_NO_RESOURCE,
    granted_statements,
    is_assumed_by_sagemaker,
)
from preflight.rules._template_references import references_of
from preflight.rules._template_values import as_text, items, strings, structures
from preflight.templates import SynthesizedTemplates

__all__ = [
    "broad_managed_policy",
    "endpoint_policy_missing",
    "endpoint_policy_too_long",
    "endpoint_policy_wide_open",
    "wildcard_action",
    "wildcard_resource",
]

_VPC_ENDPOINT = "AWS::EC2::VPCEndpoint"
_BROAD = re.compile(r".*/(\w*FullAccess|AdministratorAccess|PowerUserAccess)$")
_EVERY_RESOURCE = re.compile(r"\*|(arn:[^:]*(:[^:]*){3}:)\*")
_WITH_POLICIES = re.compile(
    r".*\.(s3|dynamodb|sagemaker\.[a-z-]+|ecr\.(api|dkr)|logs|monitoring|sts|kms|ssm|ssmmessages|ec2messages|"
    r"application-autoscaling|ec2|events|secretsmanager|servicecatalog)$"
)
_LEAST_PRIVILEGE = "IAM User Guide, security best practices, apply least-privilege permissions"
_ENDPOINT_POLICIES = (
    "AWS PrivateLink Guide, control access to VPC endpoints using endpoint policies: the default policy "
    "allows full access"
)
_POLICY_CHARACTERS = 20_480


@rule(
    "SEA861",
    severity=Severity.ERROR,
    enforced_by=Enforcer.NOBODY,
    seen_after=SeenAfter.LATER,
    title="a managed policy that allows far more than serving",
    scope=TEMPLATE,
    source="SageMaker Developer Guide, AWS managed policies for SageMaker (AmazonSageMakerFullAccess is for "
    "administrators); " + _LEAST_PRIVILEGE,
    symptom="Nothing fails; a model's container that is taken over reads every bucket with sagemaker in "
    "its name.",
    fix="Grant the statements that serving takes: read the artifact, pull the image, write logs and metrics.",
)
def broad_managed_policy(synthesized: SynthesizedTemplates) -> Iterator[Violation]:
    """No role that SageMaker assumes has a FullAccess or administrator's policy."""
    for role in references_of(synthesized).of_type(ROLE):
        if not is_assumed_by_sagemaker(role):
            continue
        for arn in strings(role.properties.get("ManagedPolicyArns")):
            if _BROAD.fullmatch(arn):
                yield Violation(
                    f"The role has {arn.rpartition('/')[2]}.", "statements of its own, scoped.", role.place
                )


@rule(
    "SEA862",
    severity=Severity.ERROR,
    enforced_by=Enforcer.NOBODY,
    seen_after=SeenAfter.LATER,
    title="a wildcard among actions",
    scope=TEMPLATE,
    source=_LEAST_PRIVILEGE + "; IAM JSON policy reference, Action",
    symptom="Nothing fails; whatever the service adds to its actions is allowed the same day.",
    fix="Name the actions; acknowledge this with the reason where they can't be known.",
)
def wildcard_action(synthesized: SynthesizedTemplates) -> Iterator[Violation]:
    """Statements of SageMaker's roles, and statements about SageMaker, name their actions."""
    for place, statement in granted_statements(references_of(synthesized)):
        wild = [action for action in strings(statement.get("Action")) if "*" in action]
        if "NotAction" in statement:
            wild.append("everything but NotAction")
        if wild:
            yield Violation(f"A statement allows {', '.join(wild)}.", "single actions.", place)


@rule(
    "SEA863",
    severity=Severity.ERROR,
    enforced_by=Enforcer.NOBODY,
    seen_after=SeenAfter.LATER,
    title="every resource, for actions that can be scoped",
    scope=TEMPLATE,
    source=_LEAST_PRIVILEGE + "; Service Authorization Reference, resource types of each action",
    symptom="Nothing fails; the role can do the same to every endpoint, bucket or key of the account.",
    fix="Name the resources; keep actions that take none in a statement of their own.",
)
def wildcard_resource(synthesized: SynthesizedTemplates) -> Iterator[Violation]:
    """Only actions that take no resource are allowed on every one."""
    for place, statement in granted_statements(references_of(synthesized)):
        wild = [each for each in strings(statement.get("Resource")) if _EVERY_RESOURCE.fullmatch(each)]
        if "NotResource" in statement:
            wild.append("everything but NotResource")
        scopable = [
            action for action in strings(statement.get("Action")) if not TAKES_NO_RESOURCE.fullmatch(action)
        ]
        if wild and scopable:
            yield Violation(
                f"A statement allows {', '.join(scopable)} on {', '.join(wild)}.", "named resources.", place
            )


@rule(
    "SEA864",
    severity=Severity.ERROR,
    enforced_by=Enforcer.NOBODY,
    seen_after=SeenAfter.LATER,
    title="a VPC endpoint without a policy",
    scope=TEMPLATE,
    source=_ENDPOINT_POLICIES,
    symptom="Nothing fails; whoever is in the network reaches any account's resources with any credentials, "
    "so data can leave through the endpoint.",
    fix="Give PolicyDocument: this account's principals, and the resources that are needed.",
)
def endpoint_policy_missing(synthesized: SynthesizedTemplates) -> Iterator[Violation]:
    """Endpoints of services that take a policy have one."""
    for endpoint in references_of(synthesized).of_type(_VPC_ENDPOINT):
        service = as_text(endpoint.properties.get("ServiceName"))
        if "PolicyDocument" not in endpoint.properties and _WITH_POLICIES.fullmatch(service):
            yield Violation(f"The endpoint of {service} has no policy.", "a policy.", endpoint.place)


@rule(
    "SEA865",
    severity=Severity.ERROR,
    enforced_by=Enforcer.NOBODY,
    seen_after=SeenAfter.LATER,
    title="a VPC endpoint's policy that lets everything through",
    scope=TEMPLATE,
    source=_ENDPOINT_POLICIES,
    symptom="Nothing fails; the policy is the default one, written out.",
    fix="Name principals, actions or resources, or add a condition on aws:PrincipalAccount.",
)
def endpoint_policy_wide_open(synthesized: SynthesizedTemplates) -> Iterator[Violation]:
    """No statement allows everybody everything everywhere without a condition."""
    for endpoint in references_of(synthesized).of_type(_VPC_ENDPOINT):
        if any(_is_wide_open(each) for each in _statements(endpoint.properties.get("PolicyDocument"))):
            yield Violation(
                "A statement allows every principal every action on every resource, without a condition.",
                "statements with a principal, actions, resources or a condition.",
                endpoint.place,
            )


@rule(
    "SEA868",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVICE,
    seen_after=SeenAfter.AT_ONCE,
    title="a VPC endpoint's policy that is too long",
    scope=TEMPLATE,
    source="AWS PrivateLink Guide, control access to VPC endpoints using endpoint policies, considerations",
    symptom="The VPC endpoint is refused as it is created or updated, and the network's stack rolls back.",
    fix="Name a prefix where many names begin alike, or serve fewer endpoints in one network.",
)
def endpoint_policy_too_long(synthesized: SynthesizedTemplates) -> Iterator[Violation]:
    """A policy that names every endpoint grows with them."""
    for endpoint in references_of(synthesized).of_type(_VPC_ENDPOINT):
        written = json.dumps(endpoint.properties.get("PolicyDocument"), separators=(",", ":"))
        if len(written) > _POLICY_CHARACTERS:
            yield Violation(
                f"The policy has about {len(written)} characters.",
                f"{_POLICY_CHARACTERS}, blanks included.",
                endpoint.place,
            )


def _statements(document: object) -> list[Mapping[str, Any]]:
    return structures(items(document.get("Statement"))) if isinstance(document, dict) else []


def _is_wide_open(statement: Mapping[str, Any]) -> bool:
    principal = statement.get("Principal")
    everybody = "*" in strings(principal.get("AWS") if isinstance(principal, dict) else principal)
    everything = "*" in strings(statement.get("Action")) and "*" in strings(statement.get("Resource"))
    return statement.get("Effect") == "Allow" and everybody and everything and "Condition" not in statement
