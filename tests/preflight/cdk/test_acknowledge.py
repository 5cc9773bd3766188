"""Acknowledgments of the deployment file, as acknowledgments of the CDK."""

import aws_cdk as cdk
import pytest

from preflight.cdk import acknowledge

REASON = "known, and fine here"


@pytest.mark.parametrize(
    ("rule", "recorded"),
    [
        ("SEA501", "seatrial::SEA501"),
        ("seatrial::SEA501", "seatrial::SEA501"),
        ("CloudFormation-Validate::F3002", "CloudFormation-Validate::F3002"),
        ("AwsSolutions-IAM5[Resource::*]", "Annotation::AwsSolutions-IAM5[Resource::*]"),
    ],
)
def test_acknowledge(rule: str, recorded: str) -> None:
    """Our ids get the plug-in's prefix, others stay; the CDK files an id without prefix under Annotation."""
    stack = cdk.Stack(cdk.App(), "Stack")
    acknowledge(stack, rule, REASON)
    key = cdk.Validations.ACKNOWLEDGED_RULES_METADATA_KEY
    assert [entry.data for entry in stack.node.metadata if entry.type == key] == [{recorded: REASON}]
