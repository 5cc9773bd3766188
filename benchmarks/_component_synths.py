"""Synthesizes many inference components, each in one of two ways; run by ``benchmarks.components``.

`python -m benchmarks._component_synths KIND WAY COUNT` prints the seconds from the first construct to the
written templates. KIND is ``complete`` (Model, component, target, two policies, alarm, log group) or ``bare``
(component, target, policy); WAY is ``plain`` (aws_cdk's L1 constructs) or ``fleet``. Both give the same
resources; each component has an artifact, a memory size and a target value of its own.
"""

import gc
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import aws_cdk as cdk
from aws_cdk import cx_api as cxapi

from benchmarks._component_figures import IMAGE, ROLE_ARN, ComponentFigures
from benchmarks._plain_components import add_plain_components
from seatrial_hosting import (
    ComponentDeclaration,
    ComponentFleet,
    ComponentSpecification,
    ComputeRequirements,
    DeclaredModel,
    Endpoint,
    RollingUpdate,
    Scaling,
    ScalingMetric,
    TargetTracking,
)

_ENVIRONMENT = cdk.Environment(account="123456789012", region="eu-west-1")
_RESOURCES_PER_STACK = 490
_RESOURCES = {"complete": 7, "bare": 3}


def main(kind: str, way: str, count: int) -> float:
    """Synthesize and return the seconds."""
    gc.disable()  # as app.py does
    with tempfile.TemporaryDirectory() as folder:
        app = new_app(Path(folder))
        started = time.perf_counter()
        synthesize(app, kind, way, count)
        return time.perf_counter() - started


def new_app(outdir: Path) -> cdk.App:
    """Return an app with the settings of `stacks.build_app`."""
    return cdk.App(
        outdir=str(outdir),
        analytics_reporting=False,
        tree_metadata=False,
        builtin_cloud_formation_validation=False,
        context={"aws:cdk:enable-path-metadata": True},
    )


def synthesize(app: cdk.App, kind: str, way: str, count: int) -> cxapi.CloudAssembly:
    """Synthesize ``count`` components in stacks below the resource limit."""
    per_stack = _RESOURCES_PER_STACK // _RESOURCES[kind]
    for first in range(0, count, per_stack):
        stack = cdk.Stack(app, f"components-{first}", env=_ENVIRONMENT)
        numbers = range(first, min(count, first + per_stack))
        _WAYS[way](stack, [ComponentFigures(each, is_complete=kind == "complete") for each in numbers])
    return app.synth()


def _add_fleet(stack: cdk.Stack, components: Sequence[ComponentFigures]) -> None:
    ComponentFleet(
        stack,
        "Fleet",
        endpoint=Endpoint(stack, "Endpoint", endpoint_name="shared"),
        components=[_declaration(each) for each in components],
    )


def _declaration(given: ComponentFigures) -> ComponentDeclaration:
    specification = ComponentSpecification(
        model_name=None if given.is_complete else "model",
        compute=ComputeRequirements(memory_mib=given.memory_mib, cpus=2, accelerators=1),
        data_cache=True,
    )
    model = DeclaredModel(
        image=IMAGE,
        artifact_url=given.artifact_url,
        role_arn=ROLE_ARN,
        subnet_ids=["subnet-1", "subnet-2"],
        security_group_ids=["sg-1"],
        environment={"SAGEMAKER_TRITON_DEFAULT_MODEL_NAME": "model"},
    )
    tracking = TargetTracking(ScalingMetric.INVOCATIONS_PER_COPY, given.target_value)
    return ComponentDeclaration(
        component_name=given.name,
        specifications=[specification],
        model=model if given.is_complete else None,
        scaling=Scaling(given.minimum, 3, tracking),
        rolling_update=RollingUpdate(),
        log_retention_days=30 if given.is_complete else None,
        errors_per_minute=None,
    )


_WAYS: dict[str, Callable[[cdk.Stack, Sequence[ComponentFigures]], None]] = {
    "plain": add_plain_components,
    "fleet": _add_fleet,
}

if __name__ == "__main__":
    print(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
