"""The deployment file's acknowledgments, as acknowledgments of the CDK."""

import re

import aws_cdk as cdk
from constructs import IConstruct

from preflight.acknowledgments import PLUGIN_NAME

__all__ = ["PLUGIN_NAME", "acknowledge"]

_OWN_RULE = re.compile(r"SEA[0-9]+")


def acknowledge(construct: IConstruct, rule_id: str, reason: str) -> None:
    """Acknowledge a rule at ``construct`` and everything below it.

    The CDK keeps the finding and the reason in ``cdk.out/validation-report.json``, among the suppressed ones.

    Args:
        construct: what the acknowledgment's section of the deployment file became.
        rule_id: as the deployment file has it. Seatrial's own ids get the plug-in's prefix; those of others
            stay as they are (``AwsSolutions-IAM5[Resource::*]``, ``CloudFormation-Validate::F3002``).
        reason: why the finding may stay.
    """
    qualified = f"{PLUGIN_NAME}::{rule_id}" if _OWN_RULE.fullmatch(rule_id) else rule_id
    cdk.Validations.of(construct).acknowledge(cdk.Acknowledgment(id=qualified, reason=reason))
