"""SEA85x: models and endpoint configurations in any template: isolation, network, encryption."""

from collections.abc import Iterator

import catalogue
from preflight.finding import Severity
from preflight.registry import rule
from preflight.rule import TEMPLATE, Enforcer, SeenAfter, Violation
from preflight.rules._template_references import References, Resource, references_of
from preflight.rules._template_values import strings, structures, truth
from preflight.templates import SynthesizedTemplates

__all__ = [
    "data_capture_unencrypted",
    "no_network_isolation",
    "no_volume_key",
    "outside_of_a_vpc",
    "volume_key_refused",
]

_MODEL = "AWS::SageMaker::Model"
_CONFIG = "AWS::SageMaker::EndpointConfig"


@rule(
    "SEA851",
    severity=Severity.ERROR,
    enforced_by=Enforcer.NOBODY,
    seen_after=SeenAfter.LATER,
    title="a model without network isolation",
    scope=TEMPLATE,
    source="SageMaker Developer Guide, run training and inference containers in internet-free mode; AWS "
    "Security Hub, SageMaker.5",
    symptom="Nothing fails; whatever code the artifact or the image brings can send requests' data out, and "
    "use the execution role's credentials.",
    fix="Set EnableNetworkIsolation to true; acknowledge this for a container that must call out by itself.",
)
def no_network_isolation(synthesized: SynthesizedTemplates) -> Iterator[Violation]:
    """The container has no network of its own; SageMaker fetches the artifact for it."""
    for resource in _hosts(references_of(synthesized)):
        given = resource.properties.get("EnableNetworkIsolation")
        if not truth(given) and not isinstance(given, dict):
            what = "EnableNetworkIsolation is " + ("missing." if given is None else f"{given!r}.")
            yield Violation(what, "true.", resource.place)


@rule(
    "SEA852",
    severity=Severity.ERROR,
    enforced_by=Enforcer.NOBODY,
    seen_after=SeenAfter.LATER,
    title="a model outside of any VPC",
    scope=TEMPLATE,
    source="SageMaker Developer Guide, give SageMaker hosted endpoints access to resources in your Amazon "
    "VPC; AWS Security Hub, SageMaker.2",
    symptom="Nothing fails; the artifact travels outside of the VPC, where no endpoint policy, security "
    "group or flow log sees it.",
    fix="Set VpcConfig, with two subnets in different zones.",
)
def outside_of_a_vpc(synthesized: SynthesizedTemplates) -> Iterator[Violation]:
    """The network interfaces of instances are in subnets and a security group of the account."""
    for resource in _hosts(references_of(synthesized)):
        if "VpcConfig" not in resource.properties:
            yield Violation("VpcConfig is missing.", "subnets and security groups.", resource.place)


@rule(
    "SEA853",
    severity=Severity.ERROR,
    enforced_by=Enforcer.NOBODY,
    seen_after=SeenAfter.LATER,
    title="volumes without a KMS key",
    scope=TEMPLATE,
    source="SageMaker API Reference, CreateEndpointConfig, KmsKeyId",
    symptom="Nothing fails; volumes are encrypted with a key of AWS's, which nobody can audit or revoke.",
    fix="Set KmsKeyId, and let the execution role create grants for the key.",
)
def no_volume_key(synthesized: SynthesizedTemplates) -> Iterator[Violation]:
    """Where every instance type takes a volume key, one is given."""
    for resource in references_of(synthesized).of_type(_CONFIG):
        types = list(_instance_types(resource))
        if (
            types
            and all(each.takes_volume_kms_key for each in types)
            and "KmsKeyId" not in resource.properties
        ):
            yield Violation(
                f"KmsKeyId is missing, and {_names(types)} takes one.",
                "the ARN of a KMS key.",
                resource.place,
            )


@rule(
    "SEA854",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVICE,
    seen_after=SeenAfter.AT_ONCE,
    title="a volume key for local NVMe disks",
    scope=TEMPLATE,
    source="SageMaker API Reference, CreateEndpointConfig, KmsKeyId: instance types with local instance "
    "storage (which of them have it: EC2, instance types)",
    symptom="CreateEndpointConfig is refused, or the key encrypts nothing of what the model writes.",
    fix="Leave KmsKeyId out: the hardware encrypts these disks. Or take an instance type without them.",
)
def volume_key_refused(synthesized: SynthesizedTemplates) -> Iterator[Violation]:
    """Where an instance type has local disks, no volume key is given."""
    for resource in references_of(synthesized).of_type(_CONFIG):
        refusing = [each for each in _instance_types(resource) if not each.takes_volume_kms_key]
        if refusing and "KmsKeyId" in resource.properties:
            yield Violation(
                f"KmsKeyId is given, and {_names(refusing)} has local NVMe disks.",
                "no KmsKeyId.",
                resource.place,
            )


@rule(
    "SEA855",
    severity=Severity.ERROR,
    enforced_by=Enforcer.NOBODY,
    seen_after=SeenAfter.LATER,
    title="captured data without a KMS key",
    scope=TEMPLATE,
    source="SageMaker API Reference, DataCaptureConfig, KmsKeyId; Developer Guide, capture data from "
    "real-time endpoint",
    symptom="Nothing fails; requests and answers lie in S3 for everybody who may read the bucket.",
    fix="Set DataCaptureConfig.KmsKeyId.",
)
def data_capture_unencrypted(synthesized: SynthesizedTemplates) -> Iterator[Violation]:
    """What is captured of requests and answers is encrypted with a key of the account."""
    for resource in references_of(synthesized).of_type(_CONFIG):
        capture = resource.properties.get("DataCaptureConfig")
        # Required where data are captured: without it this is a function, resolved only at deployment.
        if not isinstance(capture, dict) or "DestinationS3Uri" not in capture:
            continue
        if truth(capture.get("EnableCapture")) is not False and "KmsKeyId" not in capture:
            yield Violation(
                "DataCaptureConfig has no KmsKeyId.", "the ARN of a KMS key, or no capture.", resource.place
            )


def _hosts(references: References) -> Iterator[Resource]:
    """Yield what says where containers run: models, and configurations that have a role instead of models."""
    yield from references.of_type(_MODEL)
    for config in references.of_type(_CONFIG):
        if "ExecutionRoleArn" in config.properties:
            yield config


def _instance_types(config: Resource) -> Iterator[catalogue.InstanceType]:
    """Yield the instance types of all variants, as far as the template and the catalogue know them."""
    known = {each.name: each for each in catalogue.instance_types()}
    for variant in structures(config.properties.get("ProductionVariants")):
        pools = [pool.get("InstanceType") for pool in structures(variant.get("InstancePools"))]
        for name in strings([variant.get("InstanceType"), *pools]):
            if name in known:
                yield known[name]


def _names(types: list[catalogue.InstanceType]) -> str:
    return " and ".join(dict.fromkeys(each.name for each in types))
