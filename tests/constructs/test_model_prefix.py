"""Where the models of a multi-model endpoint are."""

import re

import aws_cdk as cdk
import pytest

from seatrial_hosting import HostingError, ModelArtifact, ModelPrefix

KEY = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"


def at(key: str, bucket: str = "models", kms_key_arn: str | None = None) -> ModelArtifact:
    return ModelArtifact("ab" * 32, bucket, key, kms_key_arn)


def test_what_the_keys_have_in_common_is_the_prefix(stack: cdk.Stack) -> None:
    """The last folder; a request names what comes after it."""
    one, two = at("a/b/1.tar.gz", kms_key_arn=KEY), at("a/b/2.tar.gz", kms_key_arn=KEY)
    prefix = ModelPrefix.of(stack, {"one": one, "two": two})
    assert prefix == ModelPrefix("models", "a/b/", KEY)
    assert prefix.url == "s3://models/a/b/"
    assert prefix.archives == "a/b/*.tar.gz"
    assert [prefix.target_model(each) for each in (one, two)] == ["1.tar.gz", "2.tar.gz"]


@pytest.mark.parametrize(
    ("other", "words"),
    [
        (
            at("a/c/2.tar.gz"),
            "two is at s3://models/a/c/ (no KMS key), one at s3://models/a/b/ (no KMS key); ",
        ),
        (at("a/b/2.tar.gz", "others"), "two is at s3://others/a/b/ (no KMS key), one at s3://models/a/b/"),
        (at("a/b/2.tar.gz", kms_key_arn=KEY), f"two is at s3://models/a/b/ ({KEY}), one at s3://models/a/b/"),
    ],
)
def test_models_in_several_places_are_refused(stack: cdk.Stack, other: ModelArtifact, words: str) -> None:
    """One address and one key stand for all."""
    with pytest.raises(HostingError, match=re.escape(words)) as refusal:
        ModelPrefix.of(stack, {"one": at("a/b/1.tar.gz"), "two": other})
    assert str(refusal.value).endswith(
        "a multi-model endpoint has one prefix and one key. Bring both to the same."
    )


def test_the_root_of_a_bucket_is_refused(stack: cdk.Stack) -> None:
    """A caller names any archive below the prefix, so others' must not be there."""
    with pytest.raises(HostingError) as refusal:
        ModelPrefix.of(stack, {"one": at("1.tar.gz")})
    assert str(refusal.value).endswith(
        "one is at the root of s3://models/, so the endpoint could be asked for every archive of the bucket. "
        "Give the models a prefix of their own."
    )


def test_a_bucket_that_only_cloudformation_knows_is_one_bucket(app: cdk.App) -> None:
    """Each use of a stack's bucket is a token of its own; what they come to is compared."""
    stack = cdk.Stack(app, "anywhere")
    first, second = (f"assets-{cdk.Fn.ref('AWS::Region')}" for _ in range(2))
    prefix = ModelPrefix.of(stack, {"one": at("a/1.tar.gz", first), "two": at("a/2.tar.gz", second)})
    assert prefix.key_prefix == "a/"
