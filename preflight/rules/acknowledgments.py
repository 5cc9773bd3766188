"""SEA9xx: acknowledgments in the deployment file that say nothing."""

import re
from collections.abc import Iterator
from difflib import get_close_matches

from preflight.acknowledgments import PLUGIN_NAME, AcknowledgmentReview
from preflight.finding import Severity
from preflight.registry import REGISTRY, rule
from preflight.rule import ACKNOWLEDGMENT, TEMPLATE_ACKNOWLEDGMENT, Enforcer, SeenAfter, Violation

__all__ = ["stale_acknowledgment", "stale_template_acknowledgment", "unknown_rule_acknowledged"]

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
    yield from _stale(review)


@rule(
    "SEA903",
    severity=Severity.WARNING,
    enforced_by=Enforcer.NOBODY,
    seen_after=SeenAfter.LATER,
    title="an acknowledgment of a rule over templates that finds nothing there",
    scope=TEMPLATE_ACKNOWLEDGMENT,
    source=_SOURCE,
    symptom=_NOTHING_YET,
    fix="Remove the acknowledgment.",
)
def stale_template_acknowledgment(review: AcknowledgmentReview) -> Iterator[Violation]:
    """Each acknowledged rule over templates finds something in what its section of the file became."""
    yield from _stale(review)


def _stale(review: AcknowledgmentReview) -> Iterator[Violation]:
    for declared in review.declared:
        registered = REGISTRY.find(declared.rule)
        if registered is None or (declared.subject, declared.rule) in review.found:
            continue
        # What templates or a trial show is known to whom they were shown alone.
        scope = registered.scope
        if scope in review.scopes and (declared.subject, scope) not in review.unknown:
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
            wanted = declared.rule.upper()
            near = [each for each in known if each.startswith(wanted)] or get_close_matches(wanted, known)
            yield Violation(
                f"{declared.written!r} is no rule of Seatrial.",
                f"the id as reports print it, such as {', '.join((near or known)[:3])}.",
                (*declared.section, "acknowledge", declared.written),
            )
