"""A VPC's flow log with the log group and the role it writes with."""

from collections.abc import Iterator

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from constructs import Construct

from catalogue.limits import LOG_RETENTION_DAYS
from seatrial_hosting._place import Place

__all__ = ["FlowLog", "retention_problems"]


class FlowLog(Construct):
    """All traffic of one VPC, in a log group.

    Creates a log group with a generated name, a role, and the flow log.

    Does not create a KMS key: CloudWatch Logs encrypts the group with its own.

    Grants the flow-logs service, for this account only, to write streams into this one log group.

    Args:
        vpc_id: whose traffic.
        retention_days: one of ``catalogue.limits.LOG_RETENTION_DAYS``.
        keep: whether the log group outlives the stack, as the record of what happened in it; its entries
            expire all the same.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, vpc_id: str, retention_days: int, keep: bool = False
    ) -> None:
        super().__init__(scope, construct_id)
        place = Place.of(self)
        group = logs.CfnLogGroup(self, "LogGroup", retention_in_days=retention_days)
        group.apply_removal_policy(
            cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE if keep else cdk.RemovalPolicy.DESTROY
        )
        role = iam.Role(
            self,
            "Role",
            # Source: Amazon VPC user guide, "IAM role for publishing flow logs to CloudWatch Logs".
            assumed_by=iam.ServicePrincipal(
                "vpc-flow-logs.amazonaws.com",
                conditions={
                    "StringEquals": {"aws:SourceAccount": place.account},
                    "ArnLike": {"aws:SourceArn": place.arn("ec2", "vpc-flow-log/*")},
                },
            ),
        )
        write = iam.PolicyStatement(
            sid="WriteFlowLogs",
            actions=["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
            resources=[group.attr_arn],
        )
        policy = iam.Policy(role, "Policy", roles=[role], statements=[write])
        flow_log = ec2.CfnFlowLog(
            self,
            "Resource",
            resource_id=vpc_id,
            resource_type="VPC",
            traffic_type="ALL",
            log_destination_type="cloud-watch-logs",
            log_group_name=group.ref,
            deliver_logs_permission_arn=role.role_arn,
        )
        flow_log.node.add_dependency(policy)


def retention_problems(retention_days: int) -> Iterator[str]:
    """Check how long flow logs are kept."""
    if retention_days not in LOG_RETENTION_DAYS:
        yield (
            f"flow_log_retention_days is {retention_days}; CloudWatch Logs keeps logs for one of "
            f"{', '.join(map(str, LOG_RETENTION_DAYS))} days."
        )
