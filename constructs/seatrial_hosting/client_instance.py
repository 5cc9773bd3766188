"""A client: an EC2 instance that calls endpoints, reached by Session Manager alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from constructs import Construct, IDependable

from seatrial_hosting import _client_role as client_role
from seatrial_hosting._name_tag import name_tag
from seatrial_hosting._security_groups import admit_tls
from seatrial_hosting._validation import raise_problems
from seatrial_hosting.client_image import ClientImage
from seatrial_hosting.client_placement import ClientPlacement

if TYPE_CHECKING:
    from aws_cdk import aws_iam as iam
    from aws_cdk import aws_kms as kms

__all__ = ["AttachedAccelerators", "ClientInstance"]

_HTTPS, _SSH = 443, 22
_ROOT_DEVICE = "/dev/xvda"
_ARM = re.compile(r"^(a1|[a-z]+[0-9]+g[a-z]*)\.")
"""Amazon EC2 instance types guide, naming conventions: ``g`` behind the generation is AWS Graviton."""
_NEVER_EBS_OPTIMIZED = ("t1.", "t2.")
"""Amazon EC2 User Guide, "Amazon EBS-optimized instances": these have no such option, and can't ask."""


@dataclass(frozen=True, slots=True)
class AttachedAccelerators:
    """Elastic Inference accelerators of one size that are attached to an instance.

    Attributes:
        type: such as ``eia2.xlarge``.
        count: how many.
    """

    type: str
    count: int = 1


class ClientInstance(Construct):
    """An EC2 instance that may invoke exactly the endpoints it is told.

    Creates the instance, with IMDSv2 required and an encrypted root volume; its security group, which TLS
    alone leaves; its role and instance profile; and, for an image that is the latest of its kind, a stack
    parameter that CloudFormation resolves. Where the place has interface endpoints, a rule that lets the
    instance reach them.

    Does not create a key pair, an elastic address or user data. A new machine image replaces the instance
    and with it all that lies on its volume.

    Grants the role what Session Manager and Run Command need, and invoking the named endpoints and
    components.

    Args:
        placement: where it is.
        instance_type: EC2's, of the x86_64 architecture.
        image: the machine image.
        endpoint_names: what it may invoke.
        component_names: the inference components of these endpoints that it may invoke.
        streaming_endpoint_names: those of the endpoints whose answers it may have streamed. Default: none.
        streaming_component_names: likewise of the components.
        volume_gib: the root volume's size. Default: enough for the image.
        volume_key: encrypts the volume. Default: the account's key for EBS.
        ingress_cidrs: from where ports 22 and 443 can be reached. Default: from nowhere.
        accelerators: Elastic Inference, which AWS has retired. Default: none.

    Raises:
        HostingError: the arguments don't fit; all problems at once.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        placement: ClientPlacement,
        instance_type: str,
        image: ClientImage,
        endpoint_names: Sequence[str] = (),
        component_names: Sequence[str] = (),
        streaming_endpoint_names: Sequence[str] = (),
        streaming_component_names: Sequence[str] = (),
        volume_gib: int | None = None,
        volume_key: kms.IKey | None = None,
        ingress_cidrs: Sequence[str] = (),
        accelerators: AttachedAccelerators | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        size_gib = volume_gib or image.volume_gib
        raise_problems(self, _problems(instance_type, size_gib, accelerators))
        self._placement = placement
        self._security_group = self._create_security_group(ingress_cidrs)
        if placement.endpoint_security_group_id:
            admit_tls(
                self,
                "ToPrivateLink",
                into=placement.endpoint_security_group_id,
                source=self.security_group_id,
                description="TLS from a client",
            )
        self._role = client_role.create_client_role(self)
        if endpoint_names:
            self._role.allow(client_role.invoke(self, endpoint_names, component_names))
        if streaming_endpoint_names:
            self._role.allow(client_role.stream(self, streaming_endpoint_names, streaming_component_names))
        self._resource = ec2.CfnInstance(
            self,
            "Resource",
            image_id=image.image_id(self),
            instance_type=instance_type,
            iam_instance_profile=self._role.profile.ref,
            # Said here and not by subnet_id, so that the subnet's default can't give it an address.
            network_interfaces=[
                ec2.CfnInstance.NetworkInterfaceProperty(
                    device_index="0",
                    associate_public_ip_address=placement.public,
                    group_set=[self.security_group_id],
                    subnet_id=placement.subnet_id,
                    delete_on_termination=True,
                )
            ],
            metadata_options=ec2.CfnInstance.MetadataOptionsProperty(
                http_endpoint="enabled", http_tokens="required", http_put_response_hop_limit=1
            ),
            block_device_mappings=[
                ec2.CfnInstance.BlockDeviceMappingProperty(
                    device_name=_ROOT_DEVICE,
                    ebs=ec2.CfnInstance.EbsProperty(
                        encrypted=True,
                        volume_type="gp3",
                        volume_size=size_gib,
                        delete_on_termination=True,
                        kms_key_id=volume_key.key_arn if volume_key else None,
                    ),
                )
            ],
            ebs_optimized=None if instance_type.startswith(_NEVER_EBS_OPTIMIZED) else True,
            monitoring=True,
            elastic_inference_accelerators=[
                ec2.CfnInstance.ElasticInferenceAcceleratorProperty(
                    type=accelerators.type, count=accelerators.count
                )
            ]
            if accelerators
            else None,
            tags=[name_tag(self)],
        )
        # The SSM Agent registers once, at boot, with what the role may do then.
        self.start_after(self._role.policy)
        if placement.connectivity is not None:
            self.start_after(placement.connectivity)
        _acknowledge_what_a_client_is(self)

    @property
    def instance_id(self) -> str:
        """What ``aws ssm start-session --target`` takes."""
        return self._resource.ref

    @property
    def security_group_id(self) -> str:
        """The instance's group."""
        return self._security_group.attr_group_id

    @property
    def placement(self) -> ClientPlacement:
        """Where it is."""
        return self._placement

    @property
    def role(self) -> iam.Role:
        """The instance's role."""
        return self._role.role

    @property
    def policy(self) -> iam.Policy:
        """The one policy of the role."""
        return self._role.policy

    def allow(self, *statements: iam.PolicyStatement) -> None:
        """Let the instance do more."""
        self._role.allow(*statements)

    def start_after(self, *dependencies: IDependable) -> None:
        """Launch the instance once these stand."""
        self._resource.node.add_dependency(*dependencies)

    def _create_security_group(self, ingress_cidrs: Sequence[str]) -> ec2.CfnSecurityGroup:
        rule = ec2.CfnSecurityGroup.IngressProperty
        return ec2.CfnSecurityGroup(
            self,
            "SecurityGroup",
            vpc_id=self._placement.vpc_id,
            group_description="A client: TLS out; in from the declared addresses alone",
            security_group_ingress=[
                rule(
                    ip_protocol="tcp",
                    from_port=port,
                    to_port=port,
                    cidr_ip=cidr,
                    description=f"Declared: {cidr}",
                )
                for cidr in ingress_cidrs
                for port in (_SSH, _HTTPS)
            ]
            or None,
            security_group_egress=[
                ec2.CfnSecurityGroup.EgressProperty(
                    ip_protocol="tcp",
                    from_port=_HTTPS,
                    to_port=_HTTPS,
                    cidr_ip="0.0.0.0/0",
                    description="TLS to AWS, as far as routes lead",
                )
            ],
            tags=[name_tag(self)],
        )


def _problems(instance_type: str, size_gib: int, accelerators: AttachedAccelerators | None) -> Iterator[str]:
    if instance_type.startswith("ml."):
        yield f"instance_type is {instance_type!r}, SageMaker's name; EC2's has no ml. before it."
    elif _ARM.match(instance_type):
        yield f"instance_type {instance_type} has the arm64 architecture; the images are for x86_64."
    if size_gib < 1:
        yield f"volume_gib is {size_gib}; a volume has at least 1."
    if accelerators and accelerators.count < 1:
        yield f"accelerators.count is {accelerators.count}; attach at least 1, or leave accelerators out."


def _acknowledge_what_a_client_is(client: ClientInstance) -> None:
    reason = "A client holds nothing that can't be made again; it goes with its stack."
    cdk.Validations.of(client).acknowledge(cdk.Acknowledgment(id="AwsSolutions-EC29", reason=reason))
