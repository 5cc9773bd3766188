"""Where a construct's stack goes, as ARNs say it."""

from dataclasses import dataclass
from typing import Self

import aws_cdk as cdk
from constructs import IConstruct

import catalogue

__all__ = ["Place"]


@dataclass(frozen=True, slots=True)
class Place:
    """Partition, region and account of a stack.

    The CDK would find the partition too, but loads all it knows of all regions for it, which takes a tenth
    of a small app's synth.

    Attributes:
        partition: literal where the region is known, else CloudFormation's pseudo parameter.
        region: likewise.
        account: likewise.
        known_region: the region, or None where only CloudFormation will know it.
    """

    partition: str
    region: str
    account: str
    known_region: str | None

    @classmethod
    def of(cls, construct: IConstruct) -> Self:
        """Return the place of the stack that ``construct`` is in."""
        stack = cdk.Stack.of(construct)
        region = stack.region
        if cdk.Token.is_unresolved(region):
            return cls(cdk.Aws.PARTITION, region, stack.account, None)
        return cls(catalogue.region(region).partition, region, stack.account, region)

    def arn(self, service: str, resource: str) -> str:
        """Return the ARN of ``resource``, such as ``subnet/subnet-1``, in this place."""
        return f"arn:{self.partition}:{service}:{self.region}:{self.account}:{resource}"
