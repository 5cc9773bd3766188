"""What lies in the account while the cases run."""

import json

from tests.local.aws.account import BUCKET, Account
from tests.local.aws.enforced.parts import trust
from tests.local.aws.tiny_models import scaling_model_archive

__all__ = ["prepare"]


def prepare(account: Account) -> None:
    """Put artifacts, a folder of files and a role that SageMaker may not assume into the account.

    One artifact is no archive, so that what would serve it fails at once; another one serves.
    """
    account.s3.put_object(Bucket=BUCKET, Key="enforced.tar.gz", Body=b"no archive")
    account.s3.put_object(Bucket=BUCKET, Key="serving.tar.gz", Body=scaling_model_archive(2.0))
    account.s3.put_object(Bucket=BUCKET, Key="folder/config.pbtxt", Body=b"")
    account.client("iam").create_role(
        RoleName="untrusted", AssumeRolePolicyDocument=json.dumps(trust("ec2.amazonaws.com"))
    )
    allowed = {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": f"arn:aws:s3:::{BUCKET}"}
    account.client("iam").put_role_policy(
        RoleName="serving",
        PolicyName="list",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [allowed]}),
    )
