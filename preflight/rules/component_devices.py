"""SEA528: the accelerators that the models of inference components ask for."""

from collections.abc import Iterator

from preflight.evidence import DeploymentEvidence
from preflight.finding import Severity
from preflight.registry import rule
from preflight.rule import DEPLOYMENT, Enforcer, SeenAfter, Violation

__all__ = ["gpu_beyond_the_copy", "gpu_kind_without_accelerators"]


@rule(
    "SEA528",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="KIND_GPU in a component without accelerators",
    scope=DEPLOYMENT,
    source="Triton, model configuration, instance groups; SageMaker API Reference, "
    "InferenceComponentComputeResourceRequirements (a copy sees the devices that it is given)",
    symptom="Triton says 'has kind KIND_GPU but no GPUs are available', and the component fails.",
    fix="Set compute.accelerators, or take KIND_CPU or KIND_AUTO in the model's instance_group.",
)
def gpu_kind_without_accelerators(evidence: DeploymentEvidence) -> Iterator[Violation]:
    """A model that wants a GPU is given one."""
    for served in evidence.components():
        declared = evidence.file.deployment.instance_groups_of(served.component.model)
        wants = any(group.kind == "KIND_GPU" for group in declared)
        if wants and served.component.compute.accelerators is None:
            yield Violation(
                f"The model {served.component.model!r} asks for KIND_GPU; a copy is given no accelerator.",
                "accelerators: 1 or more.",
                (*served.place, "compute"),
            )


@rule(
    "SEA529",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="a GPU that a copy is not given",
    scope=DEPLOYMENT,
    source="Triton, model configuration, instance groups (gpus); SageMaker API Reference, "
    "InferenceComponentComputeResourceRequirements (a copy sees the devices that it is given)",
    symptom="Triton says 'specifies invalid or unsupported gpu id', and the component fails.",
    fix="Raise compute.accelerators, or leave gpus out of the model's instance_group.",
)
def gpu_beyond_the_copy(evidence: DeploymentEvidence) -> Iterator[Violation]:
    """GPUs are counted from 0 to the number of accelerators of a copy."""
    for served in evidence.components():
        given = served.component.compute.accelerators
        declared = evidence.file.deployment.instance_groups_of(served.component.model)
        groups = [group for group in declared if group.kind != "KIND_CPU"]
        beyond = sorted({gpu for group in groups for gpu in group.gpus if given is not None and gpu >= given})
        if beyond:
            yield Violation(
                f"The model {served.component.model!r} names the GPUs {beyond}; a copy is given {given}, "
                "counted from 0.",
                f"0 to {given - 1 if given else 0}.",
                (*served.place, "compute", "accelerators"),
            )
