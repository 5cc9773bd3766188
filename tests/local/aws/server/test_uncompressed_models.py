"""Models whose files are objects below a prefix: checked, downloaded and served."""

import io
import json
import tarfile
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.local.aws.account import BUCKET, IMAGE, Account
from tests.local.aws.tiny_models import scaling_model_archive

pytestmark = pytest.mark.integration


def uploaded(account: Account) -> str:
    """Upload a model's files, and return their prefix."""
    prefix = f"{account.new_name('files')}/"
    with tarfile.open(fileobj=io.BytesIO(scaling_model_archive(3))) as archive:
        for member in archive.getmembers():
            if member.isfile():
                content = archive.extractfile(member)
                assert content is not None
                key = prefix + member.name.removeprefix("./")
                account.s3.put_object(Bucket=BUCKET, Key=key, Body=content.read())
    return f"s3://{BUCKET}/{prefix}"


def create(account: Account, uri: str, kind: str = "S3Prefix", role_arn: str | None = None) -> str:
    """Create a model of what is at ``uri``, and return its name."""
    name = account.new_name("uncompressed")
    source = {"S3Uri": uri, "S3DataType": kind, "CompressionType": "None"}
    account.sagemaker.create_model(
        ModelName=name,
        ExecutionRoleArn=role_arn or account.role_arn,
        PrimaryContainer={"Image": IMAGE, "ModelDataSource": {"S3DataSource": source}},
    )
    return name


@pytest.fixture(scope="module")
def listing_role(account: Account) -> str:
    """A role that may list and read below any prefix of the bucket."""
    iam = account.client("iam")
    trust = iam.get_role(RoleName="serving")["Role"]["AssumeRolePolicyDocument"]
    arn: str = iam.create_role(RoleName="listing", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    statements = [
        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{BUCKET}/*"},
        {
            "Effect": "Allow",
            "Action": "s3:ListBucket",
            "Resource": f"arn:aws:s3:::{BUCKET}",
            "Condition": {"StringLike": {"s3:prefix": ["files-*"]}},
        },
    ]
    policy = json.dumps({"Version": "2012-10-17", "Statement": statements})
    iam.put_role_policy(RoleName="listing", PolicyName="read", PolicyDocument=policy)
    return arn


def test_an_endpoint_serves_the_files(account: Account, listing_role: str) -> None:
    """As if they had come out of an archive."""
    model = create(account, uploaded(account), role_arn=listing_role)
    described: dict[str, Any] = account.sagemaker.describe_model(ModelName=model)["PrimaryContainer"]
    assert described["ModelDataSource"]["S3DataSource"]["S3DataType"] == "S3Prefix"
    name = account.new_name("uncompressed")
    account.sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=account.create_config(model))
    account.wait_endpoint(name, "InService")
    account.sagemaker.delete_endpoint(EndpointName=name)


def test_a_role_that_may_not_list_is_refused(account: Account) -> None:
    """Reading single objects is not enough."""
    with pytest.raises(ClientError, match="s3:ListBucket"):
        create(account, uploaded(account))


def test_a_prefix_without_objects_is_refused(account: Account, listing_role: str) -> None:
    """There is nothing to serve."""
    with pytest.raises(ClientError, match="Could not access model data"):
        create(account, f"s3://{BUCKET}/files-none/", role_arn=listing_role)
