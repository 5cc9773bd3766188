"""SEA750 to SEA755: Elastic Inference in the deployment file."""

from collections.abc import Iterator

from preflight.evidence import DeploymentEvidence
from preflight.finding import Severity
from preflight.registry import rule
from preflight.rule import DEPLOYMENT, Enforcer, SeenAfter, Violation
from preflight.rules._reach import reachable_services
from preflight.rules._retirement import fix_of, what_of

__all__ = [
    "acknowledged_accelerator",
    "image_and_accelerator",
    "image_without_elastic_inference",
    "open_to_the_world",
    "retired_accelerator",
    "runtime_out_of_reach",
]

_RUNTIME = "elastic-inference.runtime"
_RETIREMENT = (
    "Amazon ECS API Reference, CreateService, note (closed to new customers on 2023-04-15); Amazon EC2 API "
    "Reference, RunInstances, and SageMaker API Reference, ProductionVariant (no longer available)"
)
_SETUP = "Amazon Elastic Inference Developer Guide, setting up to launch Amazon EC2 with Elastic Inference"
_NO_ALTERNATIVE = "no Elastic Inference accelerator."

_Accelerated = tuple[tuple[str, ...], str, str, bool]
"""Where an accelerator stands, its type, its host, and whether its retirement is acknowledged."""


@rule(
    "SEA750",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVICE,
    seen_after=SeenAfter.AT_ONCE,
    title="an Elastic Inference accelerator, which AWS has retired",
    scope=DEPLOYMENT,
    source=_RETIREMENT,
    symptom="CreateEndpointConfig or RunInstances is refused, and the stack rolls back.",
    fix="Take a GPU instance type, an inference component with a share of a CPU instance, or Inferentia2.",
)
def retired_accelerator(evidence: DeploymentEvidence) -> Iterator[Violation]:
    """No endpoint and no client asks for an accelerator, unless it says so; no network prepares for none."""
    for place, accelerator, host, acknowledged in _accelerated(evidence):
        if not acknowledged:
            yield Violation(
                what_of(accelerator, host),
                _NO_ALTERNATIVE,
                place,
                fix_of(accelerator, on_sagemaker=accelerator.startswith("ml.")),
            )
    deployment = evidence.file.deployment
    has_accelerators = any(client.elastic_inference for client in deployment.clients.values())
    if _RUNTIME in deployment.network.private_link and not has_accelerators:
        yield Violation(
            f"private_link has {_RUNTIME}, and no client has accelerators: the interface endpoint would cost "
            "by the hour and reach nothing.",
            f"no {_RUNTIME}.",
            ("network", "private_link"),
            "Remove it, as `seatrial migrate` does.",
        )


@rule(
    "SEA751",
    severity=Severity.WARNING,
    enforced_by=Enforcer.SERVICE,
    seen_after=SeenAfter.AT_ONCE,
    title="Elastic Inference, acknowledged as retired",
    scope=DEPLOYMENT,
    source=_RETIREMENT,
    symptom="Every account but the laptop's as of 2020 refuses it, and the stack rolls back.",
    fix="Run `seatrial migrate`, or acknowledge this rule with what it is kept for.",
)
def acknowledged_accelerator(evidence: DeploymentEvidence) -> Iterator[Violation]:
    """What is kept as the posts had it says so in every report."""
    for place, accelerator, host, acknowledged in _accelerated(evidence):
        if acknowledged:
            yield Violation(what_of(accelerator, host), _NO_ALTERNATIVE, place)


@rule(
    "SEA752",
    severity=Severity.ERROR,
    enforced_by=Enforcer.NOBODY,
    seen_after=SeenAfter.AT_REQUEST,
    title="no interface endpoint of the Elastic Inference runtime",
    scope=DEPLOYMENT,
    source=f"{_SETUP}: you must create a VPC endpoint before you launch instances with accelerators",
    symptom="The instance starts, and its accelerators can't be reached.",
    fix=f"Add {_RUNTIME} to network.private_link.",
)
def runtime_out_of_reach(evidence: DeploymentEvidence) -> Iterator[Violation]:
    """A client with accelerators reaches them through the network."""
    for key, client in evidence.file.deployment.clients.items():
        if client.elastic_inference and _RUNTIME not in reachable_services(evidence):
            yield Violation(
                f"The client has accelerators, and the network no endpoint of {_RUNTIME}.",
                f"{_RUNTIME} among the network's interface endpoints.",
                ("clients", key, "elastic_inference"),
            )


@rule(
    "SEA753",
    severity=Severity.ERROR,
    enforced_by=Enforcer.NOBODY,
    seen_after=SeenAfter.LATER,
    title="an instance that the whole world may reach",
    scope=DEPLOYMENT,
    source="Amazon EC2 User Guide, security group rules: 0.0.0.0/0 lets everyone in",
    symptom="Ports 22 and 443 of the instance are scanned within minutes, wherever a route leads to it.",
    fix="Name the addresses that need it, or none: Session Manager needs no open port.",
)
def open_to_the_world(evidence: DeploymentEvidence) -> Iterator[Violation]:
    """Declared addresses are some, not all."""
    for key, client in evidence.file.deployment.clients.items():
        for cidr in client.elastic_inference.ingress_cidrs if client.elastic_inference else ():
            if cidr.endswith("/0"):
                yield Violation(
                    f"ingress_cidrs has {cidr}, which is every address.",
                    "networks with a prefix of 1 or more.",
                    ("clients", key, "elastic_inference", "ingress_cidrs"),
                )


@rule(
    "SEA754",
    severity=Severity.WARNING,
    enforced_by=Enforcer.NOBODY,
    seen_after=SeenAfter.AT_REQUEST,
    title="an image without the PyTorch of Elastic Inference",
    scope=DEPLOYMENT,
    source="AWS Deep Learning AMIs Developer Guide, using the DLAMI with Elastic Inference: version 27 has "
    "the environment amazonei_pytorch_p36; the latest releases have none",
    symptom="The benchmark's document fails at `source activate`.",
    fix="Name an AMI that has it by its id, or acknowledge this rule where the benchmark isn't run.",
)
def image_without_elastic_inference(evidence: DeploymentEvidence) -> Iterator[Violation]:
    """The accelerators are used through a PyTorch of their own."""
    for key, client in evidence.file.deployment.clients.items():
        if client.elastic_inference and not client.image.startswith("ami-"):
            yield Violation(
                f"{client.image} at its latest has no amazonei_pytorch_p36.",
                "the id of an AMI that has it, such as a copy of the Deep Learning AMI of version 27.",
                ("clients", key, "image"),
            )


@rule(
    "SEA755",
    severity=Severity.ERROR,
    enforced_by=Enforcer.NOBODY,
    seen_after=SeenAfter.AT_REQUEST,
    title="an accelerator and an image that don't know each other",
    scope=DEPLOYMENT,
    source="SageMaker Developer Guide, use Amazon SageMaker Elastic Inference: the EI-enabled container of "
    "the framework; AWS Deep Learning Containers, pytorch-inference-eia",
    symptom="The container never uses the accelerator, or waits for one that isn't there.",
    fix="Give container.elastic_inference_release where a variant has an accelerator, and nowhere else.",
)
def image_and_accelerator(evidence: DeploymentEvidence) -> Iterator[Violation]:
    """A variant with an accelerator has the image of Elastic Inference, and no other variant has."""
    for each in evidence.served():
        accelerator, container = each.endpoint.accelerator, each.model.container
        has_image = container.elastic_inference_release is not None
        if accelerator is not None and not has_image and container.image_uri is None:
            yield Violation(
                f"{accelerator} is given, and the image of {each.name} is not of Elastic Inference.",
                "elastic_inference_release, or an image of your own.",
                ("endpoints", each.endpoint_key, "instances", "accelerator"),
            )
        if accelerator is None and has_image:
            yield Violation(
                f"The image of {each.name} is of Elastic Inference, the variant has no accelerator.",
                "no elastic_inference_release.",
                ("endpoints", each.endpoint_key, "model"),
            )


def _accelerated(evidence: DeploymentEvidence) -> Iterator[_Accelerated]:
    deployment = evidence.file.deployment
    for key, endpoint in deployment.realtime_endpoints.items():
        instances = endpoint.instances
        if instances.accelerator is not None:
            place = ("endpoints", key, "instances", "accelerator")
            yield place, instances.accelerator, instances.type, endpoint.acknowledge_retired
    for key, client in deployment.clients.items():
        attached = client.elastic_inference
        if attached is not None:
            place = ("clients", key, "elastic_inference", "type")
            yield place, attached.type, client.instance_type, attached.acknowledge_retired
