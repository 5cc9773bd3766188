"""SEA73x: keys and buckets of the user's own: what their policies must allow, which no template can show."""

from collections.abc import Iterator

import catalogue
from preflight.evidence import DeploymentEvidence
from preflight.finding import Severity
from preflight.registry import rule
from preflight.rule import DEPLOYMENT, Enforcer, SeenAfter, Violation

__all__ = ["bucket_of_the_users_own", "key_of_the_users_own", "key_that_nothing_uses"]

_USE = "kms:Decrypt, kms:DescribeKey, kms:Encrypt, kms:GenerateDataKey*, kms:ReEncrypt*"
_QUALIFIER = "hnb659fds"
_COMPONENT_GROUPS = "/aws/sagemaker/InferenceComponents/*"
_READ = "s3:GetBucket*, s3:GetObject*, s3:List*"
_PUBLISH = f"{_READ}, s3:Abort*, s3:DeleteObject*, s3:GetEncryptionConfiguration, s3:PutObject*"
_MADE_SURE = "then acknowledge this under security with the reason how that was made sure."


@rule(
    "SEA730",
    severity=Severity.WARNING,
    enforced_by=Enforcer.HOSTING,
    seen_after=SeenAfter.AFTER_START_UP,
    title="a KMS key of your own, whose policy is not seen here",
    scope=DEPLOYMENT,
    source="AWS KMS Developer Guide, default key policy; SageMaker Developer Guide, SageMaker roles "
    "(kms:CreateGrant for a volume key); CloudWatch Logs User Guide, encrypt log data in CloudWatch Logs "
    "using AWS KMS",
    symptom="Where the policy lacks a statement, the log group is refused, or the endpoint stays in Creating "
    "for minutes and fails.",
    fix=f"Add what the key's policy lacks, {_MADE_SURE}",
)
def key_of_the_users_own(evidence: DeploymentEvidence) -> Iterator[Violation]:
    """The statements that the policy of the key must have."""
    deployment = evidence.file.deployment
    key, place = deployment.security.kms_key, deployment.environment
    if key is None:
        return
    partition = catalogue.region(place.region).partition
    root = f"arn:{partition}:iam::{place.account}:root"
    needed = [f"principal {root} (or the execution roles): kms:CreateGrant, kms:DescribeKey"]
    if deployment.component_endpoints:
        groups = f"arn:{partition}:logs:{place.region}:{place.account}:log-group:{_COMPONENT_GROUPS}"
        where = f"where ArnLike kms:EncryptionContext:aws:logs:arn is {groups}"
        needed.append(f"principal logs.{place.region}.amazonaws.com, {where}: {_USE}")
    if _uses_key(evidence):
        yield Violation(
            f"{key} is not made here. Its policy must allow {'; '.join(needed)}.",
            "a key policy with all of this.",
            ("security", "kms_key"),
        )


@rule(
    "SEA731",
    severity=Severity.WARNING,
    enforced_by=Enforcer.HOSTING,
    seen_after=SeenAfter.BEFORE,
    title="an artifact bucket of your own, whose policy is not seen here",
    scope=DEPLOYMENT,
    source="aws-cdk, bootstrap-template.yaml (what the publishing and the deployment role may do is limited "
    "to the bootstrap's bucket); CDK Developer Guide, customize bootstrapping",
    symptom="`cdk deploy` is refused while it publishes, or CloudFormation while it reads the template.",
    fix="Bootstrap with `cdk bootstrap --bootstrap-bucket-name`, or add what the bucket's policy lacks, "
    + _MADE_SURE,
)
def bucket_of_the_users_own(evidence: DeploymentEvidence) -> Iterator[Violation]:
    """The statements that the policies of the bucket and of its key must have."""
    deployment = evidence.file.deployment
    bucket, place = deployment.security.artifact_bucket, deployment.environment
    if bucket is None:
        return
    publishing, deploying = (
        f"cdk-{_QUALIFIER}-{role}-{place.account}-{place.region}"
        for role in ("file-publishing-role", "deploy-role")
    )
    needed = [f"role {publishing}: {_PUBLISH}", f"role {deploying}: {_READ}"]
    if bucket.kms_key is not None:
        needed.append(
            f"in the policy of {bucket.kms_key}, role {publishing}: {_USE}; roles {deploying} and the "
            "models' execution roles: kms:Decrypt"
        )
    yield Violation(
        f"The bucket {bucket.name} is not made here. Its policy must allow {'; '.join(needed)}.",
        "a bucket policy with all of this.",
        ("security", "artifact_bucket"),
    )


@rule(
    "SEA732",
    severity=Severity.WARNING,
    enforced_by=Enforcer.NOBODY,
    seen_after=SeenAfter.LATER,
    title="a KMS key that nothing uses",
    scope=DEPLOYMENT,
    source="SageMaker API Reference, CreateEndpointConfig, KmsKeyId: instance types with local instance "
    "storage",
    symptom="Nothing is encrypted with the key: the hardware encrypts local NVMe disks with its own.",
    fix="Leave kms_key out, or take an instance type without local NVMe disks.",
)
def key_that_nothing_uses(evidence: DeploymentEvidence) -> Iterator[Violation]:
    """A key that is given encrypts something."""
    deployment = evidence.file.deployment
    if deployment.security.kms_key is not None and deployment.endpoints and not _uses_key(evidence):
        types = sorted({each.instances.type for each in deployment.hosted_endpoints.values()})
        yield Violation(
            f"{', '.join(types)} has local NVMe disks, and no endpoint takes the key.",
            "an endpoint on an instance type without such disks, or one with components.",
            ("security", "kms_key"),
        )


def _uses_key(evidence: DeploymentEvidence) -> bool:
    """Say whether an endpoint takes the key: for volumes, or for the logs of its components."""
    deployment = evidence.file.deployment
    return bool(deployment.component_endpoints) or any(
        catalogue.instance_type(each.instances.type).takes_volume_kms_key
        for each in deployment.hosted_endpoints.values()
    )
