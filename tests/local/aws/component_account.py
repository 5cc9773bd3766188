"""What tests do with inference components in the local account."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from local.aws.client import ComponentStatus, LocalAws
from tests.local.aws.account import IMAGE, Account

__all__ = ["SMALL", "ComponentAccount"]

SMALL = {"NumberOfCpuCoresRequired": 1, "MinMemoryRequiredInMb": 1024}
"""What a copy asks for: four of them fit on an ml.m5.xlarge."""
_WAIT_SECONDS = 60.0


@dataclass
class ComponentAccount:
    """The local account, where endpoints host components."""

    account: Account
    local_aws: LocalAws

    @property
    def sagemaker(self) -> Any:  # noqa: ANN401 - boto3's clients have no static type
        return self.account.sagemaker

    def create_endpoint(
        self, *, least: int = 0, most: int = 3, routing: str = "LEAST_OUTSTANDING_REQUESTS", **variant: object
    ) -> str:
        """Create an endpoint for components, wait for it, and return its name."""
        name = self.account.new_name("shared")
        self.sagemaker.create_endpoint_config(
            EndpointConfigName=name,
            ExecutionRoleArn=self.account.role_arn,
            ProductionVariants=[
                {
                    "VariantName": "AllTraffic",
                    "InstanceType": "ml.m5.xlarge",
                    "InitialInstanceCount": 1,
                    "ManagedInstanceScaling": {
                        "Status": "ENABLED",
                        "MinInstanceCount": least,
                        "MaxInstanceCount": most,
                    },
                    "RoutingConfig": {"RoutingStrategy": routing},
                    **variant,
                }
            ],
        )
        self.sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=name)
        self.account.wait_endpoint(name, "InService")
        return name

    def create(self, endpoint: str, artifact: str, copies: int | None = 1, **more: object) -> str:
        """Create a component of a new model, and return its name; it isn't in service yet."""
        name = self.account.new_name("component")
        runtime = {} if copies is None else {"RuntimeConfig": {"CopyCount": copies}}
        self.sagemaker.create_inference_component(
            InferenceComponentName=name,
            EndpointName=endpoint,
            VariantName="AllTraffic",
            **{"Specification": self.specification(artifact), **runtime, **more},
        )
        return name

    def specification(self, artifact: str, **compute: float) -> dict[str, Any]:
        """Return a specification of a new model."""
        return {
            "ModelName": self.account.create_model(artifact),
            "ComputeResourceRequirements": {**SMALL, **compute},
        }

    def wait(self, component: str, *statuses: str) -> dict[str, Any]:
        """Wait until a component has one of these statuses (InService if none is given), and describe it."""
        deadline = time.monotonic() + _WAIT_SECONDS
        while time.monotonic() < deadline:
            described = self.describe(component)
            if described["InferenceComponentStatus"] in (statuses or ("InService",)):
                return described
            time.sleep(0.05)
        raise TimeoutError(f"component {component} is still {described['InferenceComponentStatus']}")

    def describe(self, component: str) -> dict[str, Any]:
        """Describe a component."""
        described: dict[str, Any] = self.sagemaker.describe_inference_component(
            InferenceComponentName=component
        )
        return described

    def copies(self, component: str) -> tuple[int, int]:
        """Return a component's desired and current copy count."""
        runtime = self.describe(component)["RuntimeConfig"]
        return runtime["DesiredCopyCount"], runtime["CurrentCopyCount"]

    def instances(self, endpoint: str) -> int:
        """Return how many instances an endpoint has."""
        (variant,) = self.sagemaker.describe_endpoint(EndpointName=endpoint)["ProductionVariants"]
        return int(variant["CurrentInstanceCount"])

    def set_copies(self, component: str, copies: int) -> dict[str, Any]:
        """Ask for copies, and wait for them."""
        self.sagemaker.update_inference_component_runtime_config(
            InferenceComponentName=component, DesiredRuntimeConfig={"CopyCount": copies}
        )
        return self.wait(component)

    def invoke(self, endpoint: str, component: str, value: float = 1.0) -> float:
        """Send ``value`` to a component, and return what it made of it."""
        return self.account.invoke(endpoint, value, InferenceComponentName=component)

    def status(self, component: str) -> ComponentStatus:
        """Return what the server says of a component."""
        return next(
            each
            for endpoint in self.local_aws.status().endpoints
            for each in endpoint.components
            if each.name == component
        )

    def delete(self, *components: str) -> None:
        """Delete components, and wait until they are gone."""
        for component in components:
            self.wait(component, "InService", "Failed")
            self.sagemaker.delete_inference_component(InferenceComponentName=component)
        deadline = time.monotonic() + _WAIT_SECONDS
        while self.listed() & set(components):
            if time.monotonic() > deadline:
                raise TimeoutError(f"components {components} are still there")
            time.sleep(0.05)

    def listed(self) -> set[str]:
        """Return the names of all components."""
        listed = self.sagemaker.list_inference_components(MaxResults=100)["InferenceComponents"]
        return {each["InferenceComponentName"] for each in listed}

    def delete_endpoint(self, endpoint: str) -> None:
        """Delete an endpoint with its components."""
        hosted = self.sagemaker.list_inference_components(EndpointNameEquals=endpoint)["InferenceComponents"]
        self.delete(*(each["InferenceComponentName"] for each in hosted))
        self.sagemaker.delete_endpoint(EndpointName=endpoint)

    def template(
        self,
        endpoint: str,
        artifact: str,
        *,
        copies: int | None = None,
        edit: Callable[[Any], None] = lambda _: None,
    ) -> str:
        """Return a template of a model, a configuration, an endpoint and a component on it."""
        component: dict[str, Any] = {
            "InferenceComponentName": f"{endpoint}-c",
            "EndpointName": {"Fn::GetAtt": ["Endpoint", "EndpointName"]},
            "VariantName": "AllTraffic",
            "Specification": {
                "ModelName": {"Fn::GetAtt": ["Model", "ModelName"]},
                "ComputeResourceRequirements": SMALL,
            },
        }
        if copies is not None:
            component["RuntimeConfig"] = {"CopyCount": copies}
        variant = {
            "VariantName": "AllTraffic",
            "InstanceType": "ml.m5.xlarge",
            "InitialInstanceCount": 1,
            "ManagedInstanceScaling": {"Status": "ENABLED", "MinInstanceCount": 0, "MaxInstanceCount": 4},
            "RoutingConfig": {"RoutingStrategy": "LEAST_OUTSTANDING_REQUESTS"},
        }
        resources: dict[str, Any] = {
            "Model": {
                "Type": "AWS::SageMaker::Model",
                "Properties": {
                    "ExecutionRoleArn": self.account.role_arn,
                    "PrimaryContainer": {"Image": IMAGE, "ModelDataUrl": artifact},
                },
            },
            "Config": {
                "Type": "AWS::SageMaker::EndpointConfig",
                "Properties": {
                    "ExecutionRoleArn": self.account.role_arn,
                    "ProductionVariants": [variant],
                },
            },
            "Endpoint": {
                "Type": "AWS::SageMaker::Endpoint",
                "Properties": {
                    "EndpointName": endpoint,
                    "EndpointConfigName": {"Fn::GetAtt": ["Config", "EndpointConfigName"]},
                },
            },
            "Component": {"Type": "AWS::SageMaker::InferenceComponent", "Properties": component},
        }
        edit(resources)
        return json.dumps({"Resources": resources})
