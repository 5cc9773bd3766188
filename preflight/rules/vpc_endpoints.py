"""SEA712 to SEA716 and SEA720: VPC endpoints and what their policies let through, in any template."""

import itertools
from collections.abc import Iterator

from preflight.finding import Severity
from preflight.registry import rule
from preflight.rule import TEMPLATE, Enforcer, SeenAfter, Violation
from preflight.rules._template_models import fetched_objects, images, listed_buckets
from preflight.rules._template_network import NetworkView, VpcEndpoint, network_of
from preflight.rules._template_policies import Statement, allows
from preflight.templates import SynthesizedTemplates

__all__ = [
    "artifact_not_admitted",
    "endpoint_in_the_default_group",
    "endpoint_not_admitted",
    "image_layers_not_admitted",
    "policy_admits_nothing",
    "role_not_admitted",
]

_POLICIES = "AWS PrivateLink guide, control access to VPC endpoints using endpoint policies"
_PREFIXES = {
    "ecr": ("ecr.api", "ecr.dkr"),
    "logs": ("logs",),
    "cloudwatch": ("monitoring",),
    "sagemaker": ("sagemaker.runtime", "sagemaker.api"),
    "ssm": ("ssm",),
    "ssmmessages": ("ssmmessages",),
    "ec2messages": ("ec2messages",),
    "elastic-inference": ("elastic-inference.runtime",),
}
"""The endpoints that calls of a service go to, by the prefix of its actions."""

_CALLED_FROM_OUTSIDE = frozenset({"cloudwatch:DescribeAlarms"})
"""What SageMaker's control plane does with a model's role, not what runs in the network."""


@rule(
    "SEA712",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVICE,
    seen_after=SeenAfter.AT_ONCE,
    title="an endpoint policy without a statement",
    scope=TEMPLATE,
    source=_POLICIES,
    symptom="The endpoint is refused as malformed, or every call through it is denied.",
    fix="State what may pass, or leave the endpoint out.",
)
def policy_admits_nothing(templates: SynthesizedTemplates) -> Iterator[Violation]:
    """A policy has a statement; one that only denies says so on purpose."""
    for endpoint in network_of(templates).endpoints:
        if endpoint.statements is not None and not endpoint.statements:
            yield Violation("The policy has no statement.", "one or more.", endpoint.place)


@rule(
    "SEA713",
    severity=Severity.ERROR,
    enforced_by=Enforcer.HOSTING,
    seen_after=SeenAfter.AFTER_START_UP,
    title="an S3 endpoint that doesn't let the artifact through",
    scope=TEMPLATE,
    source="SageMaker Developer Guide: give SageMaker hosted endpoints access to resources in your VPC, "
    f"custom endpoint policy for S3; {_POLICIES}",
    symptom="The download of the model is denied, and the endpoint fails after minutes.",
    fix="Allow s3:GetObject on the artifact's bucket.",
)
def artifact_not_admitted(templates: SynthesizedTemplates) -> Iterator[Violation]:
    """What a model names as ModelDataUrl passes each S3 endpoint on its way."""
    network = network_of(templates)
    for place, model in network.references.properties_of("AWS::SageMaker::Model"):
        calls = [("s3:GetObject", each) for each in fetched_objects(network.references, place[0], model)]
        calls += [("s3:ListBucket", each) for each in listed_buckets(network.references, place[0], model)]
        for (action, located), endpoint in itertools.product(calls, _s3_ways(network, place)):
            if endpoint.statements is not None and not allows(
                endpoint.statements, action, f"arn:aws:s3:::{located}"
            ):
                yield Violation(
                    f"The policy doesn't let {action} of s3://{located} through.",
                    f"{action} on the artifact's bucket.",
                    endpoint.place,
                )


@rule(
    "SEA714",
    severity=Severity.WARNING,
    enforced_by=Enforcer.HOSTING,
    seen_after=SeenAfter.AFTER_START_UP,
    title="an S3 endpoint that doesn't let image layers through",
    scope=TEMPLATE,
    source="Amazon ECR User Guide, interface VPC endpoints, minimum Amazon S3 bucket permissions; whether "
    "SageMaker pulls through the VPC, third parties disagree",
    symptom="Where the pull goes through the VPC, the endpoint stays in Creating without a log and fails.",
    fix="Allow s3:GetObject on arn:aws:s3:::prod-<region>-starport-layer-bucket/*, for any principal.",
)
def image_layers_not_admitted(templates: SynthesizedTemplates) -> Iterator[Violation]:
    """ECR keeps layers in a bucket of each region, which the gateway lets through."""
    network = network_of(templates)
    told: set[tuple[str, str]] = set()
    for place, model in network.references.properties_of("AWS::SageMaker::Model"):
        regions = {image.region for image in images(network.references, place[0], model)}
        for region, endpoint in itertools.product(sorted(regions), _s3_ways(network, place)):
            layers = f"arn:aws:s3:::prod-{region}-starport-layer-bucket/layer"
            refused = endpoint.statements is not None and not allows(
                endpoint.statements, "s3:GetObject", layers
            )
            if refused and endpoint.place not in told:
                told.add(endpoint.place)
                yield Violation(
                    f"The policy doesn't let {layers.removesuffix('/layer')} through.",
                    "s3:GetObject on the region's image layers.",
                    endpoint.place,
                )


@rule(
    "SEA715",
    severity=Severity.WARNING,
    enforced_by=Enforcer.NOBODY,
    seen_after=SeenAfter.AT_REQUEST,
    title="an endpoint policy that refuses what a workload's role may do",
    scope=TEMPLATE,
    source=f"{_POLICIES}; a call needs both",
    symptom="The call is denied in the network, and works from elsewhere.",
    fix="Let the action through, or take it from the role.",
)
def role_not_admitted(templates: SynthesizedTemplates) -> Iterator[Violation]:
    """What a role may call passes the endpoint of its VPC."""
    network = network_of(templates)
    told: set[tuple[object, ...]] = set()
    for workload in network.workloads:
        vpc = network.vpc_of(workload)
        for action, resource in _calls(network.statements_of_workload(workload) or ()):
            for endpoint in _called(network, vpc, action):
                key = (endpoint.place, action, resource)
                policy = endpoint.statements
                if policy is not None and key not in told and not allows(policy, action, resource):
                    told.add(key)
                    yield Violation(
                        f"The policy doesn't let {action} on {resource} through, which the role of "
                        f"{workload.place[1]} may do.",
                        f"{action} on {resource}.",
                        endpoint.place,
                    )


@rule(
    "SEA716",
    severity=Severity.ERROR,
    enforced_by=Enforcer.NOBODY,
    seen_after=SeenAfter.AT_REQUEST,
    title="an interface endpoint in the VPC's default security group",
    scope=TEMPLATE,
    source="EC2 API Reference, CreateVpcEndpoint, SecurityGroupIds: without one, the default group",
    symptom="The default group lets in its own members alone: every call from the workloads times out.",
    fix="Name a security group that lets the workloads in by tcp 443.",
)
def endpoint_in_the_default_group(templates: SynthesizedTemplates) -> Iterator[Violation]:
    """Each interface endpoint names its security group."""
    for endpoint in network_of(templates).endpoints:
        if endpoint.is_interface and not endpoint.properties.get("SecurityGroupIds"):
            yield Violation("SecurityGroupIds is empty.", "one or more.", endpoint.place)


@rule(
    "SEA720",
    severity=Severity.ERROR,
    enforced_by=Enforcer.NOBODY,
    seen_after=SeenAfter.AT_REQUEST,
    title="a runtime endpoint that lets no request to a SageMaker endpoint through",
    scope=TEMPLATE,
    source="SageMaker Developer Guide, create a VPC endpoint policy for SageMaker",
    symptom="InvokeEndpoint is denied for every caller in the network.",
    fix="Allow sagemaker:InvokeEndpoint on the endpoint's ARN, its name in lower case.",
)
def endpoint_not_admitted(templates: SynthesizedTemplates) -> Iterator[Violation]:
    """Each endpoint of the templates can be invoked through each runtime endpoint of theirs."""
    network = network_of(templates)
    runtimes = [each for each in network.endpoints if each.service == "sagemaker.runtime"]
    for place, properties in network.references.properties_of("AWS::SageMaker::Endpoint"):
        name = properties.get("EndpointName")
        for endpoint in runtimes if isinstance(name, str) else ():
            if endpoint.statements is not None and not _admits_endpoint(endpoint.statements, str(name)):
                yield Violation(
                    f"The policy doesn't let sagemaker:InvokeEndpoint on {name} ({place[1]}) through.",
                    "sagemaker:InvokeEndpoint on every endpoint that callers in the network invoke.",
                    endpoint.place,
                )


def _admits_endpoint(statements: tuple[Statement, ...], name: str) -> bool:
    """Whether one of the statements' endpoints has this name, whatever account and region it says."""
    prefixes = {
        arn.split(":endpoint/")[0] for each in statements for arn in each.resources if ":endpoint/" in arn
    } or {"arn:aws:sagemaker:region:account"}
    return any(
        allows(statements, "sagemaker:InvokeEndpoint", f"{prefix}:endpoint/{name.lower()}")
        for prefix in prefixes
    )


def _s3_ways(network: NetworkView, model: tuple[str, str]) -> Iterator[VpcEndpoint]:
    """Yield each S3 endpoint on a model's way, once; none where its subnets lead out."""
    found = {
        endpoint.place: endpoint
        for workload in network.workloads
        if workload.place == model
        for subnet in workload.subnets
        if not network.leads_out(subnet)
        for endpoint in network.ways_to_s3(subnet)
    }
    yield from found.values()


def _calls(statements: tuple[Statement, ...]) -> Iterator[tuple[str, str]]:
    for each in statements:
        for action in each.actions:
            if each.effect == "Allow" and action not in _CALLED_FROM_OUTSIDE:
                for resource in each.resources:
                    yield action, resource


def _called(network: NetworkView, vpc: str | None, action: str) -> Iterator[VpcEndpoint]:
    prefix, _, name = action.partition(":")
    services = _PREFIXES.get(prefix, ())
    if prefix == "sagemaker":
        services = ("sagemaker.runtime",) if name.startswith("Invoke") else ("sagemaker.api",)
    for service in services:
        yield from network.interface_endpoints(vpc, service)
