"""Which AWS a deployment is for: the laptop's by its account number, else that of the user's own settings."""

from typing import Any

import boto3
from botocore.config import Config

from cli._project import PROJECT
from local.aws.account import LOCAL_ACCOUNT
from local.aws.client import LocalAws
from spec import Deployment

__all__ = ["runtime_client"]

_TIMEOUT_SECONDS = 70
"""SageMaker gives a model 60 seconds to answer (SageMaker Runtime API reference, InvokeEndpoint)."""


def runtime_client(deployment: Deployment) -> Any:  # noqa: ANN401 - boto3 makes its clients' classes at run time
    """Return a boto3 ``sagemaker-runtime`` client for the deployment's account.

    Raises:
        LocalAwsError: the deployment is for the laptop's AWS, which is not running.
    """
    config = Config(read_timeout=_TIMEOUT_SECONDS, retries={"max_attempts": 0})
    region = deployment.environment.region
    if deployment.environment.account != LOCAL_ACCOUNT:
        return boto3.client("sagemaker-runtime", region_name=region, config=config)
    variables = LocalAws(PROJECT.root).environment()
    return boto3.client(
        "sagemaker-runtime",
        region_name=region,
        endpoint_url=variables["AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME"],
        aws_access_key_id=variables["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=variables["AWS_SECRET_ACCESS_KEY"],
        config=config,
    )
