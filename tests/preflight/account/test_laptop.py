"""An account is asked for real: the laptop's AWS, by boto3."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from local.aws.client import LocalAws
from model_packaging.remote.account_clients import AccountClients
from preflight.account import check_account
from tests.local.aws.ports import free_port_pair
from tests.preflight.rules.account_deployments import deployment

pytestmark = pytest.mark.integration

_PROJECT_ROOT = Path(__file__).resolve().parents[3]
KEY = "arn:aws:kms:us-east-1:000000000000:key/01234567-89ab-cdef-0123-456789abcdef"
ROLE = "arn:aws:iam::000000000000:role/nobody"


@pytest.fixture(scope="module")
def laptop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AccountClients]:
    """Clients of a running laptop's AWS."""
    port = free_port_pair()
    aws = LocalAws(_PROJECT_ROOT, tmp_path_factory.mktemp("account"), port=port, runtime_port=port + 1)
    aws.up()
    try:
        yield AccountClients.of_laptop("us-east-1", aws.environment())
    finally:
        aws.down()


def test_what_is_missing_is_found(laptop: AccountClients) -> None:
    """A role, a key and a bucket that nobody made, in an account that nobody bootstrapped."""
    container = f'\n    container: {{execution_role: "{ROLE}"}}'
    file = deployment(
        f'security: {{kms_key: "{KEY}"}}\npublish: {{bucket: nobodys-artifacts}}\n',
        **{'"123456789012"': '"000000000000"', "max_batch_size: 16}": f"max_batch_size: 16}}{container}"},
    )
    report = check_account(file, "deployments/vision.yaml", laptop)
    found = {finding.rule: finding.what for finding in report.findings}
    assert found["SEA569"] == f"There is no role {ROLE}."
    assert found["SEA570"] == f"There is no key {KEY}."
    assert found["SEA571"] == "There is no bucket 'nobodys-artifacts'."
    assert found["SEA564"].endswith("`cdk bootstrap` has not run.")
    assert sorted(found) == ["SEA564", "SEA569", "SEA570", "SEA571"]


def test_what_is_not_offered_is_not_checked(laptop: AccountClients) -> None:
    """The laptop's AWS names no zones of its services: that is told, and nothing fails."""
    file = deployment(**{'"123456789012"': '"000000000000"'})
    report = check_account(file, "deployments/vision.yaml", laptop)
    told = {each.what for each in report.not_checked}
    assert "in which zones sagemaker.runtime has interface endpoints" in told
    assert "SEA567" not in {finding.rule for finding in report.findings}


def test_what_is_there_is_no_finding(laptop: AccountClients) -> None:
    """A bucket in the deployment's region, and an enabled key."""
    laptop.client("s3").create_bucket(Bucket="our-artifacts")
    key = laptop.client("kms").create_key()["KeyMetadata"]["Arn"]
    file = deployment(
        f'security: {{kms_key: "{key}"}}\npublish: {{bucket: our-artifacts}}\n',
        **{'"123456789012"': '"000000000000"'},
    )
    report = check_account(file, "deployments/vision.yaml", laptop)
    assert {"SEA570", "SEA571"} & {finding.rule for finding in report.findings} == set()
