import pytest

from local.aws.server.errors import LaunchError
from local.aws.server.s3_urls import S3Object, parse_s3_url
from local.aws.server.scope import Scope, scope_of_authorization

_DEFAULT = Scope("000000000000", "us-east-1")


def test_an_arn_names_region_and_account() -> None:
    """ARNs are SageMaker's, of the scope."""
    assert _DEFAULT.arn("endpoint/e") == "arn:aws:sagemaker:us-east-1:000000000000:endpoint/e"


@pytest.mark.parametrize(
    ("authorization", "scope"),
    [
        ("", _DEFAULT),
        ("Bearer x", _DEFAULT),
        (
            "AWS4-HMAC-SHA256 Credential=test/20260101/eu-west-1/sagemaker/aws4_request, Signature=0",
            Scope("000000000000", "eu-west-1"),
        ),
        (
            "AWS4-HMAC-SHA256 Credential=111122223333/20260101/eu-west-1/sagemaker/aws4_request",
            Scope("111122223333", "eu-west-1"),
        ),
    ],
)
def test_the_scope_comes_from_the_credential(authorization: str, scope: Scope) -> None:
    """The region is the credential scope's, and twelve digits in the key's place are an account."""
    assert scope_of_authorization(authorization, _DEFAULT) == scope


@pytest.mark.parametrize(
    "url",
    [
        "s3://b/k/x.tar.gz",
        "https://s3.us-east-1.amazonaws.com/b/k/x.tar.gz",
        "https://s3.amazonaws.com/b/k/x.tar.gz",
        "https://b.s3.us-east-1.amazonaws.com/k/x.tar.gz",
        "https://b.s3.amazonaws.com/k%2Fx.tar.gz",
    ],
)
def test_every_way_to_write_an_object_is_understood(url: str) -> None:
    """``s3://``, path-style and virtual-hosted addresses name the same object."""
    assert parse_s3_url(url) == S3Object("b", "k/x.tar.gz")


@pytest.mark.parametrize("url", ["s3://b", "s3://b/", "http://example.com/b/k", "/b/k", ""])
def test_anything_else_is_refused(url: str) -> None:
    """An address that names no object is refused with what is allowed."""
    with pytest.raises(LaunchError, match=r"no address of an S3 object; allowed is s3://BUCKET/KEY\.tar\.gz"):
        parse_s3_url(url)
