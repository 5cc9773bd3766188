"""SEA43x: TensorRT plans, which load on the GPU and in the version of TensorRT that they were built with."""

from collections.abc import Iterator

import catalogue
from model_packaging.remote.plan_versions import STAND_IN, TENSORRT
from preflight.evidence import DeploymentEvidence
from preflight.finding import Severity
from preflight.registry import rule
from preflight.rule import DEPLOYMENT, Enforcer, SeenAfter, Surrounding, Violation
from spec import Model, TensorRT

__all__ = [
    "optimal_batch_beyond_the_largest",
    "plan_for_another_gpu",
    "plan_of_another_tensorrt",
    "plan_without_gpu",
    "precision_that_the_gpu_lacks",
    "stand_in_for_a_plan",
    "tensorrt_without_build",
]

_LAPTOP_ACCOUNT = "000000000000"
_BFLOAT16_CAPABILITY = (8, 0)
_LOADS_NOT = (
    "The container says 'engine plan file is not compatible' and the endpoint fails after its time-out."
)


def _packed(evidence: DeploymentEvidence, name: str) -> dict[str, Model]:
    """Return a model and all that is packed beside it, by name."""
    deployment = evidence.file.deployment
    return {name: deployment.models[name], **deployment.members_of(name)}


def _plans(evidence: DeploymentEvidence) -> Iterator[tuple[str, Model, TensorRT]]:
    """Yield each model that an endpoint serves, or that is part of one, whose plan is built; by its name."""
    packed: dict[str, Model] = {}
    for name, _ in evidence.served_models():
        packed |= _packed(evidence, name)
    for name, model in packed.items():
        if model.export is not None and model.export.tensorrt is not None:
            yield name, model, model.export.tensorrt


def _is_plan(model: Model) -> bool:
    if model.export is not None:
        return model.export.to == TENSORRT
    return model.file is not None and model.file.format == TENSORRT


def _hosts(evidence: DeploymentEvidence) -> Iterator[tuple[tuple[str, ...], str, Model, str]]:
    """Yield each instance type of each endpoint with each plan it serves: place, name, model, type."""
    served = [(each.instance_place, each.name, each.instance_type.name) for each in evidence.served()]
    served += [
        (each.place, each.component.model, type_name)
        for each in evidence.components()
        for type_name in each.endpoint.instances.type_names
    ]
    for place, answering, type_name in served:
        for name, model in _packed(evidence, answering).items():
            if _is_plan(model):
                yield place, name, model, type_name


@rule(
    "SEA431",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="a TensorRT plan of another version than the image's",
    scope=DEPLOYMENT,
    of_bare=(Surrounding.IMAGE,),
    source="TensorRT, developer guide, Version Compatibility; NVIDIA Triton release notes (TensorRT of each "
    "release; catalogue/data/tensorrt_versions.json says which rows were read)",
    symptom=_LOADS_NOT,
    fix="Build the plan in the image's release, or take the release that it was built in.",
)
def plan_of_another_tensorrt(evidence: DeploymentEvidence) -> Iterator[Violation]:
    """The plan's header holds the version; images of the user's own are not judged."""
    versions = catalogue.tensorrt_versions()
    for name, model, manifest in evidence.packaged_models():
        built = dict(manifest.provenance.frameworks).get(TENSORRT)
        release = model.container.triton_release
        if built is None or model.container.image_uri is not None:
            continue
        expected = versions[release]
        if built.split(".")[: len(expected.split("."))] != expected.split("."):
            yield Violation(
                f"The plan is of TensorRT {built}; the image of Triton {release} holds {expected}.",
                f"a plan of TensorRT {expected}.",
                ("models", name, "container", "triton_release"),
            )


@rule(
    "SEA432",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="a TensorRT plan for another GPU than the endpoint's",
    scope=DEPLOYMENT,
    of_bare=(Surrounding.INSTANCE,),
    source="TensorRT, developer guide, Hardware Compatibility; Amazon EC2 instance types (GPUs)",
    symptom=f"{_LOADS_NOT} On a GPU of equal capability it loads and is slow.",
    fix="Set export.tensorrt.instance_type to one with the endpoint's GPU, or take such instances.",
)
def plan_for_another_gpu(evidence: DeploymentEvidence) -> Iterator[Violation]:
    """A plan is built for one model of GPU; the size of the instance doesn't matter."""
    for place, name, model, type_name in _hosts(evidence):
        tensorrt = model.export.tensorrt if model.export is not None else None
        hosted = catalogue.gpu_family(type_name)
        built = catalogue.gpu_family(tensorrt.instance_type) if tensorrt is not None else None
        if hosted is not None and built is not None and hosted.gpu != built.gpu:
            yield Violation(
                f"The plan of the model {name!r} is built for {built.gpu}; {type_name} has {hosted.gpu}.",
                f"instances with {built.gpu}.",
                place,
            )


@rule(
    "SEA433",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="a TensorRT plan on instances without an NVIDIA GPU",
    scope=DEPLOYMENT,
    of_bare=(Surrounding.INSTANCE,),
    source="Triton, backend-platform support matrix: TensorRT runs on NVIDIA GPUs alone",
    symptom="Triton can't load the model, and the endpoint fails after its start-up time-out.",
    fix="Take instances with an NVIDIA GPU, or export to onnx or torchscript.",
)
def plan_without_gpu(evidence: DeploymentEvidence) -> Iterator[Violation]:
    """A plan is code for a GPU."""
    for place, name, _, type_name in _hosts(evidence):
        if catalogue.gpu_family(type_name) is None:
            yield Violation(
                f"The model {name!r} is a TensorRT plan; {type_name} has no NVIDIA GPU.",
                "an instance type with an NVIDIA GPU.",
                place,
            )


@rule(
    "SEA434",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="what stands in for a TensorRT plan, in a real account",
    scope=DEPLOYMENT,
    source="local/tensorrt/trtexec.py: no TensorRT loads what it makes",
    symptom=_LOADS_NOT,
    fix="Run `seatrial package --remote --force` with this deployment file.",
    may_be_acknowledged=False,
)
def stand_in_for_a_plan(evidence: DeploymentEvidence) -> Iterator[Violation]:
    """The laptop's account gets a stand-in, whose place is the laptop."""
    if evidence.file.deployment.environment.account == _LAPTOP_ACCOUNT:
        return
    for name, _, manifest in evidence.packaged_models():
        if STAND_IN in dict(manifest.provenance.frameworks):
            yield Violation(
                "The plan was made by the laptop's stand-in for trtexec: it is none.",
                "a plan that a job in the account built.",
                ("models", name),
            )


@rule(
    "SEA435",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.BEFORE,
    title="a TensorRT plan, and nothing to build it with",
    scope=DEPLOYMENT,
    source="Seatrial: a plan is built by `seatrial package --remote`, with the stack <deployment>-build",
    symptom="`seatrial package` can't build the model.",
    fix="Add `build: {type: account}` to the deployment file.",
)
def tensorrt_without_build(evidence: DeploymentEvidence) -> Iterator[Violation]:
    """Whoever builds plans declares where."""
    if evidence.file.deployment.build is None:
        for name, _, _ in _plans(evidence):
            yield Violation(
                f"The model {name!r} is a TensorRT plan, and the deployment has no section `build`.",
                "a deployment with `build`.",
                ("models", name, "export", "to"),
            )


@rule(
    "SEA436",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.BEFORE,
    title="kernels chosen for a larger batch than there is",
    scope=DEPLOYMENT,
    source="TensorRT, developer guide, Working with Dynamic Shapes: minimum, optimum and maximum ascend",
    symptom="trtexec refuses the optimization profile, in a job that costs money.",
    fix="Lower export.tensorrt.optimal_batch_size, or raise triton.max_batch_size.",
)
def optimal_batch_beyond_the_largest(evidence: DeploymentEvidence) -> Iterator[Violation]:
    """The optimum lies within what requests may ask for."""
    for name, model, tensorrt in _plans(evidence):
        optimal = tensorrt.optimal_batch_size
        if optimal is not None and optimal > model.max_batch_size:
            yield Violation(
                f"optimal_batch_size is {optimal}; max_batch_size is {model.max_batch_size}.",
                f"at most {model.max_batch_size}, or no key.",
                ("models", name, "export", "tensorrt", "optimal_batch_size"),
            )


@rule(
    "SEA437",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.BEFORE,
    title="a precision that the GPU lacks",
    scope=DEPLOYMENT,
    source="TensorRT, support matrix, hardware and precision: BF16 from compute capability 8.0",
    symptom="trtexec refuses the precision, in a job that costs money.",
    fix="Take fp16, or a newer GPU.",
)
def precision_that_the_gpu_lacks(evidence: DeploymentEvidence) -> Iterator[Violation]:
    """bfloat16 came with Ampere."""
    for name, _, tensorrt in _plans(evidence):
        family = catalogue.gpu_family(tensorrt.instance_type)
        if tensorrt.precision != "bf16" or family is None:
            continue
        if tuple(map(int, family.compute_capability.split("."))) < _BFLOAT16_CAPABILITY:
            yield Violation(
                f"precision is bf16; the {family.gpu} of {tensorrt.instance_type} has the compute capability "
                f"{family.compute_capability}.",
                "fp32 or fp16 there.",
                ("models", name, "export", "tensorrt", "precision"),
            )
