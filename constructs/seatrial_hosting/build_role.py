"""What the jobs that build models may do, statement by statement.

Sources: SageMaker developer guide, "SageMaker AI roles", "CreateProcessingJob API: Execution Role
Permissions"; CodeBuild user guide, "Allow CodeBuild to interact with other AWS services" and "Cross-service
confused deputy prevention".
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from aws_cdk import aws_iam as iam
from constructs import Construct

import catalogue
from seatrial_hosting._place import Place
from seatrial_hosting._wildcards import acknowledge_wildcards
from seatrial_hosting.image import ContainerImage

__all__ = ["BuildObjects", "create_job_role", "create_project_role"]

_PROCESSING_LOGS = "/aws/sagemaker/ProcessingJobs"
_CONTENT = (
    "The objects below the prefix are named by their content, which is not known before they are built."
)
_NO_RESOURCE = (
    "ecr:GetAuthorizationToken and cloudwatch:PutMetricData take no resource (Service Authorization "
    "Reference); PutMetricData is limited to the namespace of processing jobs."
)
_STREAMS = "SageMaker and CodeBuild name the streams of a log group after their jobs."


@dataclass(frozen=True, slots=True)
class BuildObjects:
    """Where builds read and write.

    Attributes:
        bucket_name: the bucket.
        prefix: of the keys; ends with ``/``.
        kms_key_arn: what encrypts the objects; None for Amazon S3's own keys.
    """

    bucket_name: str
    prefix: str
    kms_key_arn: str | None = None


def create_job_role(
    scope: Construct, objects: BuildObjects, images: Sequence[ContainerImage], volume_key_arn: str
) -> iam.Role:
    """Create the role of processing jobs, which build TensorRT plans in ``images``."""
    place = Place.of(scope)
    # The form that the developer guide's "Cross-service confused deputy prevention" gives for processing.
    source = {"ArnLike": {"aws:SourceArn": place.arn("sagemaker", "*")}}
    role = iam.Role(
        scope,
        "JobRole",
        assumed_by=iam.ServicePrincipal("sagemaker.amazonaws.com", conditions=source),
        description="Builds TensorRT plans: image, inputs, outputs, logs",
    )
    plans = _below(place, objects, "plans/")
    group = place.arn("logs", f"log-group:{_PROCESSING_LOGS}")
    metrics = {"StringEquals": {"cloudwatch:namespace": _PROCESSING_LOGS}}
    statements = [
        _allow(["s3:GetObject", "s3:PutObject"], [plans]),
        _list_below(place, objects, "plans/"),
        *_use_key(place, objects),
        # Not under kms:GrantIsForAWSResource, which AWS KMS doesn't set for SageMaker.
        _allow(["kms:CreateGrant", "kms:DescribeKey"], [volume_key_arn]),
        _allow(["ecr:GetAuthorizationToken"], ["*"]),
        _allow(["cloudwatch:PutMetricData"], ["*"], metrics),
        _allow(
            ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
            [group, f"{group}:log-stream:seatrial-*"],
        ),
        *_pull(place, images),
    ]
    _attach(role, statements)
    acknowledge_wildcards(
        role, {plans: _CONTENT, "*": _NO_RESOURCE, f"{group}:log-stream:seatrial-*": _STREAMS}
    )
    return role


def create_project_role(
    scope: Construct, objects: BuildObjects, project_name: str, *, log_group_arn: str, key_arn: str
) -> iam.Role:
    """Create the role of the CodeBuild project called ``project_name``, which packages models."""
    place = Place.of(scope)
    source = {
        "StringEquals": {"aws:SourceAccount": place.account},
        "ArnEquals": {"aws:SourceArn": place.arn("codebuild", f"project/{project_name}")},
    }
    role = iam.Role(
        scope,
        "ProjectRole",
        assumed_by=iam.ServicePrincipal("codebuild.amazonaws.com", conditions=source),
        description="Packages models: sources, packages, logs",
    )
    sources, packages = _below(place, objects, "sources/"), _below(place, objects, "packages/")
    streams = f"{log_group_arn}:log-stream:*"
    statements = [
        _allow(["s3:GetObject", "s3:GetObjectVersion"], [sources]),
        _allow(["s3:PutObject"], [packages]),
        _allow(
            ["s3:GetBucketAcl", "s3:GetBucketLocation"],
            [f"arn:{place.partition}:s3:::{objects.bucket_name}"],
        ),
        *_use_key(place, objects),
        _allow(["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey"], [key_arn]),
        _allow(["logs:CreateLogStream", "logs:PutLogEvents"], [streams]),
    ]
    _attach(role, statements)
    acknowledge_wildcards(role, {sources: _CONTENT, packages: _CONTENT, streams: _STREAMS})
    return role


def _attach(role: iam.Role, statements: Iterable[iam.PolicyStatement]) -> None:
    iam.Policy(role, "Policy", roles=[role], statements=list(statements))


def _below(place: Place, objects: BuildObjects, folder: str) -> str:
    return f"arn:{place.partition}:s3:::{objects.bucket_name}/{objects.prefix}{folder}*"


def _list_below(place: Place, objects: BuildObjects, folder: str) -> iam.PolicyStatement:
    # Source: Amazon S3 user guide, "Bucket policy examples using condition keys", s3:prefix.
    within = {"StringLike": {"s3:prefix": [f"{objects.prefix}{folder}*"]}}
    return _allow(["s3:ListBucket"], [f"arn:{place.partition}:s3:::{objects.bucket_name}"], within)


def _use_key(place: Place, objects: BuildObjects) -> tuple[iam.PolicyStatement, ...]:
    if objects.kms_key_arn is None:
        return ()
    suffix = catalogue.region(place.region).dns_suffix
    via = {"StringEquals": {"kms:ViaService": f"s3.{place.region}.{suffix}"}}
    return (_allow(["kms:Decrypt", "kms:GenerateDataKey"], [objects.kms_key_arn], via),)


def _pull(place: Place, images: Sequence[ContainerImage]) -> tuple[iam.PolicyStatement, ...]:
    repositories = dict.fromkeys(
        f"arn:{place.partition}:ecr:{each.region}:{each.account}:repository/{each.repository}"
        for each in images
    )
    actions = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
    return (_allow(actions, list(repositories)),) if repositories else ()


def _allow(
    actions: list[str], resources: list[str], conditions: Mapping[str, object] | None = None
) -> iam.PolicyStatement:
    return iam.PolicyStatement(actions=actions, resources=resources, conditions=conditions)
