"""CloudWatch's resource types (Amazon CloudWatch API reference)."""

from collections.abc import Mapping
from typing import Any

from tests.end_to_end.description.description import Clients, Describer, Description, tags_of

__all__ = ["CLOUDWATCH_DESCRIBERS"]


def _alarm(clients: Clients, name: str, _: Mapping[str, Any]) -> Description:
    cloudwatch = clients("cloudwatch")
    (alarm,) = cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"]
    names = (
        "ActionsEnabled",
        "AlarmActions",
        "AlarmDescription",
        "AlarmName",
        "ComparisonOperator",
        "DatapointsToAlarm",
        "Dimensions",
        "EvaluationPeriods",
        "MetricName",
        "Namespace",
        "Period",
        "Statistic",
        "Threshold",
        "TreatMissingData",
        "Unit",
    )
    tags = cloudwatch.list_tags_for_resource(ResourceARN=alarm["AlarmArn"])["Tags"]
    return Description({each: alarm.get(each) for each in names}, {"Arn": alarm["AlarmArn"]}, tags_of(tags))


def _dashboard(clients: Clients, name: str, _: Mapping[str, Any]) -> Description:
    dashboard = clients("cloudwatch").get_dashboard(DashboardName=name)
    names = ("DashboardBody", "DashboardName")
    return Description({each: dashboard[each] for each in names}, {})


CLOUDWATCH_DESCRIBERS: Mapping[str, Describer] = {
    "AWS::CloudWatch::Alarm": _alarm,
    "AWS::CloudWatch::Dashboard": _dashboard,
}
