"""What the rules of scope ACCOUNT look at: the deployment file, and what the account said about it.

Everywhere, None and a missing key mean that it is not known; a key whose value is None, that the account has
no such thing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from model_packaging.artifact import Publication
from spec import DeploymentFile

__all__ = [
    "ALWAYS_NEEDED",
    "AccountEvidence",
    "ArtifactFacts",
    "Bootstrap",
    "Bucket",
    "EndpointInstances",
    "GroupFacts",
    "KeyFacts",
    "NotChecked",
    "RoleFacts",
    "SubnetFacts",
    "VpcFacts",
]


ALWAYS_NEEDED = (
    "cloudwatch:PutMetricData",
    "ec2:DescribeDhcpOptions",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
    "ec2:DescribeVpcs",
    "ecr:GetAuthorizationToken",
)
"""What every execution role of a model in a VPC must allow, and what can be allowed on ``*`` alone (SageMaker
Developer Guide, SageMaker roles, CreateModel API; Service Authorization Reference, resource types)."""


@dataclass(frozen=True, slots=True)
class NotChecked:
    """Something that could not be asked.

    Attributes:
        what: what is not known therefore, such as ``the quotas of SageMaker``.
        why: what the account answered, and the action that it takes; a sentence.
    """

    what: str
    why: str


@dataclass(frozen=True, slots=True)
class EndpointInstances:
    """The instances of one endpoint that is there.

    Attributes:
        name: of the endpoint.
        instances: how many of each instance type it has or asks for.
    """

    name: str
    instances: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Bootstrap:
    """What `cdk bootstrap` has left.

    Attributes:
        version: of its resources.
    """

    version: int


@dataclass(frozen=True, slots=True)
class RoleFacts:
    """A role of the user's own.

    Attributes:
        services: which its trust policy lets assume it.
        not_allowed: of the actions in ``ALWAYS_NEEDED`` those that no statement of its policies allows; None
            where that is not known.
    """

    services: frozenset[str]
    not_allowed: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class KeyFacts:
    """A KMS key.

    Attributes:
        state: such as ``Enabled`` or ``PendingDeletion``.
        specification: such as ``SYMMETRIC_DEFAULT``.
    """

    state: str
    specification: str


@dataclass(frozen=True, slots=True)
class ArtifactFacts:
    """A published archive.

    Attributes:
        size_bytes: its size in Amazon S3.
        sha256: Amazon S3's checksum, as ``Publication.sha256``; None where the object has none.
    """

    size_bytes: int
    sha256: str | None


@dataclass(frozen=True, slots=True)
class Bucket:
    """An S3 bucket.

    Attributes:
        region: where it is.
    """

    region: str


@dataclass(frozen=True, slots=True)
class VpcFacts:
    """A VPC.

    Attributes:
        cidrs: its IPv4 networks.
        dns_support: None where it is not known.
        dns_hostnames: likewise.
    """

    cidrs: tuple[str, ...]
    dns_support: bool | None
    dns_hostnames: bool | None


@dataclass(frozen=True, slots=True)
class SubnetFacts:
    """A subnet.

    Attributes:
        vpc: its VPC's id.
        zone: the name of its Availability Zone.
        free_addresses: IPv4 addresses that nobody has.
    """

    vpc: str
    zone: str
    free_addresses: int


@dataclass(frozen=True, slots=True)
class GroupFacts:
    """A security group.

    Attributes:
        vpc: its VPC's id.
    """

    vpc: str


@dataclass(frozen=True, slots=True)
class AccountEvidence:
    """Everything that account rules may look at; nothing is asked while they run.

    Attributes:
        file: the deployment file.
        account: whose credentials were used, 12 digits.
        quotas: of SageMaker, by their names in Service Quotas.
        endpoints: those that are there in the region.
        stacks: the state of each of the deployment's stacks by name, such as ``UPDATE_COMPLETE``.
        bootstrap: by the parameter that holds its version.
        zones: the Availability Zones of the region that the account sees, with their state.
        services: the zones in which each interface service can be reached, by its short name.
        images: whether ECR has each image, by its address.
        roles: by ARN.
        keys: by ARN.
        buckets: by name.
        publications: of served models that are published as archives, by model, as the lock file has them.
        artifacts: what is there of each of these.
        vpcs: by id.
        subnets: likewise.
        groups: likewise.
        not_checked: what could not be asked.
    """

    file: DeploymentFile
    account: str | None = None
    quotas: Mapping[str, float] | None = None
    endpoints: tuple[EndpointInstances, ...] | None = None
    stacks: Mapping[str, str | None] = field(default_factory=dict)
    bootstrap: Mapping[str, Bootstrap | None] = field(default_factory=dict)
    zones: Mapping[str, str] | None = None
    services: Mapping[str, frozenset[str] | None] = field(default_factory=dict)
    images: Mapping[str, bool] = field(default_factory=dict)
    roles: Mapping[str, RoleFacts | None] = field(default_factory=dict)
    keys: Mapping[str, KeyFacts | None] = field(default_factory=dict)
    buckets: Mapping[str, Bucket | None] = field(default_factory=dict)
    publications: Mapping[str, Publication] = field(default_factory=dict)
    artifacts: Mapping[str, ArtifactFacts | None] = field(default_factory=dict)
    vpcs: Mapping[str, VpcFacts | None] = field(default_factory=dict)
    subnets: Mapping[str, SubnetFacts | None] = field(default_factory=dict)
    groups: Mapping[str, GroupFacts | None] = field(default_factory=dict)
    not_checked: tuple[NotChecked, ...] = ()
