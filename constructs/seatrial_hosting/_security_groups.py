"""The two security groups of a private network, and the one kind of rule that lets someone in."""

from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from seatrial_hosting._name_tag import name_tag

__all__ = ["admit_tls", "endpoint_security_group", "model_security_group"]

HTTPS = 443


def model_security_group(scope: Construct, vpc_id: str) -> ec2.CfnSecurityGroup:
    """Create the group that models run in: no way in, TLS out."""
    return ec2.CfnSecurityGroup(
        scope,
        "ModelSecurityGroup",
        vpc_id=vpc_id,
        group_description="Models: no way in, TLS out",
        security_group_egress=[
            # The S3 gateway answers at public addresses. The prefix list that names them has an id per region
            # that only a look-up gives. The routes of an isolated subnet lead nowhere else.
            ec2.CfnSecurityGroup.EgressProperty(
                ip_protocol="tcp",
                from_port=HTTPS,
                to_port=HTTPS,
                cidr_ip="0.0.0.0/0",
                description="TLS to the VPC endpoints: no route leads further",
            )
        ],
        tags=[name_tag(scope)],
    )


def endpoint_security_group(scope: Construct, vpc_id: str) -> ec2.CfnSecurityGroup:
    """Create the group of the interface endpoints: nobody may come in yet, nothing goes out."""
    return ec2.CfnSecurityGroup(
        scope,
        "PrivateLinkSecurityGroup",
        vpc_id=vpc_id,
        group_description="Interface endpoints: TLS from models and admitted clients",
        security_group_egress=[
            # A group without egress rules may send anything; one to nowhere takes that away
            # (CloudFormation user guide, AWS::EC2::SecurityGroup, "Remove the default egress rule").
            ec2.CfnSecurityGroup.EgressProperty(
                ip_protocol="-1", cidr_ip="127.0.0.1/32", description="Nothing: endpoints only answer"
            )
        ],
        tags=[name_tag(scope)],
    )


def admit_tls(scope: Construct, construct_id: str, *, into: str, source: str, description: str) -> None:
    """Let the security group ``source`` reach the group ``into`` by TLS; both are ids."""
    ec2.CfnSecurityGroupIngress(
        scope,
        construct_id,
        group_id=into,
        source_security_group_id=source,
        ip_protocol="tcp",
        from_port=HTTPS,
        to_port=HTTPS,
        description=description,
    )
