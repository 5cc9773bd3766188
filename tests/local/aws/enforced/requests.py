"""Requests that cases begin with: models, configurations and endpoints of the API."""

import time
from typing import Any

from tests.local.aws.account import IMAGE
from tests.local.aws.component_account import ComponentAccount
from tests.local.aws.enforced.parts import ARTIFACT, ROLE

__all__ = ["INSTANCE_TYPE", "create_config", "create_model", "delete", "endpoint_of", "endpoints"]

INSTANCE_TYPE = "ml.m5.xlarge"


def create_model(hosting: ComponentAccount, name: str = "", **changes: Any) -> str:  # noqa: ANN401 - API members
    """Create a model, and return its name."""
    name = name or hosting.account.new_name("enforced")
    request = {
        "ModelName": name,
        "ExecutionRoleArn": ROLE,
        "PrimaryContainer": {"Image": IMAGE, "ModelDataUrl": ARTIFACT},
        **changes,
    }
    hosting.sagemaker.create_model(**request)
    return name


def create_config(hosting: ComponentAccount, **variant: Any) -> str:  # noqa: ANN401 - API members
    """Create the configuration of one variant, of components where it names no model; return its name."""
    name = hosting.account.new_name("enforced")
    named = {
        "VariantName": "AllTraffic",
        "InstanceType": INSTANCE_TYPE,
        "InitialInstanceCount": 1,
        **variant,
    }
    hosting.sagemaker.create_endpoint_config(
        EndpointConfigName=name, ExecutionRoleArn=ROLE, ProductionVariants=[named]
    )
    return name


def endpoint_of(hosting: ComponentAccount, instances: int) -> str:
    """Create an endpoint of so many instances for components, and wait for it."""
    name = create_config(hosting, InitialInstanceCount=instances)
    hosting.sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=name)
    hosting.account.wait_endpoint(name, "InService")
    return name


def endpoints(hosting: ComponentAccount) -> list[dict[str, Any]]:
    """Return every endpoint, as ListEndpoints has it."""
    listed: list[dict[str, Any]] = hosting.sagemaker.list_endpoints(MaxResults=100)["Endpoints"]
    return listed


def delete(hosting: ComponentAccount, endpoint: str) -> None:
    """Delete an endpoint, and wait until it is gone."""
    hosting.sagemaker.delete_endpoint(EndpointName=endpoint)
    deadline = time.monotonic() + 10
    while endpoint in {each["EndpointName"] for each in endpoints(hosting)}:
        assert time.monotonic() < deadline, endpoint
        time.sleep(0.02)
