"""SEA866 and SEA867: what roles and boundaries that a template does not make must allow."""

from collections.abc import Iterator, Mapping
from typing import Any

from preflight.finding import Severity
from preflight.registry import rule
from preflight.rule import TEMPLATE, Enforcer, SeenAfter, Violation
from preflight.rules._permission_statements import ROLE, SAGEMAKER, allowed_actions
from preflight.rules._template_references import references_of
from preflight.rules._template_values import as_text, strings, structures
from preflight.templates import SynthesizedTemplates

__all__ = ["REQUIRED_STATEMENTS", "boundary_of_the_users_own", "role_of_the_users_own"]

REQUIRED_STATEMENTS = "seatrial:ExecutionRoleMustAllow"
"""Where the constructs write what a role of the user's own must allow, in a model's template metadata."""


@rule(
    "SEA866",
    severity=Severity.WARNING,
    enforced_by=Enforcer.HOSTING,
    seen_after=SeenAfter.AFTER_START_UP,
    title="a role of your own, which nothing is granted to",
    scope=TEMPLATE,
    source="SageMaker Developer Guide, SageMaker roles, CreateModel API: execution role permissions",
    symptom="Where a statement is missing, CreateModel is refused, or the endpoint stays in Creating for "
    "minutes and fails.",
    fix=f"Let the role allow these statements (whole in the template, in the model's metadata under "
    f"{REQUIRED_STATEMENTS}) and trust {SAGEMAKER}, then acknowledge this at the model with the reason how "
    "that was made sure.",
)
def role_of_the_users_own(synthesized: SynthesizedTemplates) -> Iterator[Violation]:
    """What a role that the app does not make must allow, with the ids and names of this synth."""
    for model in references_of(synthesized).of_type("AWS::SageMaker::Model"):
        required = structures(model.metadata.get(REQUIRED_STATEMENTS))
        if required:
            yield Violation(
                f"{as_text(model.properties.get('ExecutionRoleArn'))} is not made here. It must allow: "
                + "; ".join(_told(each) for each in required)
                + ".",
                f"a role that {SAGEMAKER} may assume and that allows all of this.",
                model.place,
            )


@rule(
    "SEA867",
    severity=Severity.WARNING,
    enforced_by=Enforcer.HOSTING,
    seen_after=SeenAfter.AFTER_START_UP,
    title="a permissions boundary of your own",
    scope=TEMPLATE,
    source="IAM User Guide, permissions boundaries for IAM entities: a role may do what its policies and its "
    "boundary both allow",
    symptom="Where the boundary lacks an action, the role's policies allow it in vain: the endpoint stays in "
    "Creating for minutes and fails.",
    fix="Let the boundary allow these actions, then acknowledge this under security with the reason how that "
    "was made sure.",
)
def boundary_of_the_users_own(synthesized: SynthesizedTemplates) -> Iterator[Violation]:
    """What a boundary must allow, so that the roles it bounds can do their work."""
    references = references_of(synthesized)
    needed = allowed_actions(references)
    for role in references.of_type(ROLE):
        boundary, actions = role.properties.get("PermissionsBoundary"), needed[role.place]
        if isinstance(boundary, str) and actions:
            yield Violation(
                f"{boundary} bounds this role, which needs {', '.join(actions)}.",
                "a boundary that allows all of these.",
                role.place,
            )


def _told(statement: Mapping[str, Any]) -> str:
    resources = ", ".join(strings(statement.get("Resource")))
    told = f"{', '.join(strings(statement.get('Action')))} on {resources}"
    return told + (" under conditions" if "Condition" in statement else "")
