"""What the VPC endpoints let through."""

from seatrial_hosting._place import Place

__all__ = ["interface_policy", "s3_policy"]

PolicyDocument = dict[str, object]


def interface_policy(place: Place) -> PolicyDocument:
    """Allow principals of this account; what each of them may do, its own policies say."""
    return _policy(
        _allow("OwnAccountOnly", ["*"], "*", {"StringEquals": {"aws:PrincipalAccount": place.account}})
    )


def s3_policy(place: Place) -> PolicyDocument:
    """Allow reading: this account's buckets, where artifacts lie, and the layers of images.

    Source of the second: Amazon ECR user guide, "Amazon ECR interface VPC endpoints", minimum Amazon S3
    bucket permissions. ECR hands out presigned addresses, so the principal is not one of this account.
    """
    own = {"aws:PrincipalAccount": place.account, "aws:ResourceAccount": place.account}
    layers = f"arn:{place.partition}:s3:::prod-{place.region}-starport-layer-bucket/*"
    return _policy(
        _allow("ReadOwnBuckets", ["s3:GetObject", "s3:ListBucket"], "*", {"StringEquals": own}),
        _allow("ReadImageLayers", ["s3:GetObject"], layers),
    )


def _policy(*statements: PolicyDocument) -> PolicyDocument:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def _allow(
    sid: str, actions: list[str], resource: str, condition: PolicyDocument | None = None
) -> PolicyDocument:
    statement: PolicyDocument = {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": actions,
        "Resource": resource,
    }
    return statement | ({"Condition": condition} if condition else {})
