"""Properties that AWS has taken out of CloudFormation's schema, synthesized all the same."""

import aws_cdk as cdk

__all__ = ["acknowledge_lost_property"]

_CDK_RULE = "CloudFormation-Validate::F3002"
_CFN_LINT_RULE = "E3002"
"""Both say that a property is none of its type's."""


def acknowledge_lost_property(resource: cdk.CfnResource) -> None:
    """Tell the CDK's own rules and cfn-lint that this resource has a property which its schema has lost.

    Whoever asks for Elastic Inference gets the template that the posts had; that AWS refuses it today is for
    a rule of the deployment to say, with the replacement.
    """
    reason = "Elastic Inference is retired: CloudFormation's schema has no AcceleratorType any more."
    cdk.Validations.of(resource).acknowledge(cdk.Acknowledgment(id=_CDK_RULE, reason=reason))
    resource.add_metadata("cfn-lint", {"config": {"ignore_checks": [_CFN_LINT_RULE]}})
