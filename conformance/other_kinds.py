"""The other kinds of resources: how one is deleted, and how forgotten ones are found."""

from collections.abc import Iterator

from conformance.account import Account
from conformance.registry import Kind
from conformance.sagemaker_kinds import COMPONENT, ENDPOINT, ENDPOINT_CONFIG, MODEL, PROCESSING_JOB
from conformance.waiting import until

__all__ = ["BUCKET", "KEY", "KINDS", "LOG_GROUP", "ROLE", "SCALABLE_TARGET", "STACK"]

_COPIES = "sagemaker:inference-component:DesiredCopyCount"
_LOG_GROUPS = ("/aws/sagemaker/Endpoints/", "/aws/sagemaker/InferenceComponents/")
_KEY_DAYS = 7
"""The shortest waiting period (KMS API reference, ScheduleKeyDeletion); nothing is charged in it."""


def _delete_stack(account: Account, name: str) -> None:
    cloudformation = account.client("cloudformation")

    def remaining() -> list[str]:
        listed = [
            each
            for page in cloudformation.get_paginator("list_stacks").paginate()
            for each in page["StackSummaries"]
        ]
        return [
            each["StackStatus"]
            for each in listed
            if each["StackName"] == name and each["StackStatus"] != "DELETE_COMPLETE"
        ]

    def settled() -> bool:
        return not any(status.endswith("_IN_PROGRESS") for status in remaining())

    until(account, f"a change of stack {name}", settled)
    if remaining():
        cloudformation.delete_stack(StackName=name)
        until(
            account,
            f"the deletion of stack {name}",
            lambda: not remaining() or "DELETE_FAILED" in remaining(),
        )


def _find_stacks(account: Account, prefix: str) -> Iterator[str]:
    for page in account.client("cloudformation").get_paginator("list_stacks").paginate():
        for stack in page["StackSummaries"]:
            if stack["StackName"].startswith(prefix) and stack["StackStatus"] != "DELETE_COMPLETE":
                yield stack["StackName"]


def _delete_target(account: Account, name: str) -> None:
    account.client("application-autoscaling").deregister_scalable_target(
        ServiceNamespace="sagemaker", ResourceId=f"inference-component/{name}", ScalableDimension=_COPIES
    )


def _find_targets(account: Account, prefix: str) -> Iterator[str]:
    scaling = account.client("application-autoscaling")
    pages = scaling.get_paginator("describe_scalable_targets").paginate(ServiceNamespace="sagemaker")
    for page in pages:
        for target in page["ScalableTargets"]:
            kind, _, name = target["ResourceId"].partition("/")
            if kind == "inference-component" and name.startswith(prefix):
                yield name


def _delete_alarm(account: Account, name: str) -> None:
    account.client("cloudwatch").delete_alarms(AlarmNames=[name])


def _find_alarms(account: Account, prefix: str) -> Iterator[str]:
    pages = account.client("cloudwatch").get_paginator("describe_alarms").paginate(AlarmNamePrefix=prefix)
    for page in pages:
        yield from (alarm["AlarmName"] for alarm in page["MetricAlarms"])


def _delete_bucket(account: Account, name: str) -> None:
    s3 = account.client("s3")
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=name):
        for each in page.get("Contents", ()):
            s3.delete_object(Bucket=name, Key=each["Key"])
    s3.delete_bucket(Bucket=name)


def _find_buckets(account: Account, prefix: str) -> Iterator[str]:
    for bucket in account.client("s3").list_buckets()["Buckets"]:
        if bucket["Name"].startswith(prefix):
            yield bucket["Name"]


def _delete_role(account: Account, name: str) -> None:
    iam = account.client("iam")
    for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]:
        iam.delete_role_policy(RoleName=name, PolicyName=policy)
    iam.delete_role(RoleName=name)


def _find_roles(account: Account, prefix: str) -> Iterator[str]:
    for page in account.client("iam").get_paginator("list_roles").paginate():
        yield from (role["RoleName"] for role in page["Roles"] if role["RoleName"].startswith(prefix))


def _delete_key(account: Account, name: str) -> None:
    """Schedule the deletion of the key that is described by ``name``."""
    for key_id, description in _keys(account):
        if description == name:
            account.client("kms").schedule_key_deletion(KeyId=key_id, PendingWindowInDays=_KEY_DAYS)


def _find_keys(account: Account, prefix: str) -> Iterator[str]:
    yield from (description for _, description in _keys(account) if description.startswith(prefix))


def _keys(account: Account) -> Iterator[tuple[str, str]]:
    """Yield ids and descriptions, which a key has from the first, of keys that stay."""
    kms = account.client("kms")
    for page in kms.get_paginator("list_keys").paginate():
        for each in page["Keys"]:
            key = kms.describe_key(KeyId=each["KeyId"])["KeyMetadata"]
            if key["KeyState"] != "PendingDeletion":
                yield key["KeyId"], key.get("Description", "")


def _delete_log_group(account: Account, name: str) -> None:
    account.client("logs").delete_log_group(logGroupName=name)


def _find_log_groups(account: Account, prefix: str) -> Iterator[str]:
    paginator = account.client("logs").get_paginator("describe_log_groups")
    for folder in _LOG_GROUPS:
        for page in paginator.paginate(logGroupNamePrefix=f"{folder}{prefix}"):
            yield from (group["logGroupName"] for group in page["logGroups"])


STACK = Kind("stack", 0, _delete_stack, _find_stacks)
SCALABLE_TARGET = Kind("scalable target", 10, _delete_target, _find_targets)
ALARM = Kind("alarm", 10, _delete_alarm, _find_alarms)
BUCKET = Kind("bucket", 70, _delete_bucket, _find_buckets)
ROLE = Kind("role", 80, _delete_role, _find_roles)
KEY = Kind("KMS key", 90, _delete_key, _find_keys)
LOG_GROUP = Kind("log group", 100, _delete_log_group, _find_log_groups)

KINDS = (
    STACK,
    SCALABLE_TARGET,
    ALARM,
    COMPONENT,
    ENDPOINT,
    PROCESSING_JOB,
    ENDPOINT_CONFIG,
    MODEL,
    BUCKET,
    ROLE,
    KEY,
    LOG_GROUP,
)
"""All kinds, in the order of their deletion."""
