"""The validations that every synth goes through, and the acknowledgments of the deployment file."""

import functools
from collections.abc import Mapping, Sequence

import aws_cdk as cdk
from constructs import IConstruct

import preflight
import spec
from preflight.acknowledgments import declared_acknowledgments
from preflight.cdk import SeatrialValidation, acknowledge

__all__ = ["NAG_CONTEXT_KEY", "acknowledge_all", "add_nag", "add_validations"]

NAG_CONTEXT_KEY = "seatrial:nag"
"""``-c seatrial:nag=false`` leaves cdk-nag out, for a quick look at a template."""


def add_validations(
    app: cdk.App,
    evidence: preflight.DeploymentEvidence,
    resources: Mapping[str, Sequence[IConstruct]],
) -> None:
    """Attach Seatrial's own rules and cdk-nag's.

    Args:
        app: the app with all its stacks.
        evidence: what the stacks were made from.
        resources: the constructs by their path in the file, such as ``models.classifier``.
    """
    report = functools.partial(preflight.check_evidence, evidence)
    review = functools.partial(preflight.check_template_acknowledgments, evidence)
    # What is said of security is said of every stack; one of all is enough to tell it.
    plug_in = SeatrialValidation(report, resources, review, told_once=("security",))
    cdk.Validations.of(app).add_plugins(plug_in)
    add_nag(app)


def add_nag(app: cdk.App) -> None:
    """Attach cdk-nag's AwsSolutions, unless the context says otherwise."""
    if str(app.node.try_get_context(NAG_CONTEXT_KEY)).lower() != "false":
        from cdk_nag import AwsSolutionsChecks  # noqa: PLC0415 - who leaves it out shouldn't wait for it

        cdk.Validations.of(app).add_plugins(AwsSolutionsChecks(app, verbose=True))


def acknowledge_all(deployment: spec.Deployment, resources: Mapping[str, Sequence[IConstruct]]) -> None:
    """Turn each acknowledgment of the file into one of every construct that its section became."""
    for declared in declared_acknowledgments(deployment):
        for construct in resources.get(declared.subject, ()):
            acknowledge(construct, declared.written, declared.reason)
