"""What tests do with the local account: artifacts, a role, stacks of one endpoint, invocations."""

import itertools
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

__all__ = ["BUCKET", "IMAGE", "Account"]

BUCKET = "artifacts"
IMAGE = "785573368785.dkr.ecr.us-east-1.amazonaws.com/sagemaker-tritonserver:24.09-py3"
_WAIT_SECONDS = 60.0


@dataclass
class Account:
    """What tests do with the local account: artifacts, a role, stacks of one endpoint, invocations."""

    client: Callable[[str], Any]
    role_arn: str
    _counter: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def __post_init__(self) -> None:
        """Make the clients once: boto3 takes a while."""
        self.s3 = self.client("s3")
        self.sagemaker = self.client("sagemaker")
        self.runtime = self.client("sagemaker-runtime")
        self.cloudformation = self.client("cloudformation")

    def new_name(self, prefix: str) -> str:
        """Return a name that no other test uses."""
        return f"{prefix}-{next(self._counter)}"

    def upload(self, archive: bytes) -> str:
        """Put an artifact into S3 and return its address."""
        key = f"{self.new_name('model')}.tar.gz"
        self.s3.put_object(Bucket=BUCKET, Key=key, Body=archive)
        return f"s3://{BUCKET}/{key}"

    def endpoint_template(self, endpoint: str, artifact: str, **variant: Any) -> str:  # noqa: ANN401 - API members
        """Return a template of a model, a configuration and an endpoint."""
        return json.dumps(
            {
                "Resources": {
                    "Model": {
                        "Type": "AWS::SageMaker::Model",
                        "Properties": {
                            "ExecutionRoleArn": self.role_arn,
                            "PrimaryContainer": {"Image": IMAGE, "ModelDataUrl": artifact},
                        },
                    },
                    "Config": {
                        "Type": "AWS::SageMaker::EndpointConfig",
                        "Properties": {
                            "ProductionVariants": [
                                {
                                    "VariantName": "AllTraffic",
                                    "ModelName": {"Fn::GetAtt": ["Model", "ModelName"]},
                                    "InstanceType": "ml.g4dn.xlarge",
                                    "InitialInstanceCount": 1,
                                    "InitialVariantWeight": 1,
                                    **variant,
                                }
                            ]
                        },
                    },
                    "Endpoint": {
                        "Type": "AWS::SageMaker::Endpoint",
                        "Properties": {
                            "EndpointName": endpoint,
                            "EndpointConfigName": {"Fn::GetAtt": ["Config", "EndpointConfigName"]},
                        },
                    },
                }
            }
        )

    def create_model(self, artifact: str) -> str:
        """Create a model through the API and return its name."""
        name = self.new_name("model")
        self.sagemaker.create_model(
            ModelName=name,
            ExecutionRoleArn=self.role_arn,
            PrimaryContainer={"Image": IMAGE, "ModelDataUrl": artifact},
        )
        return name

    def create_config(self, model: str, **more: Any) -> str:  # noqa: ANN401 - API members
        """Create an endpoint configuration through the API and return its name."""
        name = self.new_name("config")
        variant = {
            "VariantName": "AllTraffic",
            "ModelName": model,
            "InstanceType": "ml.m5.xlarge",
            "InitialInstanceCount": 1,
        }
        self.sagemaker.create_endpoint_config(
            EndpointConfigName=name, **{"ProductionVariants": [variant], **more}
        )
        return name

    def wait_stack(self, stack: str) -> str:
        """Wait until nothing is in progress on a stack, and return its status."""
        deadline = time.monotonic() + _WAIT_SECONDS
        while time.monotonic() < deadline:
            status: str = self.cloudformation.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"]
            if not status.endswith("_IN_PROGRESS"):
                return status
            time.sleep(0.05)
        raise TimeoutError(f"stack {stack} is still {status}")

    def wait_endpoint(self, endpoint: str, *statuses: str) -> dict[str, Any]:
        """Wait until an endpoint has one of these statuses, and describe it."""
        deadline = time.monotonic() + _WAIT_SECONDS
        while time.monotonic() < deadline:
            described: dict[str, Any] = self.sagemaker.describe_endpoint(EndpointName=endpoint)
            if described["EndpointStatus"] in statuses:
                return described
            time.sleep(0.05)
        raise TimeoutError(f"endpoint {endpoint} is still {described['EndpointStatus']}")

    def invoke(self, endpoint: str, value: float = 1.0, **more: str) -> float:
        """Send ``value`` to a scaling model and return what it made of it."""
        inputs = [{"name": "x", "shape": [1, 1], "datatype": "FP32", "data": [value]}]
        answer = self.runtime.invoke_endpoint(
            EndpointName=endpoint,
            ContentType="application/json",
            Body=json.dumps({"inputs": inputs}),
            **more,
        )
        return float(json.loads(answer["Body"].read())["outputs"][0]["data"][0])
