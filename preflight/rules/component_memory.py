"""SEA53x: what an inference component's copies are to hold."""

from collections.abc import Iterator

from preflight.evidence import DeploymentEvidence, ServedComponent
from preflight.finding import Severity
from preflight.registry import rule
from preflight.rule import DEPLOYMENT, Enforcer, SeenAfter, Violation

__all__ = ["adapters_on_the_laptop", "model_beyond_the_reservation", "model_larger_than_a_copy"]

_MIB = 1 << 20
_MEMORY = (
    "SageMaker API Reference, InferenceComponentComputeResourceRequirements; PyTorch, torch::jit::load (a "
    "module is loaded whole)"
)


@rule(
    "SEA531",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="a model larger than a copy may grow",
    scope=DEPLOYMENT,
    source=f"{_MEMORY}; MaxMemoryRequiredInMb",
    symptom="The container is killed while it loads the model, and the component fails.",
    fix="Raise compute.memory_maximum_mib above the model's size, or remove it.",
)
def model_larger_than_a_copy(evidence: DeploymentEvidence) -> Iterator[Violation]:
    """Even a model for a GPU is read into main memory first."""
    for served in evidence.components():
        size_mib, most = _model_mib(evidence, served), served.component.compute.memory_maximum_mib
        if most is not None and size_mib > most:
            yield Violation(
                f"The model {served.component.model!r} has a file of {size_mib:.0f} MiB; a copy may grow to "
                f"{most} MiB.",
                f"more than {size_mib:.0f} MiB.",
                (*served.place, "compute", "memory_maximum_mib"),
            )


@rule(
    "SEA532",
    severity=Severity.WARNING,
    enforced_by=Enforcer.NOBODY,
    seen_after=SeenAfter.LATER,
    title="a model larger than what is reserved for a copy",
    scope=DEPLOYMENT,
    source=f"{_MEMORY}; MinMemoryRequiredInMb",
    symptom="Copies are placed where they do not fit: the instance runs out of memory, and containers of "
    "other components are killed with them.",
    fix="Raise compute.memory_mib above the model's size.",
)
def model_beyond_the_reservation(evidence: DeploymentEvidence) -> Iterator[Violation]:
    """Without accelerators the model stays in main memory, where so much must be reserved for it."""
    for served in evidence.components():
        compute, size_mib = served.component.compute, _model_mib(evidence, served)
        if compute.accelerators is None and size_mib > compute.memory_mib:
            yield Violation(
                f"The model {served.component.model!r} has a file of {size_mib:.0f} MiB; "
                f"{compute.memory_mib} MiB are reserved for a copy.",
                f"more than {size_mib:.0f} MiB.",
                (*served.place, "compute", "memory_mib"),
            )


@rule(
    "SEA533",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SEATRIAL,
    seen_after=SeenAfter.BEFORE,
    title="adapters on the laptop's AWS",
    scope=DEPLOYMENT,
    source="Seatrial, the laptop's AWS: it serves with Triton, which has no contract for adapters",
    symptom="Nothing at AWS: the laptop's AWS refuses CreateInferenceComponent with a base component.",
    fix="Leave adapters to the deployment files of real accounts.",
)
def adapters_on_the_laptop(evidence: DeploymentEvidence) -> Iterator[Violation]:
    """Who loads an adapter is the base's container; the laptop's knows none."""
    deployment = evidence.file.deployment
    if not deployment.environment.is_the_laptop:
        return
    for key, endpoint in deployment.component_endpoints.items():
        for name in endpoint.adapters:
            yield Violation(
                "An adapter is declared for the laptop's account.",
                "adapters in real accounts.",
                ("endpoints", key, "adapters", name),
            )


def _model_mib(evidence: DeploymentEvidence, served: ServedComponent) -> float:
    manifest = evidence.built[served.component.model].manifest
    return max((record.size_bytes for record in manifest.files), default=0) / _MIB if manifest else 0.0
