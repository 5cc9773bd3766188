"""What a deployment brings with it: keys, a bucket, a boundary for roles, protection of its stacks."""

from typing import Annotated

from pydantic import Field

from spec._base import SpecModel, text
from spec.acknowledgments import Acknowledgments

__all__ = [
    "ArtifactBucket",
    "BucketName",
    "KeyArn",
    "PolicyArn",
    "RoleArn",
    "Security",
    "TagKey",
    "TagValue",
]

_PARTITION = "arn:aws(-[a-z]+)*"

KeyArn = Annotated[
    str,
    text(
        rf"^{_PARTITION}:kms:[a-z0-9-]+:[0-9]{{12}}:key/[A-Za-z0-9-]+$",
        allowed="the ARN of a KMS key, not of an alias (arn:aws:kms:<region>:<account>:key/<id>)",
        maximum=256,
    ),
]
"""A key: an alias names another key tomorrow, and no policy can be scoped to it."""

RoleArn = Annotated[
    str,
    text(
        rf"^{_PARTITION}:iam::[0-9]{{12}}:role/[A-Za-z0-9_+=,.@/-]+$",
        allowed="the ARN of an IAM role (arn:aws:iam::<account>:role/<name>)",
        maximum=256,
    ),
]

PolicyArn = Annotated[
    str,
    text(
        rf"^{_PARTITION}:iam::([0-9]{{12}}|aws):policy/[A-Za-z0-9_+=,.@/-]+$",
        allowed="the ARN of an IAM managed policy (arn:aws:iam::<account>:policy/<name>)",
        maximum=256,
    ),
]

BucketName = Annotated[
    str,
    text(
        r"^[a-z0-9][a-z0-9.-]+[a-z0-9]$",
        allowed="the name of an S3 bucket: lower-case letters, digits, dots and hyphens",
        maximum=63,
    ),
]

# CloudFormation API Reference, Tag; the characters are those that every tagged service takes (Tagging AWS
# Resources user guide, tag naming limits), of which letters are ASCII's here.
_TAG_CHARACTERS = "A-Za-z0-9 _.:/=+@-"
TagKey = Annotated[
    str,
    text(
        rf"^[{_TAG_CHARACTERS}]+$", allowed="a tag's key: letters, digits, blanks and _.:/=+@-", maximum=128
    ),
]
TagValue = Annotated[
    str,
    text(
        rf"^[{_TAG_CHARACTERS}]+$", allowed="a tag's value: letters, digits, blanks and _.:/=+@-", maximum=256
    ),
]


class ArtifactBucket(SpecModel):
    """The bucket that `cdk deploy` publishes artifacts and templates to, instead of the bootstrap's own."""

    name: BucketName = Field(
        description="The bucket, in the deployment's account and region. Its policy must admit the roles of "
        "`cdk bootstrap`; `cdk bootstrap --bootstrap-bucket-name` makes a bucket of this name that does."
    )
    kms_key: KeyArn | None = Field(
        default=None,
        description="The KMS key that the bucket's objects are encrypted with; the models' roles may decrypt "
        "with it. Default: none, the bucket is encrypted with Amazon S3's own keys.",
    )


class Security(SpecModel):
    """Keys, bucket and boundary that are there already, and whether stacks may be deleted."""

    kms_key: KeyArn | None = Field(
        default=None,
        description="A KMS key of your own in the deployment's region, used wherever a key would be created. "
        "Default: one is created for each endpoint that takes one.",
    )
    artifact_bucket: ArtifactBucket | None = Field(
        default=None,
        description="Where artifacts and templates are staged. Default: the bucket of `cdk bootstrap`.",
    )
    permissions_boundary: PolicyArn | None = Field(
        default=None,
        description="A managed policy that bounds every role that is created (IAM User Guide, permissions "
        "boundaries for IAM entities). Default: none.",
    )
    termination_protection: bool | None = Field(
        default=None,
        description="Whether CloudFormation refuses to delete the stacks of the network and of the endpoints "
        "(CloudFormation User Guide, protecting stacks from being deleted). Stacks of components and of "
        "clients come back from this file and are never protected. "
        "Default: true, but false in 000000000000, the laptop's account.",
    )
    acknowledge: Acknowledgments = Field(default_factory=dict)
