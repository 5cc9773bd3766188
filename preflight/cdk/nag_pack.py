"""Seatrial's rules over templates, for any CDK app: no deployment file, nothing packaged."""

import aws_cdk as cdk
import jsii

from preflight.acknowledgments import PLUGIN_NAME
from preflight.cdk._violations import report_of, template_violation
from preflight.check import check_templates
from preflight.registry import REGISTRY
from preflight.rule import TEMPLATE
from preflight.templates import read_templates

__all__ = ["SeatrialNagPack"]


@jsii.implements(cdk.IPolicyValidationPlugin)
class SeatrialNagPack:
    """A pack for inference on SageMaker, in the form of cdk-nag's: a synth fails on what it finds.

    Looks at the synthesized templates of all stacks together. A finding that may stay is acknowledged where
    the CDK's and cdk-nag's are, at the construct or anything above it, with the reason.

    Example:
        >>> cdk.Validations.of(app).add_plugins(SeatrialNagPack())
        >>> reason = "calls a licence server; its security group allows that alone"
        >>> cdk.Validations.of(model).acknowledge(cdk.Acknowledgment(id="seatrial::SEA851", reason=reason))
    """

    # jsii hands properties to the CDK, not attributes: a class attribute `name` would be undefined there.
    @property
    def name(self) -> str:
        """Return the prefix of the rules' ids in acknowledgments."""
        return PLUGIN_NAME

    @property
    def version(self) -> None:
        """Return nothing: the rules are the repository's, whose commit says more than a number."""

    @property
    def rule_ids(self) -> list[str]:
        """Return the ids of the rules over templates."""
        return [rule.id for rule in REGISTRY.rules(TEMPLATE)]

    def validate(self, context: cdk.IPolicyValidationContext) -> cdk.PolicyValidationPluginReport:
        """Return every finding as a violation; called by the CDK once the templates are written."""
        return report_of(
            lambda: map(template_violation, check_templates(read_templates(context.template_paths)))
        )
