"""SEA568 to SEA572: images, roles, keys and buckets that the file names, as the account has them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from preflight.finding import Severity
from preflight.named_resources import named_buckets, named_images, named_keys, named_roles
from preflight.registry import rule
from preflight.rule import ACCOUNT, Enforcer, SeenAfter, Violation

if TYPE_CHECKING:
    from preflight.account.evidence import AccountEvidence

__all__ = ["bucket_elsewhere", "image_missing", "key_unusable", "role_too_weak", "role_unusable"]

_SAGEMAKER = "sagemaker.amazonaws.com"


@rule(
    "SEA568",
    severity=Severity.ERROR,
    enforced_by=Enforcer.HOSTING,
    seen_after=SeenAfter.AT_ONCE,
    title="an image that there is not",
    scope=ACCOUNT,
    source="Amazon ECR API Reference, BatchGetImage; SageMaker API Reference, ContainerDefinition, Image",
    symptom="CreateModel answers 'Requested image ... not found', and the stack rolls back.",
    fix="Push the image, or correct its repository, tag or digest.",
)
def image_missing(evidence: AccountEvidence) -> Iterator[Violation]:
    """The registry has what the container is to run."""
    for address, place in named_images(evidence.file.deployment).items():
        if evidence.images.get(address) is False:
            yield Violation(f"Its registry has no {address}.", "an image that is there.", place)


@rule(
    "SEA569",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVICE,
    seen_after=SeenAfter.AT_ONCE,
    title="an execution role that SageMaker can't assume",
    scope=ACCOUNT,
    source="IAM API Reference, GetRole; SageMaker Developer Guide, SageMaker roles, trust policy",
    symptom="CreateModel answers 'Could not assume role', and the stack rolls back.",
    fix=f"Create the role, and let {_SAGEMAKER} assume it in its trust policy.",
)
def role_unusable(evidence: AccountEvidence) -> Iterator[Violation]:
    """A role of the user's own is there, and trusts SageMaker."""
    for arn, place in named_roles(evidence.file.deployment).items():
        facts = evidence.roles.get(arn)
        if arn in evidence.roles and facts is None:
            yield Violation(f"There is no role {arn}.", "a role that is there.", place)
        elif facts is not None and _SAGEMAKER not in facts.services:
            trusted = ", ".join(sorted(facts.services)) or "no service"
            yield Violation(f"{arn} trusts {trusted}.", f"{_SAGEMAKER}.", place)


@rule(
    "SEA570",
    severity=Severity.ERROR,
    enforced_by=Enforcer.HOSTING,
    seen_after=SeenAfter.AFTER_START_UP,
    title="a KMS key that can't encrypt",
    scope=ACCOUNT,
    source="AWS KMS Developer Guide, key states; Amazon EBS User Guide, encryption: symmetric keys alone",
    symptom="The endpoint fails after minutes, or the upload is refused: the key can't be used.",
    fix="Enable the key, cancel its deletion, or name another one.",
)
def key_unusable(evidence: AccountEvidence) -> Iterator[Violation]:
    """A key of the user's own is there, enabled and symmetric."""
    for arn, place in named_keys(evidence.file.deployment).items():
        facts = evidence.keys.get(arn)
        if arn in evidence.keys and facts is None:
            yield Violation(f"There is no key {arn}.", "a key that is there.", place)
        elif facts is not None and facts.state != "Enabled":
            yield Violation(f"The key {arn} is {facts.state}.", "an enabled key.", place)
        elif facts is not None and facts.specification not in {"", "SYMMETRIC_DEFAULT"}:
            yield Violation(
                f"The key {arn} is of the kind {facts.specification}.", "SYMMETRIC_DEFAULT.", place
            )


@rule(
    "SEA571",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVICE,
    seen_after=SeenAfter.AT_ONCE,
    title="a bucket that there is not, or elsewhere",
    scope=ACCOUNT,
    source="Amazon S3 API Reference, HeadBucket; SageMaker API Reference, ContainerDefinition, "
    "ModelDataUrl: in the "
    "region of the model",
    symptom="Nothing can be uploaded, or CreateModel is refused: the artifact is in another region.",
    fix="Create the bucket in the deployment's region, or name one that is there.",
)
def bucket_elsewhere(evidence: AccountEvidence) -> Iterator[Violation]:
    """A bucket of the user's own is there, in the deployment's region."""
    region = evidence.file.deployment.environment.region
    for name, place in named_buckets(evidence.file.deployment).items():
        facts = evidence.buckets.get(name)
        if name in evidence.buckets and facts is None:
            yield Violation(f"There is no bucket {name!r}.", "a bucket that is there.", place)
        elif facts is not None and facts.region != region:
            yield Violation(f"The bucket {name!r} is in {facts.region}.", f"{region}.", place)


@rule(
    "SEA572",
    severity=Severity.ERROR,
    enforced_by=Enforcer.HOSTING,
    seen_after=SeenAfter.AFTER_START_UP,
    title="an execution role that lacks what every model needs",
    scope=ACCOUNT,
    source="IAM API Reference, SimulatePrincipalPolicy; SageMaker Developer Guide, SageMaker roles, "
    "CreateModel API",
    symptom="CreateModel is refused, or the endpoint fails after minutes: no image, no interface, no "
    "metrics.",
    fix="Allow these actions on * in a policy of the role.",
)
def role_too_weak(evidence: AccountEvidence) -> Iterator[Violation]:
    """Actions that take no resource are allowed by some statement of the user's own role."""
    for arn, place in named_roles(evidence.file.deployment).items():
        facts = evidence.roles.get(arn)
        if facts is not None and facts.not_allowed:
            missing = ", ".join(facts.not_allowed)
            yield Violation(f"{arn} does not allow {missing}.", f"{missing} on *.", place)
