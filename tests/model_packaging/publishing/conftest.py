"""One laptop's AWS with a bucket, and clients of it that count their requests."""

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from local.aws.client import LocalAws
from model_packaging.publishing._bucket import Bucket
from model_packaging.publishing._packed_model import PackedModel
from model_packaging.publishing.client import local_s3_client
from tests.local.aws.ports import free_port_pair
from tests.model_packaging.publishing.packed import CONFIG, LARGE, pack

BUCKET = "published-models"
_PROJECT_ROOT = Path(__file__).resolve().parents[3]
_numbers = itertools.count()


@pytest.fixture(scope="session")
def s3_variables(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The variables that point a program at a running LocalAws that has the bucket."""
    port = free_port_pair()
    folder = tmp_path_factory.mktemp("published")
    aws = LocalAws(_PROJECT_ROOT, folder, port=port, runtime_port=port + 1)
    aws.up()
    try:
        variables = aws.environment()
        local_s3_client("us-east-1", variables).create_bucket(Bucket=BUCKET)
        yield variables
    finally:
        aws.down()


@pytest.fixture
def s3(s3_variables: dict[str, str]) -> Any:  # noqa: ANN401 - boto3 makes its clients' classes at run time
    """A client of its own, whose events a test may listen to."""
    return local_s3_client("us-east-1", s3_variables)


@pytest.fixture
def requests(s3: Any) -> list[str]:  # noqa: ANN401 - as above
    """The names of the operations that the client sent, in order."""
    sent: list[str] = []
    s3.meta.events.register("before-send.s3", lambda event_name, **_: sent.append(event_name.split(".")[-1]))
    return sent


@pytest.fixture
def bucket(s3: Any) -> Bucket:  # noqa: ANN401 - as above
    """The bucket, as publishing sees it."""
    return Bucket(s3, name=BUCKET, account="000000000000", region="us-east-1")


@pytest.fixture
def new_key() -> Callable[[str], str]:
    """Makes keys that no other test uses."""
    return lambda suffix: f"test-{next(_numbers)}{suffix}"


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> PackedModel:
    """A model that goes in one request."""
    return pack(tmp_path_factory.mktemp("small"), {"m/1/model.pt": b"weights", "m/config.pbtxt": CONFIG})


@pytest.fixture(scope="session")
def large(tmp_path_factory: pytest.TempPathFactory) -> PackedModel:
    """A model of three parts."""
    return pack(tmp_path_factory.mktemp("large"), {"m/1/model.pt": LARGE, "m/config.pbtxt": CONFIG})
