"""SEA9xx: acknowledgments in the deployment file that say nothing."""

import re
from collections.abc import Iterator
from difflib import get_close_matches

from preflight.acknowledgments import PLUGIN_NAME, AcknowledgmentReview
from preflight.finding import Severity
from preflight.registry import REGISTRY, rule
from preflight.rule import ACKNOWLEDGMENT, TEMPLATE, Enforcer, SeenAfter, Violation

__all__ = ["stale_acknowledgment", "unknown_rule_acknowledged"]

_LIKE_OURS = re.compile(rf"{PLUGIN_NAME}::.*|SEA[-_]?[0-9]+", re.IGNORECASE)
_SOURCE = "Seatrial, acknowledgments: each is held against what its rule finds"
_NOTHING_YET = "Nothing today; the day the rule finds something there, nobody is told."


@rule(
    "SEA901",
    severity=Severity.WARNING,
    enforced_by=Enforcer.NOBODY,
    seen_after=SeenAfter.LATER,
    title="an acknowledgment of a rule that finds nothing there",
    scope=ACKNOWLEDGMENT,
    source=_SOURCE,
    symptom=_NOTHING_YET,
    fix="Remove the acknowledgment.",
)
def stale_acknowledgment(review: AcknowledgmentReview) -> Iterator[Violation]:
    """Each acknowledged rule finds something at the place of its acknowledgment."""
    found = {(finding.subject, finding.rule) for finding in review.findings}
    for declared in review.declared:
        registered = REGISTRY.find(declared.rule)
        # What the templates' rules find is known to the CDK, after a synth.
        judged = registered is not None and registered.scope is not TEMPLATE
        if registered is not None and judged and (declared.subject, declared.rule) not in found:
            yield Violation(
                f"{declared.rule} ({registered.title}) is acknowledged, and finds nothing here.",
                "acknowledgments of rules that find something at the same place.",
                (*declared.section, "acknowledge", declared.written),
            )


@rule(
    "SEA902",
    severity=Severity.WARNING,
    enforced_by=Enforcer.NOBODY,
    seen_after=SeenAfter.LATER,
    title="an acknowledgment of an unknown rule",
    scope=ACKNOWLEDGMENT,
    source=_SOURCE,
    symptom=_NOTHING_YET,
    fix="Correct the rule's id.",
)
def unknown_rule_acknowledged(review: AcknowledgmentReview) -> Iterator[Violation]:
    """An id like SEA101 is Seatrial's; all others are for cdk-nag and the CDK to judge."""
    for declared in review.declared:
        if _LIKE_OURS.fullmatch(declared.written) and REGISTRY.find(declared.rule) is None:
            known = [each.id for each in REGISTRY.rules()]
            near = get_close_matches(declared.rule.upper(), known, n=3)
            yield Violation(
                f"{declared.written!r} is no rule of Seatrial.",
                f"the id as reports print it, such as {', '.join(near or known[:1])}.",
                (*declared.section, "acknowledge", declared.written),
            )
