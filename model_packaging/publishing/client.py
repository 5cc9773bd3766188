"""boto3's S3: of the user's own settings, or of the laptop's AWS whatever these are."""

from collections.abc import Mapping
from typing import Any

import boto3
import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError

from model_packaging.publishing.errors import PublishError

__all__ = ["local_s3_client", "s3_client"]

_CONFIG = Config(
    # A cut connection is told soon: what was sent isn't lost.
    connect_timeout=10,
    read_timeout=60,
    retries={"mode": "standard", "total_max_attempts": 5},
)


def s3_client(region: str) -> Any:  # noqa: ANN401 - boto3 makes its clients' classes at run time
    """Return a client with the credentials that the AWS CLI would use.

    Raises:
        PublishError: the user's AWS settings are contradictory, such as a profile that isn't there.
    """
    try:
        return boto3.client("s3", region_name=region, config=_CONFIG)
    except BotoCoreError as error:
        raise PublishError(
            f"your AWS settings don't hold ({error}).", "check AWS_PROFILE and ~/.aws."
        ) from error


def local_s3_client(region: str, variables: Mapping[str, str]) -> Any:  # noqa: ANN401 - as above
    """Return a client for the laptop's AWS.

    Args:
        region: of the deployment.
        variables: those that point a program at the laptop's AWS.
    """
    # No profile of the user's has a place here, least of all one that AWS_PROFILE names and no file has.
    session = botocore.session.Session(session_vars={"profile": (None, None, None, None)})
    return boto3.Session(botocore_session=session).client(
        "s3",
        region_name=region,
        endpoint_url=variables["AWS_ENDPOINT_URL_S3"],
        aws_access_key_id=variables["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=variables["AWS_SECRET_ACCESS_KEY"],
        config=_CONFIG.merge(Config(s3={"addressing_style": "path"})),
    )
