"""CreateModel: A7 to A11."""

import secrets
from functools import partial

from conformance.laboratory import Laboratory
from conformance.other_kinds import KEY
from conformance.policies import allow
from conformance.probe import probe

_ACCESS = r"^Could not access model data at s3://.+\. Please ensure that the role .+ exists"


def _refuses(lab: Laboratory, url: str, role_arn: str | None = None) -> None:
    lab.evidence.refused(
        lambda: lab.create_model(
            ExecutionRoleArn=role_arn or lab.role_arn(),
            PrimaryContainer={"Image": lab.image, "ModelDataUrl": url},
        ),
        "ValidationException",
        _ACCESS,
    )


@probe("A7", creates="a bucket")
def object_that_is_missing(lab: Laboratory) -> None:
    """CreateModel checks that the artifact exists."""
    _refuses(lab, f"s3://{lab.bucket()}/missing.tar.gz")


@probe("A7", creates="a bucket")
def role_that_is_missing(lab: Laboratory) -> None:
    """CreateModel checks that the role exists."""
    missing = lab.role_arn().rpartition("/")[0] + "/" + lab.new_name("missing")
    _refuses(lab, lab.upload(b"x"), missing)


@probe("A7", creates="a bucket, a role")
def role_that_does_not_trust(lab: Laboratory) -> None:
    """CreateModel checks that the role trusts sagemaker.amazonaws.com."""
    _refuses(lab, lab.upload(b"x"), lab.new_role(service="ec2.amazonaws.com"))


@probe("A7", creates="a bucket, a role")
def role_that_may_not_read(lab: Laboratory) -> None:
    """CreateModel checks that the role may read the artifact."""
    _refuses(lab, lab.upload(b"x"), lab.new_role(statements=()))


@probe("A7", creates="a bucket in another region", account_only="the laptop's AWS is one region")
def bucket_in_another_region(lab: Laboratory) -> None:
    """CreateModel checks that the artifact's bucket is in the model's region."""
    other = "eu-west-1" if lab.account.region != "eu-west-1" else "us-east-1"
    name = lab.enter_bucket()
    place = {} if other == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": other}}
    lab.account.client(f"s3@{other}").create_bucket(Bucket=name, **place)
    lab.account.client(f"s3@{other}").put_object(Bucket=name, Key="model.tar.gz", Body=b"x")
    role = lab.new_role(statements=[allow("s3:GetObject", f"arn:aws:s3:::{name}/*")])
    _refuses(lab, f"s3://{name}/model.tar.gz", role)


@probe("A8", creates="a KMS key, a bucket")
def decrypting_is_not_checked(lab: Laboratory) -> None:
    """A role that may read an object, but not decrypt it, passes CreateModel."""
    kms = lab.account.client("kms")
    name = lab.registry.enter(KEY, lab.new_name("key"))
    tags = [{"TagKey": tag["Key"], "TagValue": tag["Value"]} for tag in lab.account.tags]
    key = kms.create_key(Description=name, Tags=tags)["KeyMetadata"]
    url = lab.upload(b"x", ServerSideEncryption="aws:kms", SSEKMSKeyId=key["Arn"])
    container = {"Image": lab.image, "ModelDataUrl": url}
    lab.evidence.accepted("CreateModel", lambda: lab.create_model(PrimaryContainer=container))


@probe("A9")
def model_without_a_role(lab: Laboratory) -> None:
    """CreateModel without ExecutionRoleArn is refused."""
    lab.evidence.refused(
        lambda: lab.create_model(ExecutionRoleArn=None, PrimaryContainer={"Image": lab.image}),
        "ValidationException",
    )


@probe("A10", creates="a model")
def images_outside_ecr(lab: Laboratory) -> None:
    """An image outside of ECR is refused in the believed words, and accepted with access by the VPC."""
    lab.evidence.refused(
        lambda: lab.create_model(PrimaryContainer={"Image": "triton:latest"}),
        "ValidationException",
        r'^Using non-ECR image "triton:latest" without Vpc repository access mode is not supported\.$',
    )


@probe("A10", creates="a model")
def ecr_image_that_is_missing(lab: Laboratory) -> None:
    """Whether an ECR image exists isn't checked by CreateModel."""
    image = f"{lab.image.partition(':')[0]}:{secrets.token_hex(4)}"
    lab.evidence.accepted("CreateModel", lambda: lab.create_model(PrimaryContainer={"Image": image}))


@probe("A11")
def what_excludes_what_in_a_model(lab: Laboratory) -> None:
    """Neither or both kinds of containers, no image, and two artifacts of one container are refused."""
    container = {"Image": lab.image}
    url = lab.upload(b"x")
    source = {"S3Uri": url, "S3DataType": "S3Object", "CompressionType": "Gzip"}
    for members in (
        {},
        {"PrimaryContainer": container, "Containers": [container]},
        {"PrimaryContainer": {"ModelDataUrl": url}},
        {"PrimaryContainer": {**container, "ModelDataUrl": url, "ModelDataSource": {"S3DataSource": source}}},
    ):
        lab.evidence.refused(partial(lab.create_model, **members), "ValidationException")
