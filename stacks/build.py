"""From a deployment file to a CDK app, for app.py, the command line and tests."""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import aws_cdk as cdk
from constructs import IConstruct

import preflight
import spec
from catalogue import CatalogueError
from preflight.shard_plan import shard_plans
from seatrial_hosting import HostingError
from spec.deployment import BUILD_STACK_KEY
from stacks._build_stack import add_build_stack
from stacks._client_stacks import add_client_stack
from stacks._component_stacks import add_component_stacks
from stacks._placed import PlacedModel
from stacks._settings import StackSettings
from stacks._validation import acknowledge_all, add_nag, add_validations
from stacks.built_artifacts import read_built_artifacts
from stacks.endpoint_stack import EndpointStack
from stacks.errors import StacksError
from stacks.network_stack import NetworkStack

__all__ = ["DEFAULT_DEPLOYMENT", "DEPLOYMENT_CONTEXT_KEY", "ONLY_CONTEXT_KEY", "build_app"]

DEPLOYMENT_CONTEXT_KEY = "deployment"
"""``cdk synth -c deployment=deployments/X.yaml`` chooses the deployment file."""

DEFAULT_DEPLOYMENT = Path("deployments/local.yaml")
"""Relative to the project's root."""

ONLY_CONTEXT_KEY = "only"
"""``-c only=build`` adds the stack that builds models and no other: it is there before any is packaged."""


_WITHOUT_CREATION_STACKS = "aws:cdk:disable-creation-stack-traces"
"""aws_cdk's context key (aws-cdk-lib, cx-api/lib/app, DISABLE_CREATION_STACK_TRACES). The stacks lead into
the CDK's own code and nowhere else; `CDK_DEBUG` brings them back."""


def build_app(
    project_root: Path,
    *,
    deployment: Path | None = None,
    build_root: Path | None = None,
    outdir: Path | None = None,
    context: Mapping[str, object] | None = None,
    builtin_validation: bool | None = None,
) -> cdk.App:
    """Return the app of one deployment, wired and with its validations attached; ``synth()`` is the caller's.

    Reads the deployment file, the manifests, the factories' sources, and ``cdk.json``: no clock, no network.

    Args:
        project_root: the folder with ``cdk.json``; factory references start from it.
        deployment: the deployment file, relative to ``project_root``. Default: what the context key
            ``deployment`` names, and without it ``deployments/local.yaml``.
        build_root: where `seatrial package` wrote. Default: ``build`` in ``project_root``.
        outdir: the cloud assembly's folder. Default: the one the CDK CLI names in ``CDK_OUTDIR``; without the
            CLI ``cdk.out`` in ``project_root``.
        context: context values that go before those of ``cdk.json``. The CLI's go before both.
        builtin_validation: whether CDK's built-in rules run. Default: they do, unless the environment
            variable ``CDK_VALIDATION`` is ``false``.

    Raises:
        spec.DeploymentFileError: the deployment file is wrong.
        StacksError: a model is not packaged, a number of shards is not accepted, a construct refuses what the
            file says (all in the words of the rules, as far as they have any), or ``cdk.json`` can't be read.
    """
    app = cdk.App(
        outdir=str(outdir or os.environ.get("CDK_OUTDIR") or project_root / "cdk.out"),
        # As the CLI does: without it, `python app.py` would give other templates.
        context={
            "aws:cdk:enable-path-metadata": True,
            _WITHOUT_CREATION_STACKS: True,
            **_cdk_json_context(project_root),
            **(context or {}),
        },
        # Both would put something into the template, or into the assembly, that no deployment needs.
        analytics_reporting=False,
        tree_metadata=False,
        builtin_cloud_formation_validation=builtin_validation,
    )
    build_root = _as_user_sees(build_root or project_root / "build")
    chosen = deployment or Path(app.node.try_get_context(DEPLOYMENT_CONTEXT_KEY) or DEFAULT_DEPLOYMENT)
    file = spec.load_deployment(_as_user_sees(project_root / chosen))
    if app.node.try_get_context(ONLY_CONTEXT_KEY) == BUILD_STACK_KEY:
        if not add_build_stack(app, file.deployment):
            raise StacksError([f"{file.path}: it has no section `build`; add `build: {{type: account}}`"])
        add_nag(app)
        return app
    evidence = preflight.gather_evidence(file, build_root, project_root)
    resources = _add_stacks(app, evidence)
    acknowledge_all(file.deployment, resources)
    add_validations(app, evidence, resources)
    return app


def _add_stacks(app: cdk.App, evidence: preflight.DeploymentEvidence) -> Mapping[str, Sequence[IConstruct]]:
    """Add all stacks; return what each section of the file became, by its path."""
    file, deployment = evidence.file, evidence.file.deployment
    if any(shard_plans(file, evidence.accepted_shards)):
        raise StacksError([str(finding) for finding in preflight.check_evidence(evidence).unacknowledged])
    artifacts = read_built_artifacts(evidence)
    settings = StackSettings.of(deployment)
    refused: list[str] = []
    with _collecting(refused, file, "network"):
        network = NetworkStack(
            app,
            f"{deployment.name}-network",
            settings=settings,
            deployment=deployment,
            artifacts=artifacts,
        ).network
    if refused:
        raise StacksError(refused)
    resources: dict[str, list[IConstruct]] = {"network": [network]}
    with _collecting(refused, file, "build"):
        resources |= add_build_stack(app, deployment)
    for key, endpoint in deployment.hosted_endpoints.items():
        with _collecting(refused, file, "endpoints", key):
            stack = EndpointStack(
                app,
                f"{deployment.name}-{key}",
                settings=settings,
                network=network,
                endpoint_name=deployment.endpoint_name(key),
                endpoint=endpoint,
                models={
                    name: PlacedModel(deployment.models[name].container, artifacts[name])
                    for name in endpoint.served
                },
                asset_prefix=settings.asset_prefix(key, endpoint),
            )
            for name in dict.fromkeys(endpoint.served):
                resources.setdefault(f"models.{name}", []).append(stack.model)
            resources[f"endpoints.{key}"] = [stack.endpoint]
    for key in deployment.component_endpoints:
        with _collecting(refused, file, "endpoints", key):
            for path, found in add_component_stacks(
                app, file, key, settings=settings, network=network, artifacts=artifacts
            ):
                resources.setdefault(path, []).append(found)
    for key in deployment.clients:
        with _collecting(refused, file, "clients", key):
            for path, found in add_client_stack(
                app, deployment, key, settings=settings, network=network, artifacts=artifacts
            ):
                resources.setdefault(path, []).append(found)
    # What is said of security holds for every stack.
    resources["security"] = [each for each in app.node.children if isinstance(each, cdk.Stack)]
    if refused:
        # What constructs refuse, a rule finds, too: in the words of `seatrial check`, all findings at once.
        report = preflight.check_evidence(evidence)
        raise StacksError([str(each) for each in report.unacknowledged] if report.errors else refused)
    return resources


def _as_user_sees(path: Path) -> Path:
    """Return ``path`` as messages should name it: from the current folder where that holds it."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


@contextmanager
def _collecting(refused: list[str], file: spec.DeploymentFile, *place: str) -> Iterator[None]:
    """Add what a construct or the catalogue refuses to ``refused``, with its place in the file."""
    try:
        yield
    except (HostingError, CatalogueError) as error:
        refused.append(f"{file.path}:{file.line_of(*place)}: {'.'.join(place)}: {error}")


def _cdk_json_context(project_root: Path) -> dict[str, object]:
    path = project_root / "cdk.json"
    try:
        context = json.loads(path.read_text(encoding="utf-8"))["context"]
    except (OSError, UnicodeDecodeError, json.JSONDecodeError, KeyError, TypeError) as error:
        raise StacksError([f"{path}: its context can't be read ({error!r}); restore the file"]) from error
    return dict(context)
