"""What is there already of a deployment's network, by id: nothing of it is looked up."""

from typing import Annotated, Any

from pydantic import Field

import catalogue
from spec._base import OneOf, SpecModel, text
from spec._cidr import WITHOUT_HOST_BITS, cidr_text
from spec.environment import ZoneName

__all__ = ["ExistingNetwork", "ExistingSubnet", "ExistingVpc"]


def _id(prefix: str, what: str) -> Any:  # noqa: ANN401 - as pydantic's Field
    """Return the annotation of an EC2 id, of the short form of before 2016 or the long one."""
    return text(
        f"^{prefix}-([0-9a-f]{{8}}|[0-9a-f]{{17}})$",
        allowed=f"the id of {what}: {prefix}- and 17 (or, an old one's, 8) hexadecimal digits",
        maximum=len(prefix) + 18,
    )


VpcId = Annotated[str, _id("vpc", "a VPC")]
SubnetId = Annotated[str, _id("subnet", "a subnet")]
RouteTableId = Annotated[str, _id("rtb", "a route table")]
SecurityGroupId = Annotated[str, _id("sg", "a security group")]
VpcEndpointId = Annotated[str, _id("vpce", "a VPC endpoint")]
ServiceName = Annotated[str, OneOf(catalogue.private_link_services)]


class ExistingVpc(SpecModel):
    """A VPC whose DNS support and DNS hostnames are on, which private DNS needs."""

    id: VpcId = Field(description="The VPC's id.")
    cidr: Annotated[
        str,
        cidr_text(
            "(1[6-9]|2[0-8])", allowed="an IPv4 network in CIDR notation between /16 and /28 (10.1.0.0/16)"
        ),
        WITHOUT_HOST_BITS,
    ] = Field(description="The VPC's IPv4 addresses.")


class ExistingSubnet(SpecModel):
    """A subnet that models run in."""

    id: SubnetId = Field(description="The subnet's id.")
    route_table: RouteTableId = Field(
        description="The id of the route table that it uses, its own or the VPC's main one. The S3 gateway "
        "endpoint belongs into it."
    )


class ExistingNetwork(SpecModel):
    """The parts of the network that are there already; what is not named is created."""

    vpc: ExistingVpc = Field(description="The VPC. Its flow log is its owner's: none is created.")
    subnets: dict[ZoneName, ExistingSubnet] | None = Field(
        default=None,
        description="The subnets that models run in, by zone: one for each of "
        "environment.availability_zones. Default: created, as isolated ones, from network.cidr, which is "
        "then a part of the VPC's addresses that no subnet has.",
    )
    model_security_group: SecurityGroupId | None = Field(
        default=None,
        description="What models run in: it must let TLS (tcp 443) out to the endpoints. Default: created.",
    )
    endpoint_security_group: SecurityGroupId | None = Field(
        default=None,
        description="What interface endpoints are in. Where model_security_group is created, a rule that "
        "lets it in is added; between two existing groups nothing is changed. Default: created.",
    )
    interface_endpoints: dict[ServiceName, VpcEndpointId] = Field(
        default_factory=dict,
        description="The services that have an interface endpoint with private DNS in the VPC. None is "
        "created for them: a VPC takes one for each service. Default: none.",
    )
    s3_gateway_endpoint: VpcEndpointId | None = Field(
        default=None,
        description="The S3 gateway endpoint that is in the route tables of the subnets. "
        "Default: created in them; a route table takes one.",
    )
