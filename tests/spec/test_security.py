"""Keys, roles, bucket, boundary and tags of one's own: what may be said, and where it must be."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from spec import Deployment, Problem, Security

Refused = Callable[[tuple[str | int, ...], object], Problem]
Problems = Callable[[str], tuple[Problem, ...]]

KEY = "arn:aws:kms:eu-west-1:210987654321:key/11111111-2222-3333-4444-555555555555"
ROLE = "arn:aws:iam::123456789012:role/path/serving"
BOUNDARY = "arn:aws:iam::123456789012:policy/boundary"
TOPIC = "arn:aws:sns:eu-west-1:123456789012:on-call"

PLACES: list[tuple[tuple[str, ...], str]] = [
    (("security", "kms_key"), KEY),
    (("security", "permissions_boundary"), BOUNDARY),
    (("models", "classifier", "container", "execution_role"), ROLE),
]


def test_everything_of_ones_own_is_taken(valid: dict[str, Any], problems_of: Problems) -> None:
    """Keys of other accounts, AWS's managed policies as boundaries, any number of topics: all is fine."""
    valid["tags"] = {"team": "vision", "cost center": "42"}
    valid["security"] = {
        "kms_key": KEY,
        "artifact_bucket": {"name": "artifacts.of-vision", "kms_key": KEY},
        "permissions_boundary": "arn:aws:iam::aws:policy/PowerUserAccess",
        "termination_protection": False,
        "acknowledge": {"SEA730": "the key's policy was reviewed in March"},
    }
    valid["models"]["classifier"]["container"]["execution_role"] = ROLE
    valid["endpoints"]["dedicated"]["alarms"] = {"model_latency_p99_milliseconds": 500, "notify": [TOPIC]}
    assert problems_of(json.dumps(valid)) == ()


def test_defaults(valid: dict[str, Any]) -> None:
    """Without the sections everything is created, five errors a minute call, and nothing is tagged."""
    deployment = Deployment.model_validate_json(json.dumps(valid))
    assert deployment.security == Security()
    assert deployment.tags == {}
    alarms = deployment.realtime_endpoints["dedicated"].alarms
    assert (alarms.errors_per_minute, alarms.model_latency_p99_milliseconds, alarms.notify) == (5, None, ())


@pytest.mark.parametrize(
    ("place", "value", "allowed"),
    [
        (("security", "kms_key"), "alias/mine", "the ARN of a KMS key, not of an alias"),
        (("security", "kms_key"), KEY.replace("key/", "alias/"), "the ARN of a KMS key, not of an alias"),
        (("security", "permissions_boundary"), ROLE, "the ARN of an IAM managed policy"),
        (("security", "artifact_bucket"), {"name": "Artifacts"}, "the name of an S3 bucket"),
        (("models", "classifier", "container", "execution_role"), BOUNDARY, "the ARN of an IAM role"),
        (("endpoints", "dedicated", "alarms"), {"notify": ["on-call"]}, "the ARN of an SNS topic"),
        (("endpoints", "dedicated", "alarms"), {"errors_per_minute": 0}, "a whole number from 1"),
        (("tags",), {"team": "ü"}, "a tag's value"),
        (("tags",), {"a#b": "c"}, "a tag's key"),
    ],
)
def test_what_is_none_of_its_kind_is_refused(
    refused: Refused, place: tuple[str, ...], value: object, allowed: str
) -> None:
    """The message says which kind of ARN, name or value belongs there."""
    assert refused(place, value).allowed.startswith(allowed)


@pytest.mark.parametrize(("place", "arn"), PLACES)
def test_another_partition(refused: Refused, place: tuple[str, ...], arn: str) -> None:
    """What is in another partition can never be reached."""
    problem = refused(place, arn.replace("arn:aws:", "arn:aws-cn:"))
    assert problem.path == ".".join(place)
    assert problem.location.startswith("deployments/test.yaml:")
    assert problem.what == "it is in the partition aws-cn; eu-west-1 is in aws"
    assert problem.allowed == "an ARN that begins with arn:aws:"
    assert problem.fix == "name one of this partition, or change the region"


def test_a_key_of_another_region(refused: Refused) -> None:
    """Volumes and logs are encrypted with keys of their own region; the account may be another."""
    problem = refused(("security", "kms_key"), KEY.replace("eu-west-1", "us-east-1"))
    assert problem.what == "it is in us-east-1; the deployment is in eu-west-1"
    assert problem.allowed == "one in eu-west-1"


def test_a_buckets_key_of_another_region(refused: Refused) -> None:
    """A bucket's default key is one of its region, too."""
    bucket = {"name": "artifacts", "kms_key": KEY.replace("eu-west-1", "us-east-1")}
    assert refused(("security", "artifact_bucket"), bucket).path == "security.artifact_bucket.kms_key"


def test_a_topic_of_another_region(refused: Refused) -> None:
    """An alarm tells topics of its own region."""
    alarms = {"notify": [TOPIC, TOPIC.replace("eu-west-1", "us-east-1")]}
    problem = refused(("endpoints", "dedicated", "alarms"), alarms)
    assert problem.path == "endpoints.dedicated.alarms.notify[1]"


@pytest.mark.parametrize(("place", "arn"), PLACES[1:])
def test_a_role_or_policy_of_another_account(refused: Refused, place: tuple[str, ...], arn: str) -> None:
    """Roles are passed, and policies attached, within one account only."""
    problem = refused(place, arn.replace("123456789012", "210987654321"))
    assert problem.what == "it belongs to the account 210987654321; the deployment goes to 123456789012"
    assert problem.allowed == "one of 123456789012"
    assert "within an account" in problem.fix


@pytest.mark.parametrize("key", ["aws:team", "seatrial:deployment", "AWS:x"])
def test_reserved_tags(refused: Refused, key: str) -> None:
    """AWS refuses its own prefix; ours would be overwritten."""
    problem = refused(("tags",), {key: "x"})
    assert problem.what == "tags that begin with aws: or seatrial: are not yours to set"
    assert (problem.allowed, problem.fix) == ("any other key", "rename the tag")


def test_too_many_tags(refused: Refused) -> None:
    """A resource takes 50 tags; ten are kept for others."""
    problem = refused(("tags",), {f"key{number}": "x" for number in range(41)})
    assert problem.what == "there are 41 tags"
    assert problem.allowed.startswith("at most 40")


def test_six_topics_are_too_many(refused: Refused) -> None:
    """CloudWatch takes five."""
    problem = refused(("endpoints", "dedicated", "alarms"), {"notify": [f"{TOPIC}{n}" for n in range(6)]})
    assert "at most 5" in problem.allowed
