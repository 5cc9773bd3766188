"""The deployed endpoints, through SageMaker's API: what describe calls say, and a lower limit for a while."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import boto3
import botocore.session
from botocore.config import Config

from local.replay.errors import ReplayError

__all__ = ["Hosted", "sagemaker_client"]

_UPDATE_SECONDS = 60.0
_LOOK_SECONDS = 0.05
_HELD = "held-by-replay"
_TAKEN_OVER = ("ProductionVariants", "ExecutionRoleArn", "VpcConfig", "KmsKeyId", "EnableNetworkIsolation")


def sagemaker_client(region: str, variables: Mapping[str, str]) -> Any:  # noqa: ANN401 - boto3 makes its clients' classes at run time
    """Return a boto3 ``sagemaker`` client of the laptop's AWS, whatever the user's own settings are."""
    session = botocore.session.Session(session_vars={"profile": (None, None, None, None)})
    return boto3.Session(botocore_session=session).client(
        "sagemaker",
        region_name=region,
        endpoint_url=variables["AWS_ENDPOINT_URL"],
        aws_access_key_id=variables["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=variables["AWS_SECRET_ACCESS_KEY"],
        config=Config(retries={"max_attempts": 0}),
    )


class Hosted:
    """Endpoints that host inference components.

    Args:
        sagemaker: a boto3 client.
    """

    def __init__(self, sagemaker: Any) -> None:  # noqa: ANN401 - as above
        self._sagemaker = sagemaker

    def instances(self, endpoint_name: str) -> int:
        """Return ``CurrentInstanceCount`` of the endpoint's one variant."""
        described = self._sagemaker.describe_endpoint(EndpointName=endpoint_name)
        return sum(int(each["CurrentInstanceCount"]) for each in described["ProductionVariants"])

    def copies(self, component_name: str) -> int:
        """Return ``CurrentCopyCount`` of a component."""
        described = self._sagemaker.describe_inference_component(InferenceComponentName=component_name)
        return int(described["RuntimeConfig"]["CurrentCopyCount"])

    @contextmanager
    def at_most(self, endpoint_name: str, instances: int) -> Iterator[None]:
        """Hold an endpoint's managed scaling at so many instances while the block runs.

        As an operator would: a configuration that differs in ``MaxInstanceCount`` alone, and UpdateEndpoint;
        afterwards the one before, so that CloudFormation finds what it deployed.
        """
        own = self._sagemaker.describe_endpoint(EndpointName=endpoint_name)["EndpointConfigName"]
        config = self._sagemaker.describe_endpoint_config(EndpointConfigName=own)
        held = {key: config[key] for key in _TAKEN_OVER if key in config}
        for variant in held["ProductionVariants"]:
            variant["ManagedInstanceScaling"]["MaxInstanceCount"] = instances
            variant["InitialInstanceCount"] = min(variant.get("InitialInstanceCount", instances), instances)
        name = f"{endpoint_name[: 62 - len(_HELD)]}-{_HELD}"
        self._sagemaker.create_endpoint_config(EndpointConfigName=name, **held)
        try:
            self._switch(endpoint_name, name)
            yield
        finally:
            self._switch(endpoint_name, own)
            self._sagemaker.delete_endpoint_config(EndpointConfigName=name)

    def _switch(self, endpoint_name: str, config_name: str) -> None:
        described = self._sagemaker.describe_endpoint(EndpointName=endpoint_name)
        if described["EndpointConfigName"] == config_name:
            return
        self._sagemaker.update_endpoint(EndpointName=endpoint_name, EndpointConfigName=config_name)
        deadline = time.monotonic() + _UPDATE_SECONDS
        while time.monotonic() < deadline:
            described = self._sagemaker.describe_endpoint(EndpointName=endpoint_name)
            if described["EndpointStatus"] == "InService":
                return
            time.sleep(_LOOK_SECONDS)
        raise ReplayError(
            f"endpoint {endpoint_name} is {described['EndpointStatus']} after {_UPDATE_SECONDS:.0f} s; see "
            "`seatrial local status`."
        )
