"""ministack's private names, for it has no plug-in interface.

``ministack_cloudwatch``, ``ministack_instances``, ``ministack_refusals``, ``ministack_s3`` and
``ministack_vpc`` have others.

The version is pinned, and a contract test reads these files and checks that every ``ministack`` name in them
exists.
"""

# Private names of ministack's are what this file is for.
# ruff: noqa: SLF001

import json
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from ministack import app as _app
from ministack.core import iam_evaluator as _iam_evaluator
from ministack.core import responses as _responses
from ministack.core import router as _router
from ministack.services import ec2 as _ec2
from ministack.services import iam as _iam
from ministack.services import s3 as _s3
from ministack.services.cloudformation import provisioners as _provisioners
from ministack.services.cloudformation import stacks as _stacks

from local.aws.server.scope import Scope

__all__ = [
    "asgi_application",
    "bucket_policy",
    "current_scope",
    "ec2_tags",
    "evaluate_role",
    "flow_logs",
    "instance_profiles",
    "object_region",
    "physical_name",
    "put_bucket_encryption",
    "register_resource_type",
    "register_service",
    "resource_handlers",
    "role",
    "route_tables",
    "run_on_worker_threads",
    "security_group",
    "security_group_permission",
    "security_group_rule_id",
    "subnet",
    "trusts_service",
    "vpc_endpoints",
    "vpc_endpoints_of",
    "wrap_ec2_action",
]

Document = dict[str, Any]
HttpAnswer = tuple[int, dict[str, str], bytes]

asgi_application = _app.app
"""ministack's whole gateway."""


# --- the request that is being served ---


def current_scope() -> Scope:
    """Return the account and region of the request or stack operation under way."""
    return Scope(_responses.get_account_id(), _responses.get_region())


# --- services and resource types ---


def register_service(
    name: str,
    target_prefix: str,
    handler: Callable[[str, str, Document, bytes, Document], Awaitable[HttpAnswer]],
) -> None:
    """Have the gateway send the requests of a JSON service to ``handler``.

    Args:
        name: the service's, and its name in signatures.
        target_prefix: how its ``X-Amz-Target`` headers begin.
        handler: takes method, path, headers (names in lower case), body and query.
    """
    _router.SERVICE_PATTERNS[name] = {"target_prefixes": [target_prefix], "credential_scope": name}
    _app.SERVICE_HANDLERS[name] = handler


def resource_handlers(resource_type: str) -> Document:
    """Return the table of a resource type's handlers, to wrap: ``create``, ``update``, ``delete``."""
    handlers: Document = _provisioners._RESOURCE_HANDLERS[resource_type]
    return handlers


def register_resource_type(
    resource_type: str, handlers: Document, replacing: Iterable[str], *, tag_property: str | None = None
) -> None:
    """Teach CloudFormation a resource type.

    Args:
        resource_type: e.g. ``AWS::SageMaker::Model``.
        handlers: ``create(logical_id, properties, stack)``, ``delete(physical_id, properties)`` and
            ``update(physical_id, old, new, stack)``.
        replacing: the properties whose change needs a new resource.
        tag_property: where stack tags go, a list of Key and Value.
    """
    _provisioners._RESOURCE_HANDLERS[resource_type] = handlers
    _provisioners._REPLACING_PROPERTIES[resource_type] = tuple(replacing)
    if tag_property is not None:
        _provisioners._STACK_TAG_PROPERTY[resource_type] = (tag_property, "list")


def run_on_worker_threads(resource_types: Iterable[str]) -> None:
    """Have the handlers of these types run off the gateway's loop, because they wait."""
    ours = frozenset(resource_types)
    original = _stacks._runs_on_worker_thread
    _stacks._runs_on_worker_thread = lambda resource_type: resource_type in ours or original(resource_type)


def physical_name(stack: str, logical_id: str, max_length: int) -> str:
    """Return the name that CloudFormation makes up for a resource without one; a replacement gets another."""
    name: str = _provisioners._physical_name(stack, logical_id, max_len=max_length)
    return name


# --- EC2 ---


def security_group(group_id: str) -> Document | None:
    """Return a security group's record."""
    group: Document | None = _ec2._security_groups.get(group_id)
    return group


def security_group_permission(rule: Document) -> Document:
    """Return a template's rule in the shape of a security group's record."""
    permission: Document = _provisioners._ec2_sg_permissions([rule])[0]
    return permission


def security_group_rule_id(group_id: str, permission: Document, *, egress: bool) -> str:
    """Return the id of a security group's rule."""
    rule_id: str = _ec2._sg_rule_id(group_id, egress, permission)
    return rule_id


def flow_logs() -> Any:  # noqa: ANN401 - a mapping of ministack's own
    """Return the flow logs of the current scope by id; a mapping that can be written to."""
    return _ec2._flow_logs


def vpc_endpoints() -> Any:  # noqa: ANN401 - a mapping of ministack's own
    """Return the VPC endpoints of the current scope by id; a mapping that can be written to."""
    return _ec2._vpc_endpoints


def vpc_endpoints_of(scope: Scope) -> list[Document]:
    """Return the VPC endpoints of a scope."""
    endpoints: list[Document] = _ec2._vpc_endpoints.values_scoped(scope.account_id, scope.region)
    return endpoints


def route_tables(scope: Scope) -> list[Document]:
    """Return the route tables of a scope."""
    tables: list[Document] = _ec2._route_tables.values_scoped(scope.account_id, scope.region)
    return tables


def subnet(scope: Scope, subnet_id: str) -> Document | None:
    """Return a subnet's record."""
    record: Document | None = _ec2._subnets.get_scoped(scope.account_id, scope.region, subnet_id)
    return record


def ec2_tags() -> Any:  # noqa: ANN401 - a mapping of ministack's own
    """Return the tags of EC2 resources by id; a mapping that can be written to."""
    return _ec2._tags


def wrap_ec2_action(action: str, wrap: Callable[[HttpAnswer], HttpAnswer]) -> None:
    """Have ``wrap`` work over every answer of an EC2 action."""
    original = _ec2._ACTION_MAP[action]
    _ec2._ACTION_MAP[action] = lambda parameters: wrap(original(parameters))


# --- IAM and S3 ---


def role(scope: Scope, name: str) -> Document | None:
    """Return a role's record."""
    record: Document | None = _iam._roles.get_scoped(scope.account_id, None, name)
    return record


def instance_profiles() -> Any:  # noqa: ANN401 - a mapping of ministack's own
    """Return the instance profiles of the current account by name."""
    return _iam._instance_profiles


def evaluate_role(
    scope: Scope,
    name: str,
    action: str,
    resource_arn: str,
    resource_policy: str | None,
    *,
    condition_keys: Document | None = None,
) -> bool:
    """Whether a role's policies, together with the resource's own, allow an action over TLS.

    Args:
        scope: of the role.
        name: the role's.
        action: e.g. ``s3:GetObject``.
        resource_arn: what it is done to.
        resource_policy: the resource's own policy, as JSON.
        condition_keys: of the service, such as ``s3:prefix``. Default: none.
    """
    context = _iam_evaluator.EvalContext(
        principal_arn=f"arn:aws:sts::{scope.account_id}:assumed-role/{name}/SageMaker",
        principal_type="AssumedRole",
        principal_account=scope.account_id,
        action=action,
        resource_arn=resource_arn,
        region=scope.region,
        secure_transport=True,
        service_context=condition_keys or {},
    )
    policies = _iam_evaluator._gather_role_policies(name, scope.account_id)
    decisions = {
        _iam_evaluator.evaluate(context, policies).decision,
        _iam_evaluator.evaluate_resource_policy(resource_policy, context).decision,
    }
    return "Allow" in decisions and "Deny" not in decisions


def trusts_service(record: Document, principal: str) -> bool:
    """Whether a role's trust policy lets a service assume it."""
    document = record["AssumeRolePolicyDocument"]
    statements = (json.loads(document) if isinstance(document, str) else document).get("Statement", [])
    return any(
        statement.get("Effect") == "Allow"
        and _iam_evaluator._service_principal_matches(statement.get("Principal"), principal)
        for statement in (statements if isinstance(statements, list) else [statements])
    )


def object_region(scope: Scope, bucket: str, key: str) -> str | None:
    """Return the region of the bucket that holds an object; None if there is no such object."""
    record = _s3._buckets.get_scoped(scope.account_id, None, bucket)
    if record is None or key not in record["objects"]:
        return None
    region: str = record.get("region", scope.region)
    return region


def object_keys(scope: Scope, bucket: str, prefix: str) -> list[str]:
    """Return the keys of a bucket's objects that begin with ``prefix``."""
    record = _s3._buckets.get_scoped(scope.account_id, None, bucket)
    return [] if record is None else [key for key in record["objects"] if key.startswith(prefix)]


def bucket_policy(scope: Scope, bucket: str) -> str | None:
    """Return a bucket's policy as JSON."""
    policy: str | None = _s3._bucket_policies.get_scoped(scope.account_id, None, bucket)
    return policy


def put_bucket_encryption(bucket: str, document: bytes) -> None:
    """Set a bucket's default encryption, as PutBucketEncryption's XML."""
    _s3._put_bucket_encryption(bucket, document)
