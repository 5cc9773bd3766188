"""Which S3 models are published to: the laptop's by the account number, else that of the user's settings."""

from typing import Any

from cli._project import PROJECT
from local.aws.account import LOCAL_ACCOUNT
from local.aws.client import LocalAws, LocalAwsError
from model_packaging.publishing import local_s3_client, s3_client
from spec import Deployment

__all__ = ["s3_client_of"]


def s3_client_of(deployment: Deployment) -> Any:  # noqa: ANN401 - boto3 makes its clients' classes at run time
    """Return a boto3 ``s3`` client for the deployment's account.

    Raises:
        LocalAwsError: the deployment is for the laptop's AWS, which is not running.
        PublishError: the user's AWS settings are contradictory.
    """
    region = deployment.environment.region
    if deployment.environment.account != LOCAL_ACCOUNT:
        return s3_client(region)
    aws = LocalAws(PROJECT.root)
    if not aws.status().running:
        raise LocalAwsError("the laptop's AWS is not running: start it with `seatrial local up`.")
    return local_s3_client(region, aws.environment())
