"""SEA802 to SEA805: EC2 instances in any template, whoever wrote it."""

from collections.abc import Iterator, Mapping
from typing import Any

from preflight.finding import Severity
from preflight.registry import rule
from preflight.rule import TEMPLATE, Enforcer, SeenAfter, Violation
from preflight.rules._template_values import structure
from preflight.templates import SynthesizedTemplates

__all__ = ["accelerators_out_of_reach", "key_pair", "metadata_without_token", "unencrypted_volume"]

_Place = tuple[str, str]
_RUNTIME = ".elastic-inference.runtime"


@rule(
    "SEA802",
    severity=Severity.ERROR,
    enforced_by=Enforcer.NOBODY,
    seen_after=SeenAfter.LATER,
    title="an instance whose metadata answers without a token",
    scope=TEMPLATE,
    source="Amazon EC2 User Guide, use IMDSv2: HttpTokens required turns version 1 off",
    symptom="Whatever fetches addresses for others on the instance hands out its role's credentials.",
    fix="Set MetadataOptions.HttpTokens to required.",
)
def metadata_without_token(templates: SynthesizedTemplates) -> Iterator[Violation]:
    """Every instance requires IMDSv2, unless its launch template may."""
    for place, properties in _instances(templates):
        options = properties.get("MetadataOptions")
        tokens = options.get("HttpTokens") if isinstance(options, dict) else None
        if tokens != "required" and not isinstance(tokens, dict) and "LaunchTemplate" not in properties:
            yield Violation(f"HttpTokens is {tokens or 'not set'}.", "required.", place)


@rule(
    "SEA803",
    severity=Severity.ERROR,
    enforced_by=Enforcer.NOBODY,
    seen_after=SeenAfter.LATER,
    title="an instance with an unencrypted volume",
    scope=TEMPLATE,
    source="Amazon EC2 User Guide, Amazon EBS encryption: a volume is encrypted where it says so, or where "
    "the account's default does",
    symptom="What the client fetched and measured lies on disks in plain text.",
    fix="Set Ebs.Encrypted to true in BlockDeviceMappings.",
)
def unencrypted_volume(templates: SynthesizedTemplates) -> Iterator[Violation]:
    """Every volume that an instance declares is encrypted, and the root volume is declared."""
    for place, properties in _instances(templates):
        if "LaunchTemplate" in properties:
            continue
        volumes = [
            each for each in _list(properties, "BlockDeviceMappings") if isinstance(each.get("Ebs"), dict)
        ]
        if not volumes:
            yield Violation(
                "No volume is declared, so the account's default decides.", "Encrypted: true.", place
            )
        for volume in volumes:
            if volume["Ebs"].get("Encrypted") is not True:
                yield Violation(
                    f"The volume {volume.get('DeviceName')} is not encrypted.", "Encrypted: true.", place
                )


@rule(
    "SEA804",
    severity=Severity.WARNING,
    enforced_by=Enforcer.NOBODY,
    seen_after=SeenAfter.LATER,
    title="an instance with a key pair",
    scope=TEMPLATE,
    source="AWS Systems Manager User Guide, Session Manager: no open ports, no bastion, no SSH keys",
    symptom="Whoever has a copy of the private key gets in, and no log says who it was.",
    fix="Leave KeyName out, and use Session Manager.",
)
def key_pair(templates: SynthesizedTemplates) -> Iterator[Violation]:
    """Nobody needs a key where Session Manager is."""
    for place, properties in _instances(templates):
        if "KeyName" in properties:
            yield Violation("The instance has a key pair.", "no KeyName.", place)


@rule(
    "SEA805",
    severity=Severity.ERROR,
    enforced_by=Enforcer.NOBODY,
    seen_after=SeenAfter.AT_REQUEST,
    title="accelerators without the endpoint of their runtime",
    scope=TEMPLATE,
    source="Amazon Elastic Inference Developer Guide, setting up to launch Amazon EC2 with Elastic "
    "Inference: you must create a VPC endpoint before you launch instances with accelerators",
    symptom="The instance starts, and its accelerators can't be reached.",
    fix="Create an interface endpoint of elastic-inference.runtime in the instance's VPC, or acknowledge "
    "this rule where it is there already.",
)
def accelerators_out_of_reach(templates: SynthesizedTemplates) -> Iterator[Violation]:
    """Where an instance has accelerators, some template has the endpoint of their runtime."""
    has_endpoint = any(
        resource.get("Type") == "AWS::EC2::VPCEndpoint"
        and str(structure(resource.get("Properties")).get("ServiceName", "")).endswith(_RUNTIME)
        for _, _, resource in templates.resources()
    )
    for place, properties in _instances(templates):
        if _list(properties, "ElasticInferenceAccelerators") and not has_endpoint:
            yield Violation(
                "The instance has accelerators, and no template an endpoint of their runtime.",
                "an interface endpoint of elastic-inference.runtime.",
                place,
            )


def _instances(templates: SynthesizedTemplates) -> Iterator[tuple[_Place, Mapping[str, Any]]]:
    for path, logical_id, resource in templates.resources():
        if resource.get("Type") == "AWS::EC2::Instance":
            yield (path, logical_id), structure(resource.get("Properties"))


def _list(properties: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    """Return the objects of a list property; none where it is a token, resolved only at deployment."""
    found = properties.get(name)
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []
