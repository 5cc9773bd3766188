"""What a component leaves to look at: its log group and its alarm on errors."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from constructs import Construct

from catalogue.limits import LOG_RETENTION_DAYS
from seatrial_hosting._dashboard_body import DASHBOARD_TYPE, components_body
from seatrial_hosting._observability_properties import (
    LOG_GROUP_TYPE,
    alarm_prefix,
    log_group_properties,
    server_errors_alarm_properties,
)
from seatrial_hosting._place import Place
from seatrial_hosting._scaling_properties import ALARM_TYPE
from seatrial_hosting._validation import raise_problems
from seatrial_hosting.endpoint import Endpoint

__all__ = ["ComponentDashboard", "ComponentObservability"]


COMPONENT_LIMIT = 100
"""Source: CloudWatch user guide, "CloudWatch service quotas": 500 widgets on a dashboard; a row has four."""


class ComponentObservability(Construct):
    """The log group and the alarm of one component, made before it.

    Creates ``/aws/sagemaker/InferenceComponents/<name>``, which goes with its stack, and an alarm on answers
    with a 5xx status.

    Does not create the component; add a dependency of it on this, so that the log group is there first.

    Grants nothing; a key's policy must admit CloudWatch Logs, as that of a ``ComponentEndpoint`` does.

    Args:
        component_name: the component.
        endpoint: what hosts it.
        log_retention_days: one of CloudWatch Logs' numbers. Default: 30.
        log_key: encrypts the log group. Default: CloudWatch Logs' own.
        errors_per_minute: how many set off the alarm. Default: 5.

    Raises:
        HostingError: the arguments don't fit; all problems at once.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        component_name: str,
        endpoint: Endpoint,
        log_retention_days: int = 30,
        log_key: kms.IKey | None = None,
        errors_per_minute: int = 5,
    ) -> None:
        super().__init__(scope, construct_id)
        problems = []
        if log_retention_days not in LOG_RETENTION_DAYS:
            problems.append(
                f"log_retention_days is {log_retention_days}; CloudWatch Logs takes "
                f"{', '.join(map(str, LOG_RETENTION_DAYS))}."
            )
        if errors_per_minute < 1:
            problems.append(f"errors_per_minute is {errors_per_minute}; it is at least 1.")
        raise_problems(self, problems)
        key_arn = log_key.key_arn if log_key else None
        group = log_group_properties(component_name, log_retention_days, key_arn)
        log_group = cdk.CfnResource(self, "LogGroup", type=LOG_GROUP_TYPE, properties=group)
        log_group.apply_removal_policy(cdk.RemovalPolicy.DESTROY)
        self._alarm_name = f"{alarm_prefix(endpoint.endpoint_name, component_name)}-server-errors"
        alarm = server_errors_alarm_properties(self._alarm_name, component_name, errors_per_minute)
        cdk.CfnResource(self, "ServerErrors", type=ALARM_TYPE, properties=alarm)

    @property
    def alarm_name(self) -> str:
        """The alarm's name, which a rolling update takes to roll back."""
        return self._alarm_name


class ComponentDashboard(Construct):
    """A dashboard of several components of one endpoint.

    Creates the dashboard: reservation of the instances; and for each component invocations per copy and the
    copies that answered, percentiles of the model's latency, failed requests, and use of what its copies were
    given. SageMaker publishes no number of copies: shown is invocations divided by invocations per copy, and
    so nothing where no request came.

    Does not create anything else.

    Grants nothing.

    Args:
        dashboard_name: unique in the account, whatever the region.
        endpoint: what hosts the components.
        component_names: at most 100; CloudWatch takes 500 widgets.

    Raises:
        HostingError: the arguments don't fit; all problems at once.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        dashboard_name: str,
        endpoint: Endpoint,
        component_names: tuple[str, ...],
    ) -> None:
        super().__init__(scope, construct_id)
        if len(component_names) > COMPONENT_LIMIT:
            problem = f"there are {len(component_names)} components; a dashboard shows {COMPONENT_LIMIT}."
            raise_problems(self, [problem])
        body = components_body(
            Place.of(self).region, endpoint.endpoint_name, endpoint.variant_name, component_names
        )
        properties = {"DashboardName": dashboard_name, "DashboardBody": body}
        cdk.CfnResource(self, "Resource", type=DASHBOARD_TYPE, properties=properties)
