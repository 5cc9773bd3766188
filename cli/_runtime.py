"""Which AWS a deployment is for: the laptop's by its account number, else that of the user's own settings."""

from typing import Any

from cli._project import PROJECT
from invocation import local_runtime_client, runtime_client
from local.aws.account import LOCAL_ACCOUNT
from local.aws.client import LocalAws, LocalAwsError
from spec import Deployment

__all__ = ["runtime_client_of"]


def runtime_client_of(deployment: Deployment) -> Any:  # noqa: ANN401 - boto3 makes its clients' classes at run time
    """Return a boto3 ``sagemaker-runtime`` client for the deployment's account.

    Raises:
        LocalAwsError: the deployment is for the laptop's AWS, which is not running.
        ClientSettingsError: the user's AWS settings are contradictory.
    """
    region = deployment.environment.region
    if deployment.environment.account != LOCAL_ACCOUNT:
        return runtime_client(region)
    aws = LocalAws(PROJECT.root)
    if not aws.status().running:
        raise LocalAwsError("the laptop's AWS is not running: start it with `seatrial local up` and deploy.")
    return local_runtime_client(region, aws.environment())
