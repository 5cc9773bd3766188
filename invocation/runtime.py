"""boto3's SageMaker runtime: of the user's own settings, or of the laptop's AWS whatever these are."""

from collections.abc import Mapping
from typing import Any

import boto3
import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError

from invocation.errors import ClientSettingsError

__all__ = ["local_runtime_client", "runtime_client"]

_SERVICE = "sagemaker-runtime"
_CONFIG = Config(
    # SageMaker gives a model 60 seconds to answer (SageMaker Runtime API reference, InvokeEndpoint).
    read_timeout=70,
    # A request that failed is told, not repeated: a model may have counted it.
    retries={"max_attempts": 0},
)


def runtime_client(region: str) -> Any:  # noqa: ANN401 - boto3 makes its clients' classes at run time
    """Return a client with the credentials that the AWS CLI would use.

    Raises:
        ClientSettingsError: the user's AWS settings are contradictory, such as a profile that isn't there.
    """
    try:
        return boto3.client(_SERVICE, region_name=region, config=_CONFIG)
    except BotoCoreError as error:
        raise ClientSettingsError(
            f"your AWS settings don't hold: {error}. Check AWS_PROFILE and ~/.aws."
        ) from error


def local_runtime_client(region: str, variables: Mapping[str, str]) -> Any:  # noqa: ANN401 - as above
    """Return a client for the laptop's AWS.

    Args:
        region: of the deployment.
        variables: those that point a program at the laptop's AWS.
    """
    # No profile of the user's has a place here, least of all one that AWS_PROFILE names and no file has.
    session = botocore.session.Session(session_vars={"profile": (None, None, None, None)})
    return boto3.Session(botocore_session=session).client(
        _SERVICE,
        region_name=region,
        endpoint_url=variables["AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME"],
        aws_access_key_id=variables["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=variables["AWS_SECRET_ACCESS_KEY"],
        config=_CONFIG,
    )
