"""SEA514 and SEA515: instances whose processors or accelerators AWS's Triton image was not made for."""

from collections.abc import Iterator

import catalogue
from preflight.evidence import DeploymentEvidence
from preflight.finding import Severity
from preflight.registry import rule
from preflight.rule import DEPLOYMENT, Enforcer, SeenAfter, Surrounding, Violation

__all__ = ["accelerators_unused", "arm_for_triton"]

_IMAGES = "SageMaker Python SDK, image_uri_config, sagemaker-tritonserver: processors cpu and gpu"


@rule(
    "SEA514",
    severity=Severity.WARNING,
    enforced_by=Enforcer.NOBODY,
    seen_after=SeenAfter.LATER,
    title="accelerators that AWS's images don't use",
    scope=DEPLOYMENT,
    of_bare=(Surrounding.INSTANCE, Surrounding.IMAGE),
    source=f"{_IMAGES}; AWS Deep Learning Containers, available images: Neuron has images of its own",
    symptom="The model runs on the CPU, and the accelerators are paid for.",
    fix="Take instances with an NVIDIA GPU or without accelerators, or an image for them by image_uri.",
)
def accelerators_unused(evidence: DeploymentEvidence) -> Iterator[Violation]:
    """AWS's Triton and PyTorch images run on CPUs and NVIDIA's GPUs."""
    for place, name, types in evidence.placed():
        if evidence.file.deployment.models[name].container.image_uri is not None:
            continue
        for instance in map(catalogue.instance_type, types):
            if instance.accelerator not in {None, "gpu"}:
                yield Violation(
                    f"{instance.name} has accelerators of the kind {instance.accelerator!r}, and the image "
                    f"of the "
                    f"model {name!r} uses none of these.",
                    "an image that does.",
                    place,
                )


@rule(
    "SEA515",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="an Arm instance type for AWS's Triton image",
    scope=DEPLOYMENT,
    of_bare=(Surrounding.INSTANCE, Surrounding.IMAGE),
    source=f"{_IMAGES}, none for Graviton as there is of PyTorch",
    symptom="The container can't be started ('exec format error'), and the endpoint fails after its start-up "
    "time-out.",
    fix="Take an x86_64 instance type, or an image of your own by image_uri.",
)
def arm_for_triton(evidence: DeploymentEvidence) -> Iterator[Violation]:
    """The image is for x86_64; of the PyTorch images SEA159 says the same."""
    for place, name, types in evidence.placed():
        model = evidence.file.deployment.models[name]
        if model.layout != "triton" or model.container.image_uri is not None:
            continue
        for instance in map(catalogue.instance_type, types):
            if instance.architecture == "arm64":
                yield Violation(
                    f"{instance.name} has Arm processors, and the Triton image of the model {name!r} is for "
                    f"x86_64.",
                    "an x86_64 instance type.",
                    place,
                )
