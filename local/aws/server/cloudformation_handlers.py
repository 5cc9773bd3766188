"""What CloudFormation's handlers of SageMaker's types share: they work by SageMaker's own API.

The physical id is the ARN, which is what ``Ref`` returns.
"""

from collections.abc import Callable, Mapping
from typing import Any

from local.aws.server import ministack_tables
from local.aws.server._api_model import coerce_strings, operation
from local.aws.server.errors import AwsError, ServerError
from local.aws.server.json_api import JsonApi
from local.aws.server.sagemaker_api import SageMakerApi
from local.aws.server.sagemaker_store import Kind
from local.aws.server.scope import Scope

__all__ = [
    "Created",
    "Properties",
    "ResourceHandlers",
    "SettlingHandlers",
    "StabilizationError",
    "call_api",
    "name_of",
]

_NAME_LENGTH = 63
_SETTLE_SECONDS = 3600.0
_STEERING = frozenset(
    {"RetainAllVariantProperties", "ExcludeRetainedVariantProperties", "RetainDeploymentConfig", "Tags"}
)
"""Properties that steer CloudFormation alone, where an operation doesn't take them."""

Properties = dict[str, Any]
Created = tuple[str, dict[str, str]]
WaitSettled = Callable[[Scope, str, float], dict[str, Any] | None]


class StabilizationError(ServerError):
    """A resource did not become what its stack asked for; the message is the stack event's reason."""


def call_api(api: JsonApi, service: str, name: str, request: Mapping[str, Any]) -> dict[str, Any]:
    """Call an operation for a stack.

    Args:
        api: the service's.
        service: as stack events call it.
        name: of the operation.
        request: with numbers and booleans as CloudFormation has them.

    Raises:
        StabilizationError: it is refused.
    """
    scope = ministack_tables.current_scope()
    try:
        return api.call(scope, name, coerce_strings(name, request, api.service))
    except AwsError as error:
        raise StabilizationError(
            f'Resource handler returned message: "{error.message} (Service: {service}, Status Code: '
            f'{error.status})" (HandlerErrorCode: InvalidRequest)'
        ) from error


def name_of(arn: str) -> str:
    """Return the name in a SageMaker ARN."""
    return arn.rsplit("/", 1)[-1]


class ResourceHandlers:
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
        self._call(f"Create{kind.name}", {**properties, kind.name_key: name})
        arn = ministack_tables.current_scope().arn(f"{kind.segment}/{name}")
        return self._created(arn)

    def update(self, physical_id: str, old: Properties, new: Properties, stack: str) -> Created:  # noqa: ARG002 - the engine's signature
        """Take over changed tags: everything else needs a new resource."""
        self._api.store.set_tags(physical_id, {tag["Key"]: tag["Value"] for tag in new.get("Tags", [])})
        return self._created(physical_id)

    def delete(self, physical_id: str, properties: Properties) -> None:  # noqa: ARG002 - the engine's signature
        """Delete the resource; one that is gone already is no error."""
        name = name_of(physical_id)
        if any(record.arn == physical_id for record in self._api.store.all(self._kind)):
            self._call(f"Delete{self._kind.name}", {self._kind.name_key: name})

    def _call(self, name: str, properties: Mapping[str, Any]) -> dict[str, Any]:
        members = set(operation(name).input_shape.members)
        passed = {
            key: value
            for key, value in properties.items()
            if key in members or key not in self.steering(name)
        }
        return call_api(self._api, "SageMaker", name, passed)

    def steering(self, name: str) -> frozenset[str]:  # noqa: ARG002 - for those who differ by operation
        """Return the properties that operation ``name`` need not take."""
        return _STEERING

    def _created(self, arn: str) -> Created:
        return arn, {self._kind.name_key: name_of(arn), self._kind.arn_key: arn}


class SettlingHandlers(ResourceHandlers):
    """Those of a kind that takes its time: they wait until it has settled, as the real ones do."""

    def __init__(self, api: SageMakerApi, kind: Kind, wait_settled: WaitSettled) -> None:
        super().__init__(api, kind)
        self._wait_settled = wait_settled

    def create(self, logical_id: str, properties: Properties, stack: str) -> Created:
        """Create it and wait for it; one that fails is deleted, so that its name is free again."""
        arn, attributes = super().create(logical_id, properties, stack)
        described = self._settled(arn)
        if described is None or described[self._kind.status_key] != "InService":
            self.delete(arn, properties)
            raise self._not_stabilized(arn, _reason_in(described))
        return arn, attributes

    def update(self, physical_id: str, old: Properties, new: Properties, stack: str) -> Created:
        """Update it and wait for it; one whose update fails goes on serving what it served."""
        created = super().update(physical_id, old, new, stack)
        if self.needs_update(old, new):
            kind = self._kind
            before = self._modified_at(physical_id)
            self._call(f"Update{kind.name}", {**new, kind.name_key: name_of(physical_id)})
            described = self._settled(physical_id)
            # The reason of something earlier stays where there was nothing to do.
            failed = described is None or (
                described.get("FailureReason") and self._modified_at(physical_id) != before
            )
            if failed:
                raise self._not_stabilized(physical_id, _reason_in(described))
        return created

    def needs_update(self, old: Properties, new: Properties) -> bool:
        """Whether a change from ``old`` to ``new`` takes more than changing tags."""
        return _without_tags(old) != _without_tags(new)

    def delete(self, physical_id: str, properties: Properties) -> None:
        """Delete it and wait until it is gone."""
        self._settled(physical_id)
        super().delete(physical_id, properties)
        self._settled(physical_id)

    def _modified_at(self, arn: str) -> float | None:
        times = (each.last_modified_time for each in self._api.store.all(self._kind) if each.arn == arn)
        return next(times, None)

    def _settled(self, arn: str) -> dict[str, Any] | None:
        scope = ministack_tables.current_scope()
        try:
            return self._wait_settled(scope, name_of(arn), _SETTLE_SECONDS)
        except TimeoutError as error:
            raise self._not_stabilized(arn, str(error)) from error

    def _not_stabilized(self, arn: str, reason: str) -> StabilizationError:
        words = self._kind.words
        return StabilizationError(
            f'Resource handler returned message: "{words[0].upper()}{words[1:]} {arn} did not stabilize: '
            f'{reason}" (HandlerErrorCode: NotStabilized)'
        )


def _reason_in(described: Mapping[str, Any] | None) -> str:
    return str((described or {}).get("FailureReason", "it was deleted meanwhile"))


def _without_tags(properties: Properties) -> Properties:
    return {key: value for key, value in properties.items() if key != "Tags"}
