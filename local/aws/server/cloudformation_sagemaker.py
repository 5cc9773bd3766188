"""``AWS::SageMaker::Model``, ``EndpointConfig`` and ``Endpoint`` for CloudFormation, by SageMaker's own API.

The physical id is the ARN, which is what ``Ref`` returns. An endpoint's handlers wait until the endpoint has
settled, as the real ones do, and run on threads of their own. Create-only properties are those of the
CloudFormation registry's schemas.
"""

from collections.abc import Mapping
from typing import Any

from local.aws.server import ministack_tables
from local.aws.server._api_model import coerce_strings, operation
from local.aws.server.errors import AwsError, ServerError
from local.aws.server.sagemaker_api import SageMakerApi
from local.aws.server.sagemaker_store import ENDPOINT, ENDPOINT_CONFIG, MODEL, Kind

__all__ = ["register_sagemaker_types"]

_NAME_LENGTH = 63
_ENDPOINT_TIMEOUT_SECONDS = 3600.0
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

Properties = dict[str, Any]
Created = tuple[str, dict[str, str]]


class _StabilizationError(ServerError):
    """A resource did not become what its stack asked for; the message is the stack event's reason."""


class _Handlers:
    """Create, update of tags, and delete: all that a model or a configuration needs."""

    def __init__(self, api: SageMakerApi, kind: Kind) -> None:
        self._api = api
        self._kind = kind

    def table(self) -> dict[str, object]:
        """Return the handlers as CloudFormation calls them."""
        return {"create": self.create, "update": self.update, "delete": self.delete}

    def create(self, logical_id: str, properties: Properties, stack: str) -> Created:
        """Create the resource under its own name or a generated one."""
        kind = self._kind
        name = properties.get(kind.name_key) or ministack_tables.physical_name(
            stack, logical_id, _NAME_LENGTH
        )
        self._call(f"Create{kind.name}", {**_known(f"Create{kind.name}", properties), kind.name_key: name})
        arn = ministack_tables.current_scope().arn(f"{kind.segment}/{name}")
        return self._created(arn)

    def update(self, physical_id: str, old: Properties, new: Properties, stack: str) -> Created:  # noqa: ARG002 - the engine's signature
        """Take over changed tags: everything else needs a new resource."""
        self._api.store.set_tags(physical_id, {tag["Key"]: tag["Value"] for tag in new.get("Tags", [])})
        return self._created(physical_id)

    def delete(self, physical_id: str, properties: Properties) -> None:  # noqa: ARG002 - the engine's signature
        """Delete the resource; one that is gone already is no error."""
        name = _name_of(physical_id)
        if any(record.arn == physical_id for record in self._api.store.all(self._kind)):
            self._call(f"Delete{self._kind.name}", {self._kind.name_key: name})

    def _call(self, name: str, request: Mapping[str, Any]) -> dict[str, Any]:
        try:
            return self._api.call(ministack_tables.current_scope(), name, coerce_strings(name, request))
        except AwsError as error:
            raise _StabilizationError(
                f'Resource handler returned message: "{error.message} (Service: SageMaker, Status Code: '
                f'{error.status})" (HandlerErrorCode: InvalidRequest)'
            ) from error

    def _created(self, arn: str) -> Created:
        return arn, {self._kind.name_key: _name_of(arn), self._kind.arn_key: arn}


class _EndpointHandlers(_Handlers):
    """Those of an endpoint, which takes its time."""

    def create(self, logical_id: str, properties: Properties, stack: str) -> Created:
        """Create the endpoint and wait for it; one that fails is deleted, so that its name is free again."""
        arn, attributes = super().create(logical_id, properties, stack)
        endpoint = self._settled(arn)
        if endpoint is None or endpoint["EndpointStatus"] != "InService":
            reason = (endpoint or {}).get("FailureReason", "it was deleted meanwhile")
            self.delete(arn, properties)
            raise _not_stabilized(arn, reason)
        return arn, attributes

    def update(self, physical_id: str, old: Properties, new: Properties, stack: str) -> Created:
        """Update the endpoint and wait for it; one whose update fails goes on serving what it served."""
        created = super().update(physical_id, old, new, stack)
        if _without_tags(old) != _without_tags(new):
            request = {**_known("UpdateEndpoint", new), "EndpointName": _name_of(physical_id)}
            self._call("UpdateEndpoint", request)
            endpoint = self._settled(physical_id)
            if endpoint is None or endpoint.get("FailureReason"):
                reason = (endpoint or {}).get("FailureReason", "it was deleted meanwhile")
                raise _not_stabilized(physical_id, reason)
        return created

    def delete(self, physical_id: str, properties: Properties) -> None:
        """Delete the endpoint and wait until it is gone."""
        self._settled(physical_id)
        super().delete(physical_id, properties)
        self._settled(physical_id)

    def _settled(self, arn: str) -> dict[str, Any] | None:
        scope = ministack_tables.current_scope()
        try:
            return self._api.endpoints.wait_settled(scope, _name_of(arn), _ENDPOINT_TIMEOUT_SECONDS)
        except TimeoutError as error:
            raise _not_stabilized(arn, str(error)) from error


def register_sagemaker_types(api: SageMakerApi) -> None:
    """Teach CloudFormation the SageMaker types."""
    for kind, handlers, create_only in (
        (MODEL, _Handlers(api, MODEL), _MODEL_CREATE_ONLY),
        (ENDPOINT_CONFIG, _Handlers(api, ENDPOINT_CONFIG), _CONFIG_CREATE_ONLY),
        (ENDPOINT, _EndpointHandlers(api, ENDPOINT), ["EndpointName"]),
    ):
        ministack_tables.register_resource_type(
            f"AWS::SageMaker::{kind.name}", handlers.table(), create_only, tag_property="Tags"
        )
    ministack_tables.run_on_worker_threads({"AWS::SageMaker::Endpoint"})


def _known(name: str, properties: Properties) -> Properties:
    """Return the properties that operation ``name`` takes; the others steer CloudFormation alone."""
    steering = {
        "RetainAllVariantProperties",
        "ExcludeRetainedVariantProperties",
        "RetainDeploymentConfig",
        "Tags",
    }
    members = set(operation(name).input_shape.members)
    return {key: value for key, value in properties.items() if key in members or key not in steering}


def _name_of(arn: str) -> str:
    return arn.rsplit("/", 1)[-1]


def _without_tags(properties: Properties) -> Properties:
    return {key: value for key, value in properties.items() if key != "Tags"}


def _not_stabilized(arn: str, reason: str) -> _StabilizationError:
    return _StabilizationError(
        f'Resource handler returned message: "Endpoint {arn} did not stabilize: {reason}" '
        "(HandlerErrorCode: NotStabilized)"
    )
