"""One laptop's AWS for every test that needs it, on ports and in folders of its own."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

from local.aws.client import LocalAws
from tests.local.aws.account import BUCKET, Account
from tests.local.aws.component_account import ComponentAccount
from tests.local.aws.ports import free_port_pair

_PROJECT_ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="session")
def local_aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    """A running LocalAws."""
    port = free_port_pair()
    running = LocalAws(_PROJECT_ROOT, tmp_path_factory.mktemp("local_aws"), port=port, runtime_port=port + 1)
    running.up()
    yield running
    running.down()


@pytest.fixture(scope="session")
def aws_client(local_aws: LocalAws) -> Callable[[str], Any]:
    """Makes boto3 clients of the running LocalAws that don't retry."""
    variables = local_aws.environment()
    session = boto3.Session(
        aws_access_key_id=variables["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=variables["AWS_SECRET_ACCESS_KEY"],
        region_name=variables["AWS_REGION"],
    )

    def client(service: str) -> Any:  # noqa: ANN401 - boto3's clients have no static type
        runtime = service == "sagemaker-runtime"
        endpoint = variables["AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME" if runtime else "AWS_ENDPOINT_URL"]
        config = Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"})
        return session.client(service, endpoint_url=endpoint, config=config)

    return client


@pytest.fixture(scope="session")
def account(aws_client: Callable[[str], Any]) -> Account:
    """The local account with a bucket and a role that SageMaker may assume."""
    aws_client("s3").create_bucket(Bucket=BUCKET)
    iam = aws_client("iam")
    trust = {
        "Effect": "Allow",
        "Principal": {"Service": "sagemaker.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    role = iam.create_role(
        RoleName="serving",
        AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
    )["Role"]
    read = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{BUCKET}/*"}
    iam.put_role_policy(
        RoleName="serving",
        PolicyName="read",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [read]}),
    )
    return Account(aws_client, role["Arn"])


@pytest.fixture(scope="session")
def hosting(account: Account, local_aws: LocalAws) -> ComponentAccount:
    """The local account, where endpoints host inference components."""
    return ComponentAccount(account, local_aws)
