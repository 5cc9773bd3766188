"""CreateModel for several models or containers, and for unpacked files: A88, A94, A98, A101 to A103."""

from functools import partial
from typing import Any

from conformance.laboratory import Laboratory
from conformance.policies import allow
from conformance.probe import probe


def _multi_model(lab: Laboratory, url: str) -> dict[str, Any]:
    return {"Image": lab.image, "Mode": "MultiModel", "ModelDataUrl": url}


def _prefix(lab: Laboratory, prefix: str) -> str:
    lab.upload(b"x", f"{prefix}/config.pbtxt")
    return f"s3://{lab.bucket()}/{prefix}"


def _files(lab: Laboratory, uri: str, compression: str = "None") -> dict[str, Any]:
    source = {"S3Uri": uri, "S3DataType": "S3Prefix", "CompressionType": compression}
    return {"Image": lab.image, "ModelDataSource": {"S3DataSource": source}}


@probe("A88", creates="two models, a bucket")
def isolation_of_several(lab: Laboratory) -> None:
    """CreateModel takes EnableNetworkIsolation for a multi-model container and for several containers."""
    many = _multi_model(lab, _prefix(lab, "isolated") + "/")
    lab.evidence.accepted(
        "a multi-model container",
        lambda: lab.create_model(PrimaryContainer=many, EnableNetworkIsolation=True),
    )
    containers = [{"Image": lab.image}, {"Image": lab.image}]
    lab.evidence.accepted(
        "two containers", lambda: lab.create_model(Containers=containers, EnableNetworkIsolation=True)
    )


@probe("A94", creates="two models, a bucket")
def prefix_of_many_models(lab: Laboratory) -> None:
    """A prefix is taken with and without a slash at its end, and refused where nothing is below it."""
    prefix = _prefix(lab, "many-models")
    for url in (prefix, f"{prefix}/"):
        lab.evidence.accepted(url, partial(lab.create_model, PrimaryContainer=_multi_model(lab, url)))
    empty = _multi_model(lab, f"s3://{lab.bucket()}/nothing-here/")
    lab.evidence.refused(
        lambda: lab.create_model(PrimaryContainer=empty),
        "ValidationException",
        r"^Could not access model data at ",
    )


@probe("A98", creates="a bucket")
def containers_that_exclude_each_other(lab: Laboratory) -> None:
    """Missing or equal hostnames, Direct for one container, and two multi-model containers are refused."""
    image = {"Image": lab.image}
    named = {**image, "ContainerHostname": "same"}
    many = _multi_model(lab, _prefix(lab, "excluded") + "/")
    direct = {"InferenceExecutionConfig": {"Mode": "Direct"}}
    for members in (
        {"Containers": [image, image], **direct},
        {"Containers": [named, named]},
        {"Containers": [named], **direct},
        {"Containers": [many, many]},
    ):
        lab.evidence.refused(partial(lab.create_model, **members), "ValidationException")


@probe("A101", creates="a model, a role, a bucket")
def listing_is_limited_to_a_prefix(lab: Laboratory) -> None:
    """A role that may list what begins with the prefix alone passes CreateModel."""
    prefix = _prefix(lab, "files")
    condition = {"StringLike": {"s3:prefix": ["files/*"]}}
    role = lab.new_role(
        statements=[
            allow("s3:GetObject", f"arn:aws:s3:::{lab.bucket()}/files/*"),
            allow("s3:ListBucket", f"arn:aws:s3:::{lab.bucket()}", Condition=condition),
        ]
    )
    lab.evidence.accepted(
        "CreateModel",
        lambda: lab.create_model(ExecutionRoleArn=role, PrimaryContainer=_files(lab, f"{prefix}/")),
    )


@probe("A102", creates="a role, a bucket")
def files_that_cant_be_listed(lab: Laboratory) -> None:
    """CreateModel is refused where the role may read and not list, in words that name the action."""
    prefix = _prefix(lab, "unlisted")
    role = lab.new_role(statements=[allow("s3:GetObject", f"arn:aws:s3:::{lab.bucket()}/*")])
    lab.evidence.refused(
        lambda: lab.create_model(ExecutionRoleArn=role, PrimaryContainer=_files(lab, f"{prefix}/")),
        "ValidationException",
        r"^Could not access model data at .+s3:ListBucket",
    )


@probe("A103", creates="a bucket")
def data_sources_that_there_are_not(lab: Laboratory) -> None:
    """S3Prefix with Gzip, and a prefix without a slash at its end, are refused by CreateModel."""
    prefix = _prefix(lab, "sources")
    for container in (_files(lab, f"{prefix}/", "Gzip"), _files(lab, prefix)):
        lab.evidence.refused(partial(lab.create_model, PrimaryContainer=container), "ValidationException")
