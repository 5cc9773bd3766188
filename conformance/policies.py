"""What roles of a run may do: policy statements.

Source: SageMaker developer guide, "How to use SageMaker execution roles", CreateModel API.
"""

from typing import Any

__all__ = ["allow", "network_statement", "serving_statements"]


def allow(actions: str | list[str], resource: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - policy elements
    """Return a policy statement that allows ``actions`` on ``resource``."""
    return {"Effect": "Allow", "Action": actions, "Resource": resource, **more}


def serving_statements(bucket: str) -> list[dict[str, Any]]:
    """Return what a role needs to serve models of ``bucket``, write logs and pull images."""
    actions = ["cloudwatch:PutMetricData", "logs:CreateLogGroup", "logs:CreateLogStream"]
    actions += ["logs:DescribeLogStreams", "logs:PutLogEvents", "ecr:GetAuthorizationToken"]
    actions += ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
    return [
        allow("s3:GetObject", f"arn:aws:s3:::{bucket}/*"),
        allow("s3:ListBucket", f"arn:aws:s3:::{bucket}"),
        allow(actions, "*"),
    ]


def network_statement() -> dict[str, Any]:
    """Return what a role needs besides for models in a VPC."""
    verbs = ["CreateNetworkInterface", "CreateNetworkInterfacePermission", "DeleteNetworkInterface"]
    verbs += ["DeleteNetworkInterfacePermission", "DescribeDhcpOptions", "DescribeNetworkInterfaces"]
    verbs += ["DescribeSecurityGroups", "DescribeSubnets", "DescribeVpcs"]
    return allow([f"ec2:{verb}" for verb in verbs], "*")
