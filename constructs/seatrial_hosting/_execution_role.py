"""What a model's execution role may do, statement by statement.

Source: SageMaker developer guide, "SageMaker roles", "CreateModel API: Execution Role Permissions", with what
it adds for a private VPC, for deployment guardrails and for a volume key. Every statement is as narrow as the
Service Authorization Reference lets it be; a condition stands only where AWS's own documents show it for the
action, because a key that an action doesn't know denies it, and that is seen on AWS alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct, IConstruct

import catalogue
from seatrial_hosting._imported_role import ImportedRole
from seatrial_hosting._place import Place
from seatrial_hosting._wildcards import acknowledge_wildcards
from seatrial_hosting.artifact import ModelArtifact
from seatrial_hosting.image import ContainerImage
from seatrial_hosting.model_prefix import ModelPrefix
from seatrial_hosting.serving_network import ServingNetwork

__all__ = [
    "ExecutionRole",
    "artifact_wildcards",
    "component_logs",
    "create_execution_role",
    "decrypt_artifact",
    "describe_alarms",
    "encrypt_volumes",
    "import_execution_role",
    "pull_image",
    "read_artifact",
    "read_models_below",
    "write_component_logs",
    "write_logs",
]

_NO_RESOURCE = (
    "ec2:Describe*, ecr:GetAuthorizationToken and cloudwatch:PutMetricData take no resource (Service "
    "Authorization Reference); PutMetricData is limited to SageMaker's namespaces."
)
_UNKNOWN_INTERFACES = (
    "SageMaker creates and deletes the model's network interfaces, so their ids are not known before; "
    "creation is limited to this network's subnets and security group, attaching and deletion to its subnets."
)


@dataclass(frozen=True, slots=True)
class ExecutionRole:
    """A role and the policy of its own that every statement but those of the served content goes into.

    Attributes:
        role: what SageMaker assumes.
        policy: a resource that uses the role depends on it.
    """

    role: iam.Role
    policy: iam.Policy

    def allow(self, *statements: iam.PolicyStatement) -> None:
        """Add ``statements`` to the policy."""
        self.policy.add_statements(*statements)


def create_execution_role(scope: Construct, network: ServingNetwork) -> ExecutionRole:
    """Create the role with what every model in ``network`` needs, whatever it serves."""
    place = Place.of(scope)
    # Source: SageMaker developer guide, "Cross-service confused deputy prevention", SageMaker Inference: the
    # ARN must have this form, never a model's or an endpoint's.
    source = place.arn("sagemaker", "*")
    role = iam.Role(
        scope,
        "Role",
        assumed_by=iam.ServicePrincipal(
            "sagemaker.amazonaws.com", conditions={"ArnLike": {"aws:SourceArn": source}}
        ),
        description="Serves a model: network interfaces, image, artifact, logs",
    )
    execution = ExecutionRole(role, iam.Policy(role, "Policy", roles=[role]))
    execution.allow(*_use_network(place, network), *_use_services())
    acknowledge_wildcards(role, {"*": _NO_RESOURCE, _interfaces(place): _UNKNOWN_INTERFACES})
    return execution


def import_execution_role(scope: Construct, network: ServingNetwork, role: iam.IRole) -> ImportedRole:
    """Return ``role`` with what it must allow for every model in ``network``; nothing is granted to it."""
    imported = ImportedRole(role)
    imported.allow(*_use_network(Place.of(scope), network), *_use_services())
    return imported


def _interfaces(place: Place) -> str:
    return place.arn("ec2", "network-interface/*")


def _use_network(place: Place, network: ServingNetwork) -> tuple[iam.PolicyStatement, ...]:
    interfaces = _interfaces(place)
    subnets = [place.arn("ec2", f"subnet/{subnet_id}") for subnet_id in network.subnet_ids]
    group = place.arn("ec2", f"security-group/{network.model_security_group_id}")
    # The Service Authorization Reference gives ec2:Subnet for all three actions on an existing interface. The
    # ids of interfaces are SageMaker's, and without this any one of the account could be deleted.
    in_subnets = {"ArnEquals": {"ec2:Subnet": subnets}}
    delete = ["ec2:DeleteNetworkInterface", "ec2:DeleteNetworkInterfacePermission"]
    describe = [
        "ec2:DescribeDhcpOptions",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeSecurityGroups",
        "ec2:DescribeSubnets",
        "ec2:DescribeVpcs",
    ]
    return (
        _allow("CreateInterfaces", ["ec2:CreateNetworkInterface"], [interfaces, *subnets, group]),
        _allow("AttachInterfaces", ["ec2:CreateNetworkInterfacePermission"], [interfaces], in_subnets),
        _allow("DeleteInterfaces", delete, [interfaces], in_subnets),
        _allow("DescribeNetwork", describe, ["*"]),
    )


def _use_services() -> tuple[iam.PolicyStatement, ...]:
    namespaces = {"StringLike": {"cloudwatch:namespace": ["AWS/SageMaker", "/aws/sagemaker/*"]}}
    return (
        _allow("LogInToRegistry", ["ecr:GetAuthorizationToken"], ["*"]),
        _allow("PublishMetrics", ["cloudwatch:PutMetricData"], ["*"], namespaces),
    )


def read_artifact(scope: Construct, *artifacts: ModelArtifact) -> tuple[iam.PolicyStatement, ...]:
    """Read exactly these objects; of artifacts that are not packed, list and read what is below the prefix.

    Source of the second: SageMaker developer guide, "Deploying uncompressed models": s3:ListBucket.
    """
    arns = dict.fromkeys(_objects(scope, each) for each in artifacts)
    prefixes = dict.fromkeys(
        (each.bucket_name, each.object_key) for each in artifacts if each.is_uncompressed
    )
    buckets = f"arn:{Place.of(scope).partition}:s3:::"
    return (
        _allow("ReadArtifact", ["s3:GetObject"], list(arns)),
        *(
            _allow(
                None, ["s3:ListBucket"], [f"{buckets}{name}"], {"StringLike": {"s3:prefix": [f"{prefix}*"]}}
            )
            for name, prefix in prefixes
        ),
    )


def artifact_wildcards(scope: Construct, *artifacts: ModelArtifact) -> Mapping[str, str]:
    """Return the ARNs with a wildcard that ``read_artifact`` allows, with the reason for each."""
    reason = (
        "SageMaker downloads every object below the prefix of an artifact that is not packed; its key names "
        "the content, and nothing else is below it."
    )
    return {_objects(scope, each): reason for each in artifacts if each.is_uncompressed}


def _objects(scope: Construct, artifact: ModelArtifact) -> str:
    objects = f"{artifact.object_key}*" if artifact.is_uncompressed else artifact.object_key
    return f"arn:{Place.of(scope).partition}:s3:::{artifact.bucket_name}/{objects}"


def read_models_below(scope: Construct, prefix: ModelPrefix) -> tuple[iam.PolicyStatement, ...]:
    """Read every archive below ``prefix``, and see which there are.

    Whoever may not list a bucket is told of a missing object as of a forbidden one (Amazon S3 API Reference,
    GetObject, Permissions), so a wrong ``TargetModel`` would look like a wrong role.
    """
    bucket = f"arn:{Place.of(scope).partition}:s3:::{prefix.bucket_name}"
    # Source: Amazon S3 user guide, "Bucket policy examples using condition keys", s3:prefix.
    within = {"StringLike": {"s3:prefix": [f"{prefix.key_prefix}*"]}}
    return (
        _allow("ReadModels", ["s3:GetObject"], [f"{bucket}/{prefix.archives}"]),
        _allow("ListModels", ["s3:ListBucket"], [bucket], within),
    )


def decrypt_artifact(
    scope: Construct, *artifacts: ModelArtifact | ModelPrefix
) -> tuple[iam.PolicyStatement, ...]:
    """Decrypt what is read from the artifacts' buckets, where KMS keys encrypt it."""
    keys = list(dict.fromkeys(each.kms_key_arn for each in artifacts if each.kms_key_arn is not None))
    if not keys:
        return ()
    # Source: AWS KMS developer guide, "Condition keys for AWS KMS", kms:ViaService.
    place = Place.of(scope)
    suffix = cdk.Aws.URL_SUFFIX if place.known_region is None else catalogue.region(place.region).dns_suffix
    via = {"StringEquals": {"kms:ViaService": f"s3.{place.region}.{suffix}"}}
    return (_allow("DecryptArtifact", ["kms:Decrypt"], keys, via),)


def pull_image(scope: Construct, *images: ContainerImage) -> iam.PolicyStatement:
    """Pull from the images' repositories."""
    registry = f"arn:{Place.of(scope).partition}:ecr"
    repositories = dict.fromkeys(
        f"{registry}:{each.region}:{each.account}:repository/{each.repository}" for each in images
    )
    actions = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
    return _allow("PullImage", actions, list(repositories))


def write_logs(execution: ExecutionRole | ImportedRole, endpoint_name: str) -> None:
    """Let the role create and write the log group of one endpoint."""
    reason = "SageMaker names the streams of the endpoint's log group after its instances."
    statement, wildcards = _write_group(execution.role, f"/aws/sagemaker/Endpoints/{endpoint_name}", reason)
    execution.allow(statement)
    acknowledge_wildcards(execution.role, wildcards)


def write_component_logs(execution: ExecutionRole | ImportedRole, component_name: str) -> None:
    """Let the role create and write the log group of one inference component."""
    statement, wildcards = component_logs(execution.role, component_name)
    execution.allow(statement)
    acknowledge_wildcards(execution.role, wildcards)


def component_logs(scope: IConstruct, component_name: str) -> tuple[iam.PolicyStatement, Mapping[str, str]]:
    """Return what writes the log group of one inference component, and its wildcards with their reasons."""
    reason = "SageMaker names the streams of the component's log group after its copies."
    return _write_group(scope, f"/aws/sagemaker/InferenceComponents/{component_name}", reason)


def _write_group(
    scope: IConstruct, group_name: str, reason: str
) -> tuple[iam.PolicyStatement, Mapping[str, str]]:
    group = Place.of(scope).arn("logs", f"log-group:{group_name}")
    actions = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"]
    return _allow(None, actions, [group, f"{group}:*"]), {f"{group}:*": reason}


def describe_alarms(alarm_arns: Sequence[str]) -> iam.PolicyStatement:
    """See the alarms that roll an update back."""
    return _allow(None, ["cloudwatch:DescribeAlarms"], list(alarm_arns))


def encrypt_volumes(key_arn: str) -> iam.PolicyStatement:
    """Hand the volumes' key on to the instances that SageMaker starts.

    Not under ``kms:GrantIsForAWSResource``: AWS KMS sets that key for some services only, SageMaker is none
    of them (aws/sagemaker-python-sdk, pull 683), and the condition would deny every grant.
    """
    return _allow(None, ["kms:CreateGrant", "kms:DescribeKey"], [key_arn])


def _allow(
    sid: str | None,
    actions: list[str],
    resources: list[str],
    conditions: Mapping[str, object] | None = None,
) -> iam.PolicyStatement:
    """Allow; a statement that a role may get more than once has no Sid, which must be unique."""
    return iam.PolicyStatement(sid=sid, actions=actions, resources=resources, conditions=conditions)
