"""SEA721 to SEA727: flow logs, roles and keys without which a template's endpoints don't come up."""

from collections.abc import Iterator, Mapping
from typing import Any

from preflight.finding import Severity
from preflight.registry import rule
from preflight.rule import TEMPLATE, Enforcer, SeenAfter, Violation
from preflight.rules._template_models import fetched_objects, images, listed_buckets
from preflight.rules._template_network import NetworkView, network_of
from preflight.rules._template_policies import Statement, allows, statements_of
from preflight.rules._template_references import Place
from preflight.rules._template_values import structures
from preflight.templates import SynthesizedTemplates

__all__ = [
    "flow_log_without_target",
    "key_without_administrator",
    "role_not_assumable",
    "role_without_essentials",
    "role_without_records",
    "traffic_unrecorded",
    "volume_key_not_granted",
]

_ROLES = "SageMaker Developer Guide, SageMaker roles, CreateModel API: execution role permissions"
_MODEL, _CONFIG = "AWS::SageMaker::Model", "AWS::SageMaker::EndpointConfig"
_NETWORK_ACTIONS = (
    "ec2:CreateNetworkInterface",
    "ec2:CreateNetworkInterfacePermission",
    "ec2:DeleteNetworkInterface",
    "ec2:DeleteNetworkInterfacePermission",
    "ec2:DescribeDhcpOptions",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
    "ec2:DescribeVpcs",
)
_PULL_ACTIONS = ("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
_RECORD_ACTIONS = (
    "cloudwatch:PutMetricData",
    "logs:CreateLogGroup",
    "logs:CreateLogStream",
    "logs:DescribeLogStreams",
    "logs:PutLogEvents",
)
_FLOW_LOG_ACTIONS = ("logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents")


@rule(
    "SEA721",
    severity=Severity.WARNING,
    enforced_by=Enforcer.NOBODY,
    seen_after=SeenAfter.LATER,
    title="a VPC whose traffic nobody records",
    scope=TEMPLATE,
    source="SageMaker Developer Guide, monitor traffic with VPC flow logs; AWS Security Hub, EC2.6",
    symptom="Nothing, until somebody asks what left the network.",
    fix="Create an AWS::EC2::FlowLog of the VPC.",
)
def traffic_unrecorded(templates: SynthesizedTemplates) -> Iterator[Violation]:
    """Each VPC of a template has a flow log."""
    references = network_of(templates).references
    recorded = {
        references.text(place[0], each.get("ResourceId", ""))
        for place, each in references.properties_of("AWS::EC2::FlowLog")
    }
    for place, _ in references.properties_of("AWS::EC2::VPC"):
        if references.id_of(place) not in recorded:
            yield Violation("There is no flow log of the VPC.", "one.", place)


@rule(
    "SEA722",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVICE,
    seen_after=SeenAfter.AT_ONCE,
    title="a flow log that can't be delivered",
    scope=TEMPLATE,
    source="Amazon VPC User Guide, IAM role for publishing flow logs to CloudWatch Logs; EC2 API Reference, "
    "CreateFlowLogs",
    symptom="The flow log is refused, or its status is Access error and no traffic is recorded.",
    fix="Name a log group, and a role that may create streams and put events in it.",
)
def flow_log_without_target(templates: SynthesizedTemplates) -> Iterator[Violation]:
    """A flow log to CloudWatch Logs has a group and a role that may write into it."""
    network = network_of(templates)
    references = network.references
    for place, each in references.properties_of("AWS::EC2::FlowLog"):
        if each.get("LogDestinationType", "cloud-watch-logs") != "cloud-watch-logs":
            continue
        if "LogGroupName" not in each and "LogDestination" not in each:
            yield Violation("It names no log group.", "LogGroupName.", place)
        if "DeliverLogsPermissionArn" not in each:
            yield Violation("It names no role.", "DeliverLogsPermissionArn.", place)
            continue
        role = network.role(references.text(place[0], each["DeliverLogsPermissionArn"]))
        if role is not None:
            statements = network.statements_of_role(*role)
            yield from _not_allowed(statements, _FLOW_LOG_ACTIONS, role[0])


@rule(
    "SEA723",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVICE,
    seen_after=SeenAfter.AT_ONCE,
    title="a role that its service may not assume",
    scope=TEMPLATE,
    source="IAM User Guide, creating a role for an AWS service; Amazon VPC User Guide, flow logs; SageMaker "
    "Developer Guide, SageMaker roles",
    symptom="CreateModel answers 'Could not assume role', a flow log 'Access error'; the stack rolls back.",
    fix="Allow sts:AssumeRole to the service in the role's trust policy.",
)
def role_not_assumable(templates: SynthesizedTemplates) -> Iterator[Violation]:
    """What a model, a configuration, a flow log or an instance names as its role trusts its service."""
    network = network_of(templates)
    references = network.references
    used = [(workload.role, workload.service) for workload in network.workloads]
    for kind, name, service in (
        (_MODEL, "ExecutionRoleArn", "sagemaker.amazonaws.com"),
        (_CONFIG, "ExecutionRoleArn", "sagemaker.amazonaws.com"),
        ("AWS::EC2::FlowLog", "DeliverLogsPermissionArn", "vpc-flow-logs.amazonaws.com"),
    ):
        for place, each in references.properties_of(kind):
            used.append((references.text(place[0], each.get(name, "")), service))
    for text, service in dict.fromkeys(used):
        role = references.resource(text)
        if role is None:
            continue
        document = role.properties.get("AssumeRolePolicyDocument")
        trust = statements_of(references, role.place[0], document)
        if not any(each.effect == "Allow" and service in each.services for each in trust):
            yield Violation(f"No statement lets {service} assume the role.", "sts:AssumeRole.", role.place)


@rule(
    "SEA724",
    severity=Severity.ERROR,
    enforced_by=Enforcer.HOSTING,
    seen_after=SeenAfter.AFTER_START_UP,
    title="an execution role that can't start its model",
    scope=TEMPLATE,
    source=_ROLES,
    symptom="CreateModel is refused, or the endpoint fails after minutes: no artifact, image or interface.",
    fix="Allow it in a policy of the role.",
)
def role_without_essentials(templates: SynthesizedTemplates) -> Iterator[Violation]:
    """Reading the artifact, pulling the image, and, in a VPC, the network interfaces."""
    network = network_of(templates)
    for place, model in network.references.properties_of(_MODEL):
        role = _role_of(network, place, model)
        if role is None:
            continue
        statements = network.statements_of_role(*role)
        for fetched in fetched_objects(network.references, place[0], model):
            yield from _not_allowed(statements, ("s3:GetObject",), role[0], f"arn:aws:s3:::{fetched}")
        for bucket in listed_buckets(network.references, place[0], model):
            yield from _not_allowed(statements, ("s3:ListBucket",), role[0], f"arn:aws:s3:::{bucket}")
        for image in dict.fromkeys(images(network.references, place[0], model)):
            repository = f"arn:aws:ecr:{image.region}:{image.account}:repository/{image.repository}"
            yield from _not_allowed(statements, ("ecr:GetAuthorizationToken",), role[0])
            yield from _not_allowed(statements, _PULL_ACTIONS, role[0], repository)
        if "VpcConfig" in model:
            yield from _not_allowed(statements, _NETWORK_ACTIONS, role[0])


@rule(
    "SEA725",
    severity=Severity.WARNING,
    enforced_by=Enforcer.NOBODY,
    seen_after=SeenAfter.LATER,
    title="an execution role that can't leave a trace",
    scope=TEMPLATE,
    source=_ROLES,
    symptom="The endpoint serves, or fails, without a log line or a metric of its instances.",
    fix="Allow the role to write its endpoint's log group and SageMaker's metrics.",
)
def role_without_records(templates: SynthesizedTemplates) -> Iterator[Violation]:
    """Logs and metrics are written in the role's name."""
    network = network_of(templates)
    told: set[Place] = set()
    for place, model in network.references.properties_of(_MODEL):
        role = _role_of(network, place, model)
        if role is not None and role[0] not in told:
            told.add(role[0])
            yield from _not_allowed(network.statements_of_role(*role), _RECORD_ACTIONS, role[0])


@rule(
    "SEA726",
    severity=Severity.WARNING,
    enforced_by=Enforcer.HOSTING,
    seen_after=SeenAfter.AFTER_START_UP,
    title="a volume key that the execution role can't hand on",
    scope=TEMPLATE,
    source="SageMaker Developer Guide, SageMaker roles, CreateEndpointConfig: permissions for KmsKeyId. "
    "Whether they are needed where whoever deploys may grant the key is open: the integration test of "
    "awslabs/aws-solutions-constructs, aws-lambda-sagemakerendpoint, has a role without them",
    symptom="CreateEndpoint may fail after minutes: the key can't be used.",
    fix="Allow the role kms:CreateGrant on the key.",
)
def volume_key_not_granted(templates: SynthesizedTemplates) -> Iterator[Violation]:
    """Whoever starts instances with a volume key may grant its use."""
    network = network_of(templates)
    references = network.references
    for place, config in references.properties_of(_CONFIG):
        key = references.text(place[0], config.get("KmsKeyId", ""))
        made = references.resource(key)
        if made is not None:
            key = f"{references.id_of(made.place).removesuffix('}')}.Arn}}"
        elif not key.startswith("arn:"):
            # An id or an alias of a key made elsewhere: no policy can be compared with it.
            continue
        for role in _roles_of_config(network, place, config):
            yield from _not_allowed(network.statements_of_role(*role), ("kms:CreateGrant",), role[0], key)


@rule(
    "SEA727",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVICE,
    seen_after=SeenAfter.AT_ONCE,
    title="a KMS key that nobody administers",
    scope=TEMPLATE,
    source="AWS KMS Developer Guide, default key policy: without the account's statement IAM has no say",
    symptom="CreateKey is refused as unmanageable, or the key can never be changed or deleted.",
    fix="Let the account's root principal use kms:* in the key's policy.",
)
def key_without_administrator(templates: SynthesizedTemplates) -> Iterator[Violation]:
    """Somebody may put another policy on the key."""
    references = network_of(templates).references
    for place, key in references.properties_of("AWS::KMS::Key"):
        if "KeyPolicy" in key:
            statements = [
                each for each in statements_of(references, place[0], key["KeyPolicy"]) if each.accounts
            ]
            yield from _not_allowed(tuple(statements), ("kms:PutKeyPolicy",), place)


def _role_of(
    network: NetworkView, place: Place, holder: Mapping[str, Any]
) -> tuple[Place, Mapping[str, Any]] | None:
    return network.role(network.references.text(place[0], holder.get("ExecutionRoleArn", "")))


def _roles_of_config(
    network: NetworkView, place: Place, config: Mapping[str, Any]
) -> Iterator[tuple[Place, Mapping[str, Any]]]:
    own = _role_of(network, place, config)
    if own is not None:
        yield own
    for variant in structures(config.get("ProductionVariants")):
        model = network.references.target(place[0], variant.get("ModelName", ""))
        role = _role_of(network, model.place, model.properties) if model else None
        if role is not None:
            yield role


def _not_allowed(
    statements: tuple[Statement, ...], actions: tuple[str, ...], place: Place, resource: str | None = None
) -> Iterator[Violation]:
    """Yield one violation about all of ``actions`` that no statement allows, on ``resource`` or anything."""
    missing = [action for action in actions if not _allowed(statements, action, resource)]
    if missing:
        on = f" on {resource}" if resource else ""
        yield Violation(f"No statement allows {', '.join(missing)}{on}.", f"{', '.join(missing)}{on}.", place)


def _allowed(statements: tuple[Statement, ...], action: str, resource: str | None) -> bool:
    if resource is not None:
        return allows(statements, action, resource)
    return any(allows((each,), action, target) for each in statements for target in each.resources)
