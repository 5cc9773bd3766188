"""What all stacks of a deployment have in common."""

from dataclasses import dataclass
from typing import Self

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from constructs import Construct

import spec
from stacks._placed_assets import PlacedAssetsSynthesizer

__all__ = ["LAPTOP_ACCOUNT", "StackSettings"]

LAPTOP_ACCOUNT = "000000000000"
"""The account of the laptop's AWS: what is in it is thrown away every day."""


@dataclass(frozen=True, slots=True)
class StackSettings:
    """Where the stacks of a deployment go, what they are tagged with, and what they take over.

    Attributes:
        deployment: the deployment's name.
        environment: account, region and zones.
        security: keys, bucket and boundary of the user's own, and protection.
        own_tags: the deployment file's.
    """

    deployment: str
    environment: spec.Environment
    security: spec.Security
    own_tags: dict[str, str]

    @classmethod
    def of(cls, deployment: spec.Deployment) -> Self:
        """Return what ``deployment`` says of its stacks."""
        return cls(deployment.name, deployment.environment, deployment.security, deployment.tags)

    @property
    def cdk_environment(self) -> cdk.Environment:
        """Account and region, which make every stack concrete: nothing is looked up."""
        return cdk.Environment(account=self.environment.account, region=self.environment.region)

    @property
    def tags(self) -> dict[str, str]:
        """Stack tags; CloudFormation passes them on to every resource that takes tags."""
        return {**self.own_tags, "seatrial:deployment": self.deployment}

    @property
    def termination_protection(self) -> bool:
        """Whether stacks that hold what can't come back are protected from deletion."""
        declared = self.security.termination_protection
        return self.environment.account != LAPTOP_ACCOUNT if declared is None else declared

    @property
    def artifact_key_arn(self) -> str | None:
        """What the objects of the artifact bucket are encrypted with; None for Amazon S3's own keys."""
        bucket = self.security.artifact_bucket
        return bucket.kms_key if bucket else None

    def asset_prefix(self, key: str, endpoint: spec.HostedEndpoint) -> str:
        """Return with what the keys of all files of an endpoint's stack begin, ``/`` last; empty for nothing.

        Those of a multi-model endpoint have a prefix of their own: what is below it, it can be asked for.
        """
        return f"{self.deployment}-{key}/" if isinstance(endpoint, spec.MultiModelEndpoint) else ""

    def synthesizer(self, asset_prefix: str = "") -> cdk.IStackSynthesizer | None:
        """Return what publishes the files of one stack; None for the bootstrap's bucket, without a prefix."""
        bucket = self.security.artifact_bucket
        if bucket is None and not asset_prefix:
            return None
        return PlacedAssetsSynthesizer(bucket.name if bucket else None, asset_prefix)

    def key(self, scope: Construct) -> kms.IKey | None:
        """Return the user's key, as a construct in ``scope``; None where keys are created."""
        arn = self.security.kms_key
        return kms.Key.from_key_arn(scope, "Key", arn) if arn else None
