"""The laptop's AWS as an account that probes can be asked of."""

import functools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.model import OperationModel

from conformance.account import Account, Pace
from local.aws.client import LocalAws
from tests.local.aws.ports import free_port_pair

_ROOT = Path(__file__).resolve().parents[2]
_ACCOUNT_ID = "000000000000"
_AT_ONCE = {"SAGEMAKER_TRITON_ADDITIONAL_ARGS": "--disable-auto-complete-config"}
"""Triton starts a Python model twice otherwise, first to complete its configuration, which takes a second;
those of the probes are complete."""


@pytest.fixture(scope="session")
def local_aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    """A running LocalAws of these tests' own."""
    port = free_port_pair()
    running = LocalAws(_ROOT, tmp_path_factory.mktemp("conformance"), port=port, runtime_port=port + 1)
    running.up()
    yield running
    running.down()


@pytest.fixture(scope="session")
def calls() -> set[str]:
    """Every call that was made so far, such as ``sagemaker:CreateModel``."""
    return set()


@pytest.fixture(scope="session")
def laptop(local_aws: LocalAws, calls: set[str]) -> Account:
    """The laptop's AWS, in which hours are waited for by its clock, and slow requests take seconds."""
    variables = local_aws.environment()
    session = boto3.Session(
        aws_access_key_id=variables["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=variables["AWS_SECRET_ACCESS_KEY"],
        region_name=variables["AWS_REGION"],
    )

    def listen(model: OperationModel, **_: object) -> None:
        calls.add(f"{model.service_model.signing_name}:{model.name}")

    session.events.register("before-call", listen)

    @functools.cache
    def client(service: str, checked: bool) -> Any:  # noqa: ANN401, FBT001 - boto3's clients have no static type
        runtime = service == "sagemaker-runtime"
        endpoint = variables["AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME" if runtime else "AWS_ENDPOINT_URL"]
        config = Config(
            read_timeout=90,
            retries={"total_max_attempts": 1},
            s3={"addressing_style": "path"},
            parameter_validation=checked,
        )
        return session.client(service, endpoint_url=endpoint, config=config)

    def sleep(seconds: float) -> None:
        if seconds:
            local_aws.advance_clock(seconds)

    pace = Pace(poll_seconds=0.05, wait_seconds=120.0, role_seconds=0.0, request_seconds=2.0, sleep=sleep)
    return Account(client, _ACCOUNT_ID, variables["AWS_REGION"], "laptop", pace, _AT_ONCE)
