"""What a client's instance may do: be reached by Systems Manager, and invoke exactly the named endpoints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aws_cdk import aws_iam as iam
from constructs import Construct

from seatrial_hosting._place import Place
from seatrial_hosting._wildcards import acknowledge_wildcards

__all__ = ["ClientRole", "create_client_role", "invoke", "stream"]

_NO_RESOURCE = (
    "ssmmessages and ec2messages take no resource, and the instance's id, which "
    "ssm:UpdateInstanceInformation takes, is not known before the role (Service Authorization Reference)."
)

# Source: Systems Manager user guide, "Verify or add instance permissions for Session Manager", its smallest
# policy; and for Run Command "ec2messages, ssmmessages, and other API operations". The managed policy
# AmazonSSMManagedInstanceCore would also let the instance read every parameter of the account.
_CHANNELS = [
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
]
_COMMANDS = [
    "ec2messages:AcknowledgeMessage",
    "ec2messages:DeleteMessage",
    "ec2messages:FailMessage",
    "ec2messages:GetEndpoint",
    "ec2messages:GetMessages",
    "ec2messages:SendReply",
]


@dataclass(frozen=True, slots=True)
class ClientRole:
    """A role with the policy of its own that all statements go into, and its instance profile.

    Attributes:
        role: what EC2 assumes for the instance.
        policy: an instance that uses the role depends on it.
        profile: what the instance names.
    """

    role: iam.Role
    policy: iam.Policy
    profile: iam.CfnInstanceProfile

    def allow(self, *statements: iam.PolicyStatement) -> None:
        """Add ``statements`` to the policy."""
        self.policy.add_statements(*statements)


def create_client_role(scope: Construct) -> ClientRole:
    """Create the role with what Systems Manager needs."""
    role = iam.Role(
        scope,
        "Role",
        assumed_by=iam.ServicePrincipal("ec2.amazonaws.com"),
        description="A client: Session Manager, Run Command, and the endpoints it invokes",
    )
    policy = iam.Policy(role, "Policy", roles=[role])
    policy.add_statements(
        iam.PolicyStatement(sid="Register", actions=["ssm:UpdateInstanceInformation"], resources=["*"]),
        iam.PolicyStatement(sid="OpenChannels", actions=_CHANNELS, resources=["*"]),
        iam.PolicyStatement(sid="TakeCommands", actions=_COMMANDS, resources=["*"]),
    )
    acknowledge_wildcards(role, {"*": _NO_RESOURCE})
    profile = iam.CfnInstanceProfile(scope, "Profile", roles=[role.role_name])
    return ClientRole(role, policy, profile)


def invoke(
    scope: Construct, endpoint_names: Sequence[str], component_names: Sequence[str]
) -> iam.PolicyStatement:
    """Send requests to exactly these endpoints and inference components.

    Source: Service Authorization Reference, Amazon SageMaker, InvokeEndpoint: both resources.
    """
    arns = _arns(scope, endpoint_names, component_names)
    return iam.PolicyStatement(sid="InvokeEndpoints", actions=["sagemaker:InvokeEndpoint"], resources=arns)


def stream(
    scope: Construct, endpoint_names: Sequence[str], component_names: Sequence[str]
) -> iam.PolicyStatement:
    """Have exactly these endpoints and inference components stream their answers, which is another action.

    Source: Service Authorization Reference, Amazon SageMaker, InvokeEndpointWithResponseStream: both
    resources.
    """
    arns = _arns(scope, endpoint_names, component_names)
    actions = ["sagemaker:InvokeEndpointWithResponseStream"]
    return iam.PolicyStatement(sid="StreamAnswers", actions=actions, resources=arns)


def _arns(scope: Construct, endpoint_names: Sequence[str], component_names: Sequence[str]) -> list[str]:
    # SageMaker writes names in ARNs in lower case.
    place = Place.of(scope)
    arns = [place.arn("sagemaker", f"endpoint/{name.lower()}") for name in endpoint_names]
    return arns + [place.arn("sagemaker", f"inference-component/{name.lower()}") for name in component_names]
