"""SageMaker's types for CloudFormation: models, endpoint configurations, endpoints, inference components.

The handlers of endpoints and components wait until these have settled, as the real ones do, and run on
threads of their own. Create-only properties are those of the CloudFormation registry's schemas.
"""

from local.aws.server import ministack_tables
from local.aws.server.cloudformation_handlers import (
    Created,
    Properties,
    ResourceHandlers,
    SettlingHandlers,
    StabilizationError,
    name_of,
)
from local.aws.server.sagemaker_api import SageMakerApi
from local.aws.server.sagemaker_store import ENDPOINT, ENDPOINT_CONFIG, INFERENCE_COMPONENT, MODEL

__all__ = ["register_sagemaker_types"]

_MODEL_CREATE_ONLY = [
    "ModelName",
    "PrimaryContainer",
    "Containers",
    "ExecutionRoleArn",
    "EnableNetworkIsolation",
    "InferenceExecutionConfig",
    "VpcConfig",
]
_CONFIG_CREATE_ONLY = [
    "EndpointConfigName",
    "ProductionVariants",
    "ShadowProductionVariants",
    "KmsKeyId",
    "DataCaptureConfig",
    "AsyncInferenceConfig",
    "ExplainerConfig",
    "ExecutionRoleArn",
    "VpcConfig",
    "EnableNetworkIsolation",
    "MetricsConfig",
]
_COMPONENT_UNCHANGEABLE = ("EndpointName", "VariantName")


class _ComponentHandlers(SettlingHandlers):
    """Those of an inference component.

    Every update, one of tags alone and a rollback's too, is UpdateInferenceComponent with everything that the
    template says, so a ``CopyCount`` in it is applied again, whatever autoscaling made of it meanwhile.
    Without a ``RuntimeConfig`` the count stays.
    """

    def update(self, physical_id: str, old: Properties, new: Properties, stack: str) -> Created:
        """Update the component; it can't change its endpoint, variant or name, nor be replaced."""
        changed = [each for each in _COMPONENT_UNCHANGEABLE if old.get(each) != new.get(each)]
        name = new.get("InferenceComponentName")
        if name is not None and name != name_of(physical_id):
            changed.append("InferenceComponentName")
        if changed:
            raise StabilizationError(
                f'Resource handler returned message: "{", ".join(changed)} of {physical_id} can not be '
                'updated" (HandlerErrorCode: NotUpdatable)'
            )
        return super().update(physical_id, old, new, stack)

    def needs_update(self, old: Properties, new: Properties) -> bool:  # noqa: ARG002 - whatever has changed
        """Every change is one."""
        return True

    def steering(self, name: str) -> frozenset[str]:
        """Creation has no deployment, and an update no place."""
        own = {"DeploymentConfig"} if name.startswith("Create") else {*_COMPONENT_UNCHANGEABLE}
        return super().steering(name) | own


def register_sagemaker_types(api: SageMakerApi) -> None:
    """Teach CloudFormation the SageMaker types."""
    endpoints = SettlingHandlers(api, ENDPOINT, api.endpoints.wait_settled)
    components = _ComponentHandlers(api, INFERENCE_COMPONENT, api.components.wait_settled)
    for kind, handlers, create_only in (
        (MODEL, ResourceHandlers(api, MODEL), _MODEL_CREATE_ONLY),
        (ENDPOINT_CONFIG, ResourceHandlers(api, ENDPOINT_CONFIG), _CONFIG_CREATE_ONLY),
        (ENDPOINT, endpoints, ["EndpointName"]),
        (INFERENCE_COMPONENT, components, []),
    ):
        ministack_tables.register_resource_type(
            f"AWS::SageMaker::{kind.name}", handlers.table(), create_only, tag_property="Tags"
        )
    ministack_tables.run_on_worker_threads({"AWS::SageMaker::Endpoint", "AWS::SageMaker::InferenceComponent"})
