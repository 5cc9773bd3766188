"""CloudWatch Logs' resource type (Amazon CloudWatch Logs API reference)."""

from collections.abc import Mapping
from typing import Any

from tests.end_to_end.description.description import Clients, Describer, Description

__all__ = ["LOGS_DESCRIBERS"]


def _log_group(clients: Clients, name: str, _: Mapping[str, Any]) -> Description:
    logs = clients("logs")
    answer = logs.describe_log_groups(logGroupNamePrefix=name)
    (group,) = (each for each in answer["logGroups"] if each["logGroupName"] == name)
    tags: dict[str, str] = logs.list_tags_for_resource(resourceArn=group["logGroupArn"])["tags"]
    return Description(
        {
            "KmsKeyId": group.get("kmsKeyId"),
            "LogGroupClass": group.get("logGroupClass"),
            "LogGroupName": group["logGroupName"],
            "RetentionInDays": group.get("retentionInDays"),
        },
        {"Arn": group["arn"]},
        tags,
    )


LOGS_DESCRIBERS: Mapping[str, Describer] = {"AWS::Logs::LogGroup": _log_group}
