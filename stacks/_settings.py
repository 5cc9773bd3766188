"""What all stacks of a deployment have in common."""

from dataclasses import dataclass

import aws_cdk as cdk

import spec

__all__ = ["StackSettings"]


@dataclass(frozen=True, slots=True)
class StackSettings:
    """Where the stacks of a deployment go and what they are tagged with.

    Attributes:
        deployment: the deployment's name.
        environment: account, region and zones.
    """

    deployment: str
    environment: spec.Environment

    @property
    def cdk_environment(self) -> cdk.Environment:
        """Account and region, which make every stack concrete: nothing is looked up."""
        return cdk.Environment(account=self.environment.account, region=self.environment.region)

    @property
    def tags(self) -> dict[str, str]:
        """Stack tags; CloudFormation passes them on to every resource that takes tags."""
        return {"seatrial:deployment": self.deployment}
