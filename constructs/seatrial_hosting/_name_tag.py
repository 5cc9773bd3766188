"""The name of a resource in the EC2 console."""

import aws_cdk as cdk
from constructs import Construct

__all__ = ["name_tag"]


def name_tag(construct: Construct) -> cdk.CfnTag:
    """Return the tag that the EC2 console shows as a resource's name: the construct's path."""
    return cdk.CfnTag(key="Name", value=construct.node.path)
