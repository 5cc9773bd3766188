"""SageMaker's control API: its operations, and what CloudFormation's handlers work with."""

from collections.abc import Mapping

from local.aws.server.components.inference_components import InferenceComponents
from local.aws.server.endpoint_configs import EndpointConfigs
from local.aws.server.endpoints import Endpoints
from local.aws.server.json_api import JsonApi, Operation
from local.aws.server.listing import list_records
from local.aws.server.models import Models
from local.aws.server.sagemaker_store import (
    ENDPOINT,
    ENDPOINT_CONFIG,
    INFERENCE_COMPONENT,
    MODEL,
    Kind,
    SageMakerStore,
)
from local.aws.server.tags import add_tags, delete_tags, list_tags

__all__ = ["SageMakerApi"]


class SageMakerApi(JsonApi):
    """SageMaker's operations that exist on the laptop.

    Args:
        store: remembers everything.
        models: the operations on models.
        configs: on endpoint configurations.
        endpoints: on endpoints.
        components: on inference components.
        further: operations on other kinds, by name.
    """

    def __init__(
        self,
        store: SageMakerStore,
        models: Models,
        configs: EndpointConfigs,
        endpoints: Endpoints,
        components: InferenceComponents,
        *,
        further: Mapping[str, Operation] | None = None,
    ) -> None:
        self.store = store
        self.endpoints = endpoints
        self.components = components

        def listing(kind: Kind) -> Operation:
            return lambda scope, request: list_records(store, kind, scope, request)

        operations: dict[str, Operation] = {
            "CreateModel": models.create,
            "DescribeModel": models.describe,
            "DeleteModel": models.delete,
            "ListModels": listing(MODEL),
            "CreateEndpointConfig": configs.create,
            "DescribeEndpointConfig": configs.describe,
            "DeleteEndpointConfig": configs.delete,
            "ListEndpointConfigs": listing(ENDPOINT_CONFIG),
            "CreateEndpoint": endpoints.create,
            "UpdateEndpoint": endpoints.update,
            "UpdateEndpointWeightsAndCapacities": endpoints.update_capacities,
            "DescribeEndpoint": endpoints.describe,
            "DeleteEndpoint": endpoints.delete,
            "ListEndpoints": listing(ENDPOINT),
            "CreateInferenceComponent": components.create,
            "DescribeInferenceComponent": components.describe,
            "UpdateInferenceComponent": components.update,
            "UpdateInferenceComponentRuntimeConfig": components.update_runtime_config,
            "DeleteInferenceComponent": components.delete,
            "ListInferenceComponents": listing(INFERENCE_COMPONENT),
            "AddTags": lambda _, request: add_tags(store, request),
            "ListTags": lambda _, request: list_tags(store, request),
            "DeleteTags": lambda _, request: delete_tags(store, request),
            **(further or {}),
        }
        super().__init__("sagemaker", "SageMaker.", operations)
