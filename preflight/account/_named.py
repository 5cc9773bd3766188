"""Asks for what the deployment file names: images, roles, keys and buckets."""

from collections.abc import Iterable, Mapping
from typing import Any

import catalogue
from preflight.account.asking import ABSENT, Asking
from preflight.account.evidence import ALWAYS_NEEDED, Bucket, KeyFacts, RoleFacts
from preflight.rules._template_values import at, objects, strings

__all__ = ["ask_buckets", "ask_images", "ask_keys", "ask_roles"]


def ask_images(asking: Asking, images: Iterable[str]) -> Mapping[str, bool]:
    """Return whether ECR has each image; one of which that is not known is missing.

    Source: Amazon ECR API Reference, BatchGetImage: what there is not is told among the failures.
    """
    found: dict[str, bool] = {}
    for address in images:
        image = catalogue.parse_ecr_image(address)
        if image is None:
            continue
        version = {"imageTag": image.tag} if image.tag is not None else {"imageDigest": image.digest}
        answer = asking.ask(
            "ecr",
            "batch_get_image",
            f"whether there is the image {address}",
            "ecr:BatchGetImage",
            absent=("RepositoryNotFoundException",),
            registryId=image.account,
            repositoryName=image.repository,
            imageIds=[version],
        )
        if answer is ABSENT:
            found[address] = False
        elif isinstance(answer, dict):
            found[address] = bool(answer.get("images"))
    return found


def ask_roles(asking: Asking, roles: Iterable[str]) -> Mapping[str, RoleFacts | None]:
    """Return who may assume each role; None for one that there is not."""
    found: dict[str, RoleFacts | None] = {}
    for arn in roles:
        answer = asking.ask(
            "iam",
            "get_role",
            f"the role {arn}",
            "iam:GetRole",
            absent=("NoSuchEntity",),
            RoleName=arn.rpartition("/")[2],
        )
        if answer is ABSENT:
            found[arn] = None
        elif isinstance(answer, dict):
            trusted = _services(answer["Role"].get("AssumeRolePolicyDocument"))
            found[arn] = RoleFacts(trusted, _not_allowed(asking, arn))
    return found


def ask_keys(asking: Asking, keys: Iterable[str]) -> Mapping[str, KeyFacts | None]:
    """Return the state of each KMS key; None for one that there is not."""
    found: dict[str, KeyFacts | None] = {}
    for arn in keys:
        answer = asking.ask(
            "kms",
            "describe_key",
            f"the key {arn}",
            "kms:DescribeKey",
            absent=("NotFoundException",),
            KeyId=arn,
        )
        if answer is ABSENT:
            found[arn] = None
        elif isinstance(answer, dict):
            facts = answer["KeyMetadata"]
            found[arn] = KeyFacts(facts.get("KeyState", ""), facts.get("KeySpec", ""))
    return found


def ask_buckets(asking: Asking, buckets: Iterable[str]) -> Mapping[str, Bucket | None]:
    """Return where each bucket is; None for one that there is not."""
    found: dict[str, Bucket | None] = {}
    for name in buckets:
        answer = asking.ask(
            "s3",
            "head_bucket",
            f"where the bucket {name} is",
            "s3:ListBucket",
            absent=("404", "NoSuchBucket"),
            Bucket=name,
        )
        if answer is ABSENT:
            found[name] = None
        elif isinstance(answer, dict) and "BucketRegion" in answer:
            found[name] = Bucket(answer["BucketRegion"])
    return found


def _not_allowed(asking: Asking, arn: str) -> tuple[str, ...] | None:
    """Return the actions that every role needs and no statement of this one allows; None where unknown.

    An action whose statement has a condition is left out: what decides it is not known here.
    """
    answer = asking.ask(
        "iam",
        "simulate_principal_policy",
        f"what the role {arn} allows",
        "iam:SimulatePrincipalPolicy",
        PolicySourceArn=arn,
        ActionNames=list(ALWAYS_NEEDED),
    )
    if not isinstance(answer, dict):
        return None
    return tuple(
        each["EvalActionName"]
        for each in answer["EvaluationResults"]
        if each["EvalDecision"] == "implicitDeny" and not each.get("MissingContextValues")
    )


def _services(document: Any) -> frozenset[str]:  # noqa: ANN401 - a policy document's JSON
    """Return the services that a trust policy lets assume its role."""
    found: set[str] = set()
    for statement in objects(document, "Statement"):
        named = at(statement, "Principal", "Service")
        if statement.get("Effect") == "Allow":
            found |= set(strings(named))
    return frozenset(found)
