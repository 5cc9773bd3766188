"""SEA5xx: models on instances."""

from collections.abc import Iterator

import catalogue
from preflight.evidence import DeploymentEvidence
from preflight.finding import Severity
from preflight.registry import rule
from preflight.rule import DEPLOYMENT, Enforcer, SeenAfter, Surrounding, Violation

__all__ = [
    "ami_of_another_accelerator",
    "gpu_beyond_the_instance",
    "gpu_kind_on_cpu_instance",
    "model_larger_than_gpu_memory",
    "model_larger_than_memory",
]

_FAILS = "and the endpoint fails after its start-up time-out."
_MIB = 1 << 20


@rule(
    "SEA501",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="KIND_GPU on an instance type without GPU",
    scope=DEPLOYMENT,
    of_bare=(Surrounding.INSTANCE,),
    source="Triton, model configuration, instance groups; seen on Triton 2.51",
    symptom=f"Triton says 'has kind KIND_GPU but no GPUs are available', {_FAILS}",
    fix="Take an instance type with a GPU, or KIND_CPU or KIND_AUTO in the model's instance_group.",
)
def gpu_kind_on_cpu_instance(evidence: DeploymentEvidence) -> Iterator[Violation]:
    """Instances of the kind KIND_GPU need a GPU."""
    for each in evidence.served():
        instance = each.instance_type
        groups = evidence.file.deployment.instance_groups_of(each.name)
        if instance.gpus == 0 and any(group.kind == "KIND_GPU" for group in groups):
            yield Violation(
                f"{instance.name} has no GPU, and the model {each.name!r} asks for KIND_GPU.",
                "an instance type with a GPU, or another kind.",
                each.instance_place,
            )


@rule(
    "SEA502",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="a GPU that the instance type does not have",
    scope=DEPLOYMENT,
    of_bare=(Surrounding.INSTANCE,),
    source="Triton, model configuration, instance groups (gpus)",
    symptom=f"Triton says 'specifies invalid or unsupported gpu id', {_FAILS}",
    fix="Take an instance type with more GPUs, or name fewer.",
)
def gpu_beyond_the_instance(evidence: DeploymentEvidence) -> Iterator[Violation]:
    """GPUs are counted from 0 to the instance type's number of GPUs."""
    for each in evidence.served():
        instance, groups = each.instance_type, evidence.file.deployment.instance_groups_of(each.name)
        named = {gpu for group in groups if group.kind != "KIND_CPU" for gpu in group.gpus}
        beyond = sorted(gpu for gpu in named if gpu >= instance.gpus)
        if instance.gpus and beyond:
            yield Violation(
                f"The model {each.name!r} names the GPUs {beyond}; {instance.name} has {instance.gpus}, "
                "counted from 0.",
                f"0 to {instance.gpus - 1}.",
                each.instance_place,
            )


@rule(
    "SEA503",
    severity=Severity.WARNING,
    enforced_by=Enforcer.SERVICE,
    seen_after=SeenAfter.AT_ONCE,
    title="a machine image for another accelerator",
    scope=DEPLOYMENT,
    of_bare=(Surrounding.INSTANCE, Surrounding.IMAGE),
    source="SageMaker API Reference, ProductionVariant, InferenceAmiVersion (accelerator of each version)",
    symptom="The endpoint is refused, or its instances start without the driver they need.",
    fix="Take an inference_ami_version for the instance type's accelerator, or leave it out.",
)
def ami_of_another_accelerator(evidence: DeploymentEvidence) -> Iterator[Violation]:
    """Each machine image brings the driver of one kind of accelerator."""
    amis = {ami.name: ami for ami in catalogue.inference_amis()}
    deployment = evidence.file.deployment
    types = {key: shared.instances.type_names for key, shared in deployment.component_endpoints.items()}
    types |= {key: (endpoint.instances.type,) for key, endpoint in deployment.hosted_endpoints.items()}
    for key, names in types.items():
        ami = amis.get(deployment.endpoints[key].inference_ami_version or "")
        for name in names:
            accelerator = catalogue.instance_type(name).accelerator
            if ami is not None and ami.accelerator != accelerator:
                yield Violation(
                    f"{ami.name} is for the accelerator {ami.accelerator!r}; {name} has "
                    f"{accelerator or 'none'!r}.",
                    "a machine image for what the instance type has.",
                    ("endpoints", key, "inference_ami_version"),
                )


@rule(
    "SEA504",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="a model larger than the instance's memory",
    scope=DEPLOYMENT,
    of_bare=(Surrounding.INSTANCE,),
    source="EC2, instance types (memory); PyTorch, torch::jit::load (a module is loaded whole)",
    symptom="The container is killed while it loads the model, without a word in its log, and starts again "
    "until the endpoint fails.",
    fix="Take an instance type with more memory.",
)
def model_larger_than_memory(evidence: DeploymentEvidence) -> Iterator[Violation]:
    """Where there is no GPU, every instance of the model lies in main memory, and one at least must fit."""
    for each in evidence.served():
        manifest, instance = evidence.built[each.name].manifest, each.instance_type
        if manifest is None or instance.gpus:
            continue
        largest_mib = max((record.size_bytes for record in manifest.files), default=0) / _MIB
        if largest_mib > instance.memory_mib:
            yield Violation(
                f"The model {each.name!r} has a file of {largest_mib:.0f} MiB; {instance.name} has "
                f"{instance.memory_mib} MiB of memory.",
                f"a model file below {instance.memory_mib} MiB.",
                each.instance_place,
            )


@rule(
    "SEA505",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="a model larger than a GPU's memory",
    scope=DEPLOYMENT,
    of_bare=(Surrounding.INSTANCE,),
    source="EC2, instance types (GPU memory); Triton, model configuration, instance groups: each instance of "
    "a model is on one GPU",
    symptom=f"Triton says 'CUDA out of memory' while it loads the model, {_FAILS}",
    fix="Take an instance type whose GPUs have more memory.",
)
def model_larger_than_gpu_memory(evidence: DeploymentEvidence) -> Iterator[Violation]:
    """On each GPU that has instances of the model, one at least must fit; a copy may be on any type."""
    for place, name, types in evidence.placed():
        manifest = evidence.built[name].manifest
        groups = evidence.file.deployment.instance_groups_of(name)
        if manifest is None or all(group.kind != "KIND_GPU" for group in groups):
            continue
        largest_mib = max((record.size_bytes for record in manifest.files), default=0) / _MIB
        for instance in map(catalogue.instance_type, types):
            if instance.gpus and largest_mib > instance.gpu_memory_mib:
                yield Violation(
                    f"The model {name!r} has a file of {largest_mib:.0f} MiB; a GPU of {instance.name} has "
                    f"{instance.gpu_memory_mib} MiB.",
                    f"a model file below {instance.gpu_memory_mib} MiB.",
                    place,
                )
