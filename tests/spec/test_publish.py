"""Where models are published, as the file says it and by default; and what needs an archive."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from spec import Deployment, Problem, PublishedTo

Refused = Callable[[tuple[str | int, ...], object], Problem]
OnlyProblem = Callable[[str], Problem]

KEY = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
OTHER_KEY = KEY.replace("1111-", "2222-", 1)


def deployment(valid: dict[str, Any]) -> Deployment:
    return Deployment.model_validate_json(json.dumps(valid))


def test_models_are_assets_by_default(valid: dict[str, Any]) -> None:
    """`cdk deploy` uploads them, as ever."""
    assert deployment(valid).models["classifier"].artifact == "asset"


@pytest.mark.parametrize("artifact", ["published", "uncompressed"])
def test_how_a_model_gets_into_s3_is_no_reason_to_build(valid: dict[str, Any], artifact: str) -> None:
    """The artifact is the same, so it is no part of what decides it."""
    before = deployment(valid).models["classifier"].canonical_document()
    valid["models"]["classifier"]["artifact"] = artifact
    assert deployment(valid).models["classifier"].canonical_document() == before


def test_another_way_is_refused(refused: Refused) -> None:
    """With the three that there are."""
    problem = refused(("models", "classifier", "artifact"), "s3")
    assert problem.allowed == '"asset" or "published" or "uncompressed"'


def test_the_bootstraps_bucket_is_the_default(valid: dict[str, Any]) -> None:
    """Where `cdk deploy` puts assets."""
    assert deployment(valid).published_to == PublishedTo(
        "cdk-hnb659fds-assets-123456789012-eu-west-1", "", None
    )


def test_the_artifact_bucket_is_the_default_where_there_is_one(valid: dict[str, Any]) -> None:
    """With its key."""
    valid["security"] = {"artifact_bucket": {"name": "artifacts", "kms_key": KEY}}
    assert deployment(valid).published_to == PublishedTo("artifacts", "", KEY)


def test_what_is_said_goes_first(valid: dict[str, Any]) -> None:
    """The artifact bucket's key is another bucket's."""
    valid["security"] = {"artifact_bucket": {"name": "artifacts", "kms_key": KEY}}
    valid["publish"] = {"bucket": "models", "prefix": "vision/2026/"}
    assert deployment(valid).published_to == PublishedTo("models", "vision/2026/", None)


def test_a_key_of_ones_own_goes_first(valid: dict[str, Any]) -> None:
    """In the artifact bucket, too."""
    valid["security"] = {"artifact_bucket": {"name": "artifacts", "kms_key": KEY}}
    valid["publish"] = {"kms_key": OTHER_KEY}
    assert deployment(valid).published_to == PublishedTo("artifacts", "", OTHER_KEY)


@pytest.mark.parametrize("prefix", ["models", "/models/", "a//b/", "../", "./a/", "a b/", "m*/", "$x/"])
def test_a_prefix_that_is_no_clean_key_is_refused(refused: Refused, prefix: str) -> None:
    """It ends with a slash, and nothing in it is a wildcard, blank or a step upwards."""
    assert "each followed by a slash" in refused(("publish",), {"prefix": prefix}).allowed


def test_a_key_of_another_region_is_refused(refused: Refused) -> None:
    """Amazon S3 encrypts with keys of its own region."""
    problem = refused(("publish",), {"kms_key": KEY.replace("eu-west-1", "eu-west-2")})
    assert problem.path == "publish.kms_key"


def test_an_inline_container_takes_an_archive(valid: dict[str, Any], only_problem_of: OnlyProblem) -> None:
    """Its ArtifactUrl is one .tar.gz."""
    valid["models"]["classifier"]["artifact"] = "uncompressed"
    component = {
        "model": "classifier",
        "inline_container": True,
        "copies": {"min": 1, "max": 1},
        "compute": {"accelerators": 1, "memory_mib": 1024},
    }
    valid["endpoints"] = {
        "shared": {
            "type": "inference-components",
            "instances": {"type": "ml.g5.xlarge", "min": 1, "max": 1},
            "components": {"one": component},
        }
    }
    problem = only_problem_of(json.dumps(valid))
    assert problem.path == "endpoints.shared.components.one.model"
    assert "the artifact of classifier is uncompressed, and an inline container takes one .tar.gz" in str(
        problem
    )


def test_an_accelerators_benchmark_takes_an_archive(
    valid: dict[str, Any], problems_of: Callable[[str], tuple[Problem, ...]]
) -> None:
    """It fetches one object."""
    valid["models"]["classifier"]["artifact"] = "uncompressed"
    valid["clients"] = {
        "old": {
            "instance_type": "c5.large",
            "placement": "public",
            "elastic_inference": {"type": "eia2.medium", "model": "classifier"},
        }
    }
    found = [each for each in problems_of(json.dumps(valid)) if "uncompressed" in str(each)]
    assert [each.path for each in found] == ["clients.old.elastic_inference.model"]
