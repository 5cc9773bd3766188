"""The rules about model data that are not packed, in any template."""

from typing import Any

import pytest

from tests.preflight.rules.serving_templates import (
    Resources,
    changed,
    found,
    properties,
    statement,
    with_policy,
)
from tests.preflight.rules.template_findings import findings

MODEL = "AWS::SageMaker::Model"
OBJECTS = "arn:aws:s3:::artifacts/files/*"
BUCKET = "arn:aws:s3:::artifacts"


def container(uri: str = "s3://artifacts/files/", kind: str = "S3Prefix", compression: str = "None") -> Any:  # noqa: ANN401 - a template's JSON
    source = {"S3Uri": uri, "S3DataType": kind, "CompressionType": compression}
    return {"Image": "image", "ModelDataSource": {"S3DataSource": source}}


def told(data: object) -> list[str]:
    return [each.what for each in findings({"It": (MODEL, {"PrimaryContainer": data})}, "SEA421")]


@pytest.mark.parametrize(
    "data",
    [
        container(),
        container("s3://artifacts/one.tar.gz", "S3Object", "Gzip"),
        container("s3://artifacts/one.pt", "S3Object"),
        {"Image": "image", "ModelDataUrl": "s3://artifacts/one.tar.gz"},
    ],
)
def test_sea421_lets_every_kind_pass(data: object) -> None:
    """Three of a source, and the URL of an archive."""
    assert told(data) == []


def test_sea421_a_compressed_prefix() -> None:
    """Gzip is of a single object."""
    assert told(container(compression="Gzip")) == ["S3DataType is S3Prefix, and CompressionType Gzip."]


def test_sea421_a_prefix_without_a_slash() -> None:
    """SageMaker takes it for no prefix."""
    assert told(container("s3://artifacts/files")) == ["The prefix is s3://artifacts/files."]


def of_files(*actions: str) -> Any:  # noqa: ANN401 - the change of a template
    """Return the change that gives the model files, and lets ``actions`` through the S3 endpoint."""
    statements = [
        statement(each, resource=BUCKET if each == "s3:ListBucket" else OBJECTS) for each in actions
    ]

    def change(resources: Resources) -> None:
        changed("Model", PrimaryContainer=container())(resources)
        with_policy("S3", *statements)(resources)

    return change


def test_sea713_files_are_listed_through_the_endpoint() -> None:
    """Reading alone finds none of them."""
    assert ("SEA713", "S3") in found(of_files("s3:GetObject"), "SEA713")
    assert ("SEA713", "S3") in found(of_files("s3:ListBucket"), "SEA713")
    assert found(of_files("s3:GetObject", "s3:ListBucket"), "SEA713") == []


def granting(*actions: str) -> Any:  # noqa: ANN401 - likewise
    """Return the change that gives the model files, and its role ``actions`` besides what it has."""

    def change(resources: Resources) -> None:
        changed("Model", PrimaryContainer=container())(resources)
        more = [statement(each, resource=BUCKET if each == "s3:ListBucket" else OBJECTS) for each in actions]
        properties(resources, "Policy")["PolicyDocument"]["Statement"] += more

    return change


def test_sea724_the_role_lists_files() -> None:
    """Beside reading them."""
    assert ("SEA724", "Role") in found(granting("s3:GetObject"), "SEA724")
    assert ("SEA724", "Role") in found(granting("s3:ListBucket"), "SEA724")
    assert found(granting("s3:GetObject", "s3:ListBucket"), "SEA724") == []
