"""SEA506 and SEA507: the GPUs of instances against the image's CUDA, and what they are to hold."""

from collections import Counter
from collections.abc import Iterator

import catalogue
from catalogue.cuda_generations import OLDEST_COMPUTE_CAPABILITY, is_served
from model_packaging.artifact import Manifest
from preflight.evidence import DeploymentEvidence
from preflight.finding import Severity
from preflight.registry import rule
from preflight.rule import DEPLOYMENT, Enforcer, SeenAfter, Surrounding, Violation
from spec import Model

__all__ = ["gpu_older_than_cuda", "instances_larger_than_gpu_memory"]

_MIB = 1 << 20
_WEIGHT_SHARING = "ENABLE_WEIGHT_SHARING"
_ONE_COPY_EACH = ("torchscript", "onnx")


@rule(
    "SEA506",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="a GPU that the image's CUDA has given up",
    scope=DEPLOYMENT,
    of_bare=(Surrounding.INSTANCE, Surrounding.IMAGE),
    source="NVIDIA Triton Inference Server release notes, GPU requirements; CUDA release notes, deprecated "
    "architectures",
    symptom="Triton finds no GPU that it can use: KIND_GPU fails and the endpoint with it, or the model "
    "runs on the "
    "CPU and the GPU is paid for.",
    fix="Take a newer GPU, or an older triton_release.",
)
def gpu_older_than_cuda(evidence: DeploymentEvidence) -> Iterator[Violation]:
    """Each Triton release serves GPUs from some compute capability on; models for CPUs need none."""
    for place, name, types in evidence.placed():
        model = evidence.file.deployment.models[name]
        drivers = catalogue.triton_drivers().get(model.container.triton_release)
        groups = evidence.file.deployment.instance_groups_of(name)
        for_cpu = bool(groups) and all(group.kind == "KIND_CPU" for group in groups)
        if model.layout != "triton" or model.container.image_uri or drivers is None or for_cpu:
            continue
        for each in types:
            gpu = catalogue.gpu_family(each)
            if gpu is not None and not is_served(gpu.compute_capability, drivers.cuda):
                yield Violation(
                    f"{each} has the GPU {gpu.gpu}, compute capability {gpu.compute_capability}; Triton "
                    f"{drivers.release} of the model {name!r} has CUDA {drivers.cuda}.",
                    f"compute capability {OLDEST_COMPUTE_CAPABILITY[drivers.cuda]} or newer.",
                    place,
                )


@rule(
    "SEA507",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="more instances of a model than a GPU's memory holds",
    scope=DEPLOYMENT,
    of_bare=(Surrounding.INSTANCE, Surrounding.IMAGE),
    source="Triton, model configuration, instance groups: count instances on each GPU; Triton, PyTorch "
    "backend, "
    f"{_WEIGHT_SHARING}: each instance has its own weights by default; ONNX Runtime backend: a session for "
    f"each "
    "instance",
    symptom="Triton says 'CUDA out of memory' while it loads the model, and the endpoint fails after its "
    "start-up "
    "time-out.",
    fix="Lower instance_group's count, or take an instance type whose GPUs have more memory.",
)
def instances_larger_than_gpu_memory(evidence: DeploymentEvidence) -> Iterator[Violation]:
    """On each GPU all instances of all packed models have their weights; of one alone SEA505 speaks."""
    for place, name, types in evidence.placed():
        manifest = evidence.built[name].manifest
        if manifest is None:
            continue
        models = {name: evidence.file.deployment.models[name], **evidence.file.deployment.members_of(name)}
        for instance in map(catalogue.instance_type, types):
            loads = _loads_mib(models, manifest, instance.gpus)
            fullest = max(loads.values(), default=0.0)
            alone = max((_size_mib(manifest, each) for each in models), default=0.0)
            if alone <= instance.gpu_memory_mib < fullest:
                yield Violation(
                    f"The instances of {', '.join(models)} take {fullest:.0f} MiB of weights on one GPU; a "
                    f"GPU of "
                    f"{instance.name} has {instance.gpu_memory_mib} MiB.",
                    f"instances that take less than {instance.gpu_memory_mib} MiB together.",
                    place,
                )


def _loads_mib(models: dict[str, Model], manifest: Manifest, gpus: int) -> Counter[int]:
    """Return how many MiB of weights each GPU holds, at least: of groups that say KIND_GPU alone."""
    loads: Counter[int] = Counter()
    for name, model in models.items():
        for group in model.instance_groups:
            if group.kind == "KIND_GPU" and _has_weights_each(model):
                for gpu in group.gpus or range(gpus):
                    loads[gpu] += int(group.count * _size_mib(manifest, name))
    return loads


def _has_weights_each(model: Model) -> bool:
    """Whether each instance of a model holds its own weights, as far as the file says."""
    kind = (
        model.export.to if model.export is not None else model.file.format if model.file is not None else ""
    )
    shared = model.triton is not None and model.triton.parameters.get(_WEIGHT_SHARING, "").lower() == "true"
    return kind in _ONE_COPY_EACH and not shared


def _size_mib(manifest: Manifest, name: str) -> float:
    """Return the size of a packed model's largest file."""
    own = [record.size_bytes for record in manifest.files if record.path.startswith(f"{name}/")]
    return max(own, default=0) / _MIB
