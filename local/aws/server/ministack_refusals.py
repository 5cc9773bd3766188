"""ministack's private names where its services take what AWS refuses; ``ministack_tables`` has most others.

Each function has a check run before ministack acts; what the check raises becomes the service's own error.
"""

# Private names of ministack's are what this file is for.
# ruff: noqa: SLF001

from collections.abc import Callable
from typing import Any

from ministack.core import responses as _responses
from ministack.services import cloudwatch as _cloudwatch
from ministack.services import iam as _iam
from ministack.services import kms as _kms
from ministack.services import ssm as _ssm
from ministack.services.cloudformation import engine as _engine
from ministack.services.cloudformation import provisioners as _provisioners
from ministack.services.cloudformation import stacks as _stacks

from local.aws.server.errors import AwsError

__all__ = [
    "arm64_images",
    "check_alarms_with",
    "check_key_policies_with",
    "check_resources_with",
    "check_role_policies_with",
    "check_templates_with",
    "keep_custom_names",
]

Document = dict[str, Any]
HttpAnswer = tuple[int, dict[str, str], bytes]


def check_alarms_with(check: Callable[[Document], None]) -> None:
    """Have ``check`` look at every PutMetricAlarm request that is a document."""
    put = _cloudwatch._put_metric_alarm

    def checked(
        params: Document,
        document: Document,
        is_cbor: bool,  # noqa: FBT001 - its signature
        is_json: bool = False,  # noqa: FBT001, FBT002 - its signature
    ) -> HttpAnswer:
        if is_cbor or is_json:
            try:
                check(document)
            except AwsError as error:
                refused: HttpAnswer = _cloudwatch._error(
                    error.code, error.message, error.status, use_json=is_json, use_cbor=is_cbor
                )
                return refused
        answer: HttpAnswer = put(params, document, is_cbor, is_json)
        return answer

    _cloudwatch._put_metric_alarm = checked


def check_key_policies_with(check: Callable[[str], None]) -> None:
    """Have ``check`` look at every policy of CreateKey and PutKeyPolicy, which CloudFormation calls, too."""

    def wrapped(original: Callable[[Document], HttpAnswer]) -> Callable[[Document], HttpAnswer]:
        def checked(data: Document) -> HttpAnswer:
            if data.get("Policy") and not data.get("BypassPolicyLockoutSafetyCheck"):
                try:
                    check(data["Policy"])
                except AwsError as error:
                    refused: HttpAnswer = _responses.error_response_json(
                        error.code, error.message, error.status
                    )
                    return refused
            return original(data)

        return checked

    _kms._create_key = wrapped(_kms._create_key)
    _kms._put_key_policy = wrapped(_kms._put_key_policy)


def check_role_policies_with(check: Callable[[str, dict[str, str]], None]) -> None:
    """Have ``check`` look at every PutRolePolicy, of CloudFormation's too.

    It is given the role's name, and the documents of all its inline policies as they would be.
    """
    put = _iam._put_role_policy

    def checked(parameters: Document) -> HttpAnswer:
        name = _iam._p(parameters, "RoleName")
        role = _iam._roles.get(name)
        if role is not None:
            added = {_iam._p(parameters, "PolicyName"): _iam._p(parameters, "PolicyDocument")}
            try:
                check(name, {**role["InlinePolicies"], **added})
            except AwsError as error:
                refused: HttpAnswer = _iam._error(error.status, error.code, error.message, ns="iam")
                return refused
        answer: HttpAnswer = put(parameters)
        return answer

    _iam._put_role_policy = checked
    _iam._IAM_HANDLERS["PutRolePolicy"] = checked


def check_templates_with(check: Callable[[Document], None]) -> None:
    """Have ``check`` look at every template before a stack is touched; it raises ValueError."""
    original = _engine._validate_template_limits

    def checked(template: Document) -> None:
        check(template)
        original(template)

    _engine._validate_template_limits = checked


def check_resources_with(check: Callable[[str, Document], None]) -> None:
    """Have ``check`` look at a resource's type and properties before it is created or updated."""
    provision, update = _stacks._provision_resource, _stacks._update_resource

    def provisioned(resource_type: str, logical_id: str, properties: Document, *rest: object) -> object:
        check(resource_type, properties)
        return provision(resource_type, logical_id, properties, *rest)

    def updated(resource_type: str, physical_id: str, old: Document, new: Document, *rest: object) -> object:
        check(resource_type, new)
        return update(resource_type, physical_id, old, new, *rest)

    _stacks._provision_resource, _stacks._update_resource = provisioned, updated


def keep_custom_names(names: dict[str, str]) -> None:
    """Have CloudFormation refuse to replace resources that keep a name of the user's own.

    Args:
        names: the property with the name, by resource type.
    """
    for resource_type, name in names.items():
        _provisioners._CUSTOM_NAME_REPLACEMENT[resource_type] = {"name": name}


def arm64_images() -> frozenset[str]:
    """Return the ids of the public images for the arm64 architecture."""
    return frozenset(image for name, image in _ssm._PUBLIC_AMI_PARAMETERS.items() if "arm64" in name)
