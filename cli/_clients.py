"""Which AWS a deployment is for: the laptop's by its account number, else that of the user's own settings."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from cli._project import PROJECT
from local.aws.account import LOCAL_ACCOUNT
from local.aws.client import LocalAws, LocalAwsError
from spec import Deployment

if TYPE_CHECKING:
    from model_packaging.remote.account_clients import AccountClients

__all__ = ["account_clients_of", "runtime_client_of", "s3_client_of"]


def runtime_client_of(deployment: Deployment) -> Any:  # noqa: ANN401 - boto3 makes its clients' classes at run time
    """Return a boto3 ``sagemaker-runtime`` client for the deployment's account.

    Raises:
        LocalAwsError: the deployment is for the laptop's AWS, which is not running.
        ClientSettingsError: the user's AWS settings are contradictory.
    """
    from invocation import local_runtime_client, runtime_client

    region, variables = deployment.environment.region, _laptop_variables(deployment)
    return runtime_client(region) if variables is None else local_runtime_client(region, variables)


def s3_client_of(deployment: Deployment) -> Any:  # noqa: ANN401 - as above
    """Return a boto3 ``s3`` client for the deployment's account, made for publishing.

    Raises:
        LocalAwsError: the deployment is for the laptop's AWS, which is not running.
        PublishError: the user's AWS settings are contradictory.
    """
    from model_packaging.publishing import local_s3_client, s3_client

    region, variables = deployment.environment.region, _laptop_variables(deployment)
    return s3_client(region) if variables is None else local_s3_client(region, variables)


def account_clients_of(deployment: Deployment) -> "AccountClients":
    """Return boto3's clients of what a build in the deployment's account needs.

    Raises:
        LocalAwsError: the deployment is for the laptop's AWS, which is not running.
        BuildStackError: the user's AWS settings are contradictory.
    """
    from model_packaging.remote.account_clients import AccountClients

    region, variables = deployment.environment.region, _laptop_variables(deployment)
    if variables is None:
        return AccountClients.of_user(region)
    return AccountClients.of_laptop(region, variables)


def _laptop_variables(deployment: Deployment) -> Mapping[str, str] | None:
    """Return what points a program at the laptop's AWS; None where the deployment is for another account."""
    if deployment.environment.account != LOCAL_ACCOUNT:
        return None
    aws = LocalAws(PROJECT.root)
    if not aws.status().running:
        raise LocalAwsError("the laptop's AWS is not running: start it with `seatrial local up`.")
    return aws.environment()
