"""A role of the user's own: nothing is granted to it, and what it must allow stands beside what it serves."""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

__all__ = ["REQUIRED_STATEMENTS", "ImportedRole"]

REQUIRED_STATEMENTS = "seatrial:ExecutionRoleMustAllow"
"""The key in the resource's template metadata that the statements stand under; nothing at AWS reads it."""


class ImportedRole:
    """Collects what a role must allow, instead of allowing it.

    CloudFormation shows a resource's metadata in its template alone, so a reviewer reads the statements with
    the very ids and names of the stack, and a rule over templates can list them.

    Attributes:
        role: what SageMaker assumes.
    """

    def __init__(self, role: iam.IRole) -> None:
        self.role = role
        self._statements: list[iam.PolicyStatement] = []
        self._resource: cdk.CfnResource | None = None

    def allow(self, *statements: iam.PolicyStatement) -> None:
        """Add what the role must allow."""
        self._statements.extend(statements)
        self._write()

    def describe_at(self, resource: cdk.CfnResource) -> None:
        """Write the statements into the metadata of ``resource``, those that come later, too."""
        self._resource = resource
        self._write()

    def _write(self) -> None:
        if self._resource is not None:
            written = [statement.to_json() for statement in self._statements]
            self._resource.add_metadata(REQUIRED_STATEMENTS, written)
