"""The validations that every synth goes through, and the acknowledgments of the deployment file."""

import functools
from collections.abc import Mapping, Sequence
from pathlib import Path

import aws_cdk as cdk
from constructs import IConstruct

import preflight
import spec
from preflight.cdk import SeatrialValidation, acknowledge

__all__ = ["NAG_CONTEXT_KEY", "acknowledge_all", "add_validations"]

NAG_CONTEXT_KEY = "seatrial:nag"
"""``-c seatrial:nag=false`` leaves cdk-nag out, for a quick look at a template."""


def add_validations(
    app: cdk.App,
    file: spec.DeploymentFile,
    resources: Mapping[str, Sequence[IConstruct]],
    *,
    build_root: Path,
    project_root: Path,
) -> None:
    """Attach Seatrial's own rules and, unless the context says otherwise, cdk-nag's AwsSolutions.

    Args:
        app: the app with all its stacks.
        file: what the stacks were made from.
        resources: the constructs by their path in the file, such as ``models.classifier``.
        build_root: where `seatrial package` wrote.
        project_root: where factory references start.
    """
    report = functools.partial(preflight.check_deployment, file, build_root, project_root)
    cdk.Validations.of(app).add_plugins(SeatrialValidation(report, resources))
    if str(app.node.try_get_context(NAG_CONTEXT_KEY)).lower() != "false":
        from cdk_nag import AwsSolutionsChecks  # noqa: PLC0415 - who leaves it out shouldn't wait for it

        cdk.Validations.of(app).add_plugins(AwsSolutionsChecks(app, verbose=True))


def acknowledge_all(deployment: spec.Deployment, resources: Mapping[str, Sequence[IConstruct]]) -> None:
    """Turn each acknowledgment of the file into one of every construct that its section became."""
    sections = {"network": deployment.network.acknowledge}
    sections |= {f"models.{name}": model.acknowledge for name, model in deployment.models.items()}
    sections |= {f"endpoints.{key}": each.acknowledge for key, each in deployment.endpoints.items()}
    for key, shared in deployment.component_endpoints.items():
        sections |= {
            f"endpoints.{key}.components.{name}": component.acknowledge
            for name, component in shared.components.items()
        }
    for path, entries in sections.items():
        for construct in resources.get(path, ()):
            for rule_id, reason in entries.items():
                acknowledge(construct, rule_id, reason)
