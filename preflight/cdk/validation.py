"""The validation plug-in that runs Seatrial's rules at every synth."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

import aws_cdk as cdk
import jsii
from constructs import IConstruct

from preflight.acknowledgments import PLUGIN_NAME
from preflight.cdk._sections import sections_of
from preflight.cdk._violations import report_of, template_violation, violation
from preflight.check import check_templates
from preflight.finding import Finding
from preflight.registry import REGISTRY
from preflight.report import Report
from preflight.templates import read_templates

__all__ = ["SeatrialValidation"]


@jsii.implements(cdk.IPolicyValidationPlugin)
class SeatrialValidation:
    """Makes a synth fail on every unacknowledged error of Seatrial's rules, and show every warning.

    The description of each violation begins with file and line, since the CDK CLI prints a violation's
    description and fix alone. Acknowledged findings are reported as well: the acknowledgments that the stacks
    registered (``acknowledge``) move them among the suppressed ones, and one that was not registered fails.
    The templates are looked at once the file has no errors, as in `seatrial check`.

    Example:
        >>> report = functools.partial(check_deployment, file, build_root, project_root)
        >>> resources = {"models.classifier": [stack.model], "endpoints.dedicated": [stack.endpoint]}
        >>> review = functools.partial(check_template_acknowledgments, evidence)
        >>> cdk.Validations.of(app).add_plugins(SeatrialValidation(report, resources, review))

    Args:
        report_provider: called once per synth.
        resources: the constructs by the subject of findings. A finding whose subject has none is reported at
            the app's root; acknowledged, it is left out, since nothing in the templates is concerned.
        review: called once per synth with what the rules over templates found, as sections and rules: returns
            the findings about the file's acknowledgments of these. Default: there are none.
        told_once: sections whose findings are reported at the first of their constructs alone.
    """

    def __init__(
        self,
        report_provider: Callable[[], Report],
        resources: Mapping[str, Sequence[IConstruct]],
        review: Callable[[Iterable[tuple[str, str]]], Sequence[Finding]] | None = None,
        told_once: Collection[str] = (),
    ) -> None:
        self._report_provider = report_provider
        self._resources = resources
        self._review = review
        self._told_once = frozenset(told_once)

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
        """Return the ids of all rules."""
        return [rule.id for rule in REGISTRY.rules()]

    def validate(self, context: cdk.IPolicyValidationContext) -> cdk.PolicyValidationPluginReport:
        """Return every finding as a violation; called by the CDK once the templates are written."""
        return report_of(lambda: self._violations(context))

    def _violations(self, context: cdk.IPolicyValidationContext) -> Iterator[cdk.PolicyViolation]:
        report = self._report_provider()
        yield from self._of_sections(report.findings)
        if report.errors:
            # As `seatrial check` does: what a wrong file became tells the same again, and less well.
            return
        templates = read_templates(context.template_paths)
        found = check_templates(templates)
        yield from map(template_violation, found)
        if self._review is not None:
            yield from self._of_sections(self._review(sections_of(found, templates, self._resources)))

    def _of_sections(self, findings: Iterable[Finding]) -> Iterator[cdk.PolicyViolation]:
        for finding in findings:
            constructs = self._resources.get(finding.subject, ())
            if finding.subject in self._told_once:
                constructs = constructs[:1]
            if constructs or finding.acknowledged is None:
                paths = [construct.node.path for construct in constructs] or [""]
                yield violation(
                    finding,
                    [cdk.PolicyViolatingResource(construct_path=path, locations=[]) for path in paths],
                )
