"""SEA705 to SEA711: whether what runs in a network of templates reaches what it needs, whoever wrote them."""

from collections.abc import Iterator

from preflight.finding import Severity
from preflight.registry import rule
from preflight.rule import TEMPLATE, Enforcer, SeenAfter, Violation
from preflight.rules._template_network import admits_tls, network_of
from preflight.templates import SynthesizedTemplates

__all__ = [
    "endpoint_not_reachable",
    "model_in_one_zone",
    "model_without_security_group",
    "no_tls_out",
    "no_way_to_invoke",
    "no_way_to_s3",
    "no_way_to_service",
]

_HOST_VPC = "SageMaker Developer Guide: give SageMaker hosted endpoints access to resources in your VPC"
_HANGS = "The endpoint stays in Creating for up to an hour and fails, often without a log."
_MINIMUM_ZONES = 2
_SAGEMAKER = "sagemaker.amazonaws.com"

_SERVICES_OF_ACTIONS = {
    "ecr:GetAuthorizationToken": ("ecr.api",),
    "ecr:BatchGetImage": ("ecr.api", "ecr.dkr"),
    "logs:PutLogEvents": ("logs",),
    "cloudwatch:PutMetricData": ("monitoring",),
}
"""What SageMaker's hosting does in a model's name, and an instance for itself."""

_SERVICES_OF_INSTANCE_ACTIONS = {
    **_SERVICES_OF_ACTIONS,
    "sagemaker:InvokeEndpoint": ("sagemaker.runtime",),
    "sagemaker:DescribeEndpoint": ("sagemaker.api",),
    "ssm:UpdateInstanceInformation": ("ssm",),
    "ssmmessages:CreateControlChannel": ("ssmmessages",),
    "ec2messages:GetMessages": ("ec2messages",),
    "elastic-inference:Connect": ("elastic-inference.runtime",),
}


@rule(
    "SEA705",
    severity=Severity.ERROR,
    enforced_by=Enforcer.NOBODY,
    seen_after=SeenAfter.LATER,
    title="a model in fewer than two zones",
    scope=TEMPLATE,
    source=f"{_HOST_VPC}, at least two subnets in different Availability Zones",
    symptom="Nothing at first, though SageMaker asks for two; the loss of one zone takes the endpoint away.",
    fix="Name subnets of two zones or more in VpcConfig.",
)
def model_in_one_zone(templates: SynthesizedTemplates) -> Iterator[Violation]:
    """Zones are counted where templates say them; a subnet made elsewhere counts as one of its own.

    Of a list that a parameter or a function gives nobody knows how many subnets it holds.
    """
    network = network_of(templates)
    for workload in network.workloads:
        if workload.service != _SAGEMAKER or not workload.lists_subnets:
            continue
        zones = set()
        for text in workload.subnets:
            zones.add(str(network.references.properties(text).get("AvailabilityZone", text)))
        if len(zones) < _MINIMUM_ZONES:
            yield Violation(
                f"The model has subnets in {len(zones)} zone{'' if len(zones) == 1 else 's'}.",
                "subnets in two zones or more.",
                workload.place,
            )


@rule(
    "SEA706",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVICE,
    seen_after=SeenAfter.AT_ONCE,
    title="a model without a security group",
    scope=TEMPLATE,
    source="SageMaker API Reference, VpcConfig, SecurityGroupIds: at least one",
    symptom="CreateModel is refused, and the stack rolls back.",
    fix="Name a security group that lets TLS out.",
)
def model_without_security_group(templates: SynthesizedTemplates) -> Iterator[Violation]:
    """An instance without one gets the VPC's default group; a model gets none."""
    for workload in network_of(templates).workloads:
        if workload.service == _SAGEMAKER and not workload.groups:
            yield Violation("There is no security group.", "one or more.", workload.place)


@rule(
    "SEA707",
    severity=Severity.ERROR,
    enforced_by=Enforcer.HOSTING,
    seen_after=SeenAfter.AFTER_START_UP,
    title="a model's subnet without a way to S3",
    scope=TEMPLATE,
    source=f"{_HOST_VPC}, create an Amazon S3 VPC endpoint; Amazon VPC User Guide, subnet route tables",
    symptom=_HANGS,
    fix="Associate the subnet with a route table, and name that in RouteTableIds of the S3 gateway endpoint.",
)
def no_way_to_s3(templates: SynthesizedTemplates) -> Iterator[Violation]:
    """The artifact comes through the VPC: by the gateway in the subnet's route table, or a way out."""
    network = network_of(templates)
    subnets = {text: None for workload in network.workloads for text in workload.subnets}
    for text in subnets:
        subnet = network.references.resource(text)
        if subnet and not network.leads_out(text) and not any(network.ways_to_s3(text)):
            yield Violation(
                "No S3 endpoint is in the subnet's route table, and no route leads out.",
                "the S3 gateway endpoint in the route table that the subnet is associated with.",
                subnet.place,
            )


@rule(
    "SEA708",
    severity=Severity.ERROR,
    enforced_by=Enforcer.NOBODY,
    seen_after=SeenAfter.AT_REQUEST,
    title="an interface endpoint that a workload may not reach",
    scope=TEMPLATE,
    source="AWS PrivateLink guide, security groups of interface endpoints: inbound rules decide who comes in",
    symptom="Calls to the service time out: no log, no answer.",
    fix="Let the workload's security group into the endpoint's by tcp 443.",
)
def endpoint_not_reachable(templates: SynthesizedTemplates) -> Iterator[Violation]:
    """Each security group of a workload comes in by 443; groups that no template makes are not judged."""
    network = network_of(templates)
    told: set[tuple[str, str]] = set()
    for workload in network.workloads:
        for endpoint in network.interface_endpoints(network.vpc_of(workload)):
            path = endpoint.place[0]
            groups = network.references.texts(path, endpoint.properties.get("SecurityGroupIds"))
            rules = [network.rules_of(group, egress=False) for group in groups]
            known = [rule for found in rules if found is not None for rule in found]
            if not groups or None in rules or not workload.groups:
                continue
            reached = any(admits_tls(known, network.references, group) for group in workload.groups)
            key = ("".join(workload.groups), "".join(endpoint.place))
            if not reached and key not in told:
                told.add(key)
                yield Violation(
                    f"No rule lets {' or '.join(workload.groups)} reach {endpoint.service} by 443.",
                    "tcp 443 from the workloads' security group.",
                    endpoint.place,
                )


@rule(
    "SEA709",
    severity=Severity.ERROR,
    enforced_by=Enforcer.HOSTING,
    seen_after=SeenAfter.AFTER_START_UP,
    title="a workload that may not speak TLS",
    scope=TEMPLATE,
    source="Amazon VPC User Guide, security group rules: what no outbound rule names is dropped",
    symptom=_HANGS,
    fix="Let tcp 443 out, to the endpoints' security group and S3, or to anywhere where no route leads out.",
)
def no_tls_out(templates: SynthesizedTemplates) -> Iterator[Violation]:
    """A group without outbound rules in its template sends anything; one with rules only what they name."""
    network = network_of(templates)
    for group in {group: None for workload in network.workloads for group in workload.groups}:
        rules = network.rules_of(group, egress=True)
        found = network.references.resource(group)
        known = {
            text
            for endpoint in network.endpoints
            for text in network.references.texts(
                endpoint.place[0], endpoint.properties.get("SecurityGroupIds")
            )
        }
        if found and rules and not any(admits_tls(rules, network.references, peer) for peer in ("", *known)):
            yield Violation("No outbound rule lets tcp 443 out.", "tcp 443 out.", found.place)


@rule(
    "SEA710",
    severity=Severity.WARNING,
    enforced_by=Enforcer.NOBODY,
    seen_after=SeenAfter.AT_REQUEST,
    title="a service that a workload's role may call, and no way to it",
    scope=TEMPLATE,
    source=f"{_HOST_VPC} names S3 alone; where else SageMaker's own calls go, third parties disagree. For an "
    "instance: AWS PrivateLink guide",
    symptom="Where the call goes through the VPC, it times out: no image, no log, no session.",
    fix="Create the interface endpoint, or acknowledge this rule with the reason why nobody calls it.",
)
def no_way_to_service(templates: SynthesizedTemplates) -> Iterator[Violation]:
    """In a VPC without a way out, each service that a role may call has its interface endpoint."""
    network = network_of(templates)
    told: set[tuple[str, str]] = set()
    for workload in network.workloads:
        if not network.is_isolated(workload):
            continue
        vpc, statements = network.vpc_of(workload), network.statements_of_workload(workload) or ()
        of_model = workload.service == _SAGEMAKER
        needed = _SERVICES_OF_ACTIONS if of_model else _SERVICES_OF_INSTANCE_ACTIONS
        allowed = {pattern for each in statements for pattern in each.actions}
        for action, services in needed.items():
            for service in services if action in allowed else ():
                key = (workload.role, service)
                if key not in told and not any(network.interface_endpoints(vpc, service)):
                    told.add(key)
                    yield Violation(
                        f"The role may call {action}, and the VPC has no interface endpoint of {service}.",
                        f"an interface endpoint of {service}, with private DNS.",
                        workload.place,
                    )


@rule(
    "SEA711",
    severity=Severity.WARNING,
    enforced_by=Enforcer.NOBODY,
    seen_after=SeenAfter.AT_REQUEST,
    title="nobody in the network can invoke its endpoints",
    scope=TEMPLATE,
    source="SageMaker Developer Guide, connect to SageMaker within your VPC",
    symptom="Callers in the VPC time out; those outside send their requests over the public endpoint.",
    fix="Create the interface endpoint of sagemaker.runtime, or acknowledge that all callers are elsewhere.",
)
def no_way_to_invoke(templates: SynthesizedTemplates) -> Iterator[Violation]:
    """A VPC without a way out where models are served has the interface endpoint of the runtime."""
    network = network_of(templates)
    vpcs = {network.vpc_of(workload): None for workload in network.workloads if network.is_isolated(workload)}
    for vpc in vpcs:
        found = network.references.resource(vpc or "")
        if found and not any(network.interface_endpoints(vpc, "sagemaker.runtime")):
            yield Violation(
                "Models are served in this VPC, and it has no interface endpoint of sagemaker.runtime.",
                "an interface endpoint of sagemaker.runtime.",
                found.place,
            )
