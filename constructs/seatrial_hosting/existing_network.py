"""A network in a VPC that is there already: what exists is named, what is missing is created."""

import re
from collections.abc import Iterator, Mapping, Sequence

from constructs import Construct, DependencyGroup

from seatrial_hosting._isolated_subnet import acknowledge_zones, create_isolated_subnets
from seatrial_hosting._network_arguments import (
    cidr_problems,
    inner_cidr_problems,
    service_problems,
    service_zone_problems,
    zone_problems,
)
from seatrial_hosting._place import Place
from seatrial_hosting._security_groups import endpoint_security_group, model_security_group
from seatrial_hosting._validation import raise_problems
from seatrial_hosting._vpc_endpoints import create_interface_endpoints, create_s3_gateway
from seatrial_hosting.served import Served
from seatrial_hosting.serving_network import NetworkParts, ServingNetwork, ServingSubnet

__all__ = ["ExistingNetwork"]

_ID = re.compile(r"[a-z]+-([0-9a-f]{8}|[0-9a-f]{17})")


class ExistingNetwork(ServingNetwork):
    """A network in a VPC of one's own, without a look-up.

    Creates, of these, what is not named: an isolated subnet in each zone, the security groups, the S3
    gateway endpoint; and the interface endpoints of ``private_link``. Where one of the two security groups
    is created, so is the rule that lets models reach the interface endpoints.

    Does not create or change the VPC, its DNS settings (private DNS needs both on), its flow log, or a rule
    between two groups that are both named: they are their owner's.

    Grants nothing. The policies of the endpoints that it creates are those of ``PrivateNetwork``; those of
    existing endpoints are their owner's.

    Args:
        vpc_id: the VPC.
        vpc_cidr: its address range.
        availability_zones: where subnets are created; at least two zones of the stack's region.
        cidr: the part of the VPC's range that they share, an eighth each. Given exactly where ``subnets``
            is not.
        subnets: existing subnets, at least two, in different zones. Default: they are created.
        model_security_group_id: what models run in; lets TLS out. Default: created.
        endpoint_security_group_id: what interface endpoints are in. Default: created.
        s3_gateway_endpoint_id: an endpoint that is in the route tables of ``subnets``. Default: created;
            refused without ``subnets``, since CloudFormation can't add a route table to an endpoint that
            another made.
        private_link: short names of the services that get an interface endpoint. A VPC has room for one with
            private DNS per service. Default: none.
        private_link_zones: as for ``PrivateNetwork``.
        served: as for ``PrivateNetwork``.

    Raises:
        HostingError: the arguments don't fit; all problems at once.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        vpc_id: str,
        vpc_cidr: str,
        availability_zones: Sequence[str] = (),
        cidr: str | None = None,
        subnets: Sequence[ServingSubnet] = (),
        model_security_group_id: str | None = None,
        endpoint_security_group_id: str | None = None,
        s3_gateway_endpoint_id: str | None = None,
        private_link: Sequence[str] = (),
        private_link_zones: Mapping[str, Sequence[str]] | None = None,
        served: Served | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        served, service_zones = served or Served(), private_link_zones or {}
        zones = [subnet.availability_zone for subnet in subnets] or list(availability_zones)
        ids = (vpc_id, model_security_group_id, endpoint_security_group_id, s3_gateway_endpoint_id)
        raise_problems(
            self,
            [
                *_id_problems([*ids, *(subnet.subnet_id for subnet in subnets)]),
                *zone_problems(zones, Place.of(self).known_region),
                *_subnet_problems(vpc_cidr, cidr, subnets, s3_gateway_endpoint_id),
                *service_problems(private_link),
                *service_zone_problems(service_zones, private_link, zones),
            ],
        )
        connectivity = DependencyGroup()
        if not subnets and cidr is not None:
            isolated = create_isolated_subnets(self, vpc_id=vpc_id, cidr=cidr, availability_zones=zones)
            connectivity.add(*isolated)
            subnets = [subnet.as_serving for subnet in isolated]
            acknowledge_zones(self)
        models = model_security_group_id or model_security_group(self, vpc_id).attr_group_id
        endpoints = endpoint_security_group_id or endpoint_security_group(self, vpc_id).attr_group_id
        self._parts = NetworkParts(vpc_id, vpc_cidr, tuple(subnets), models, endpoints, connectivity)
        if not (model_security_group_id and endpoint_security_group_id):
            self.allow_clients("FromModels", models, "TLS from models")
        if s3_gateway_endpoint_id is None:
            connectivity.add(create_s3_gateway(self, vpc_id=vpc_id, subnets=subnets, served=served))
        create_interface_endpoints(
            self,
            private_link,
            vpc_id=vpc_id,
            subnets=subnets,
            zones=service_zones,
            security_group_id=endpoints,
            served=served,
        )


def _id_problems(ids: Sequence[str | None]) -> Iterator[str]:
    for each in ids:
        if each is not None and not _ID.fullmatch(each):
            yield f"{each!r} is no id; write one as EC2 shows it, such as vpc-0123456789abcdef0."


def _subnet_problems(
    vpc_cidr: str, cidr: str | None, subnets: Sequence[ServingSubnet], s3_gateway_endpoint_id: str | None
) -> Iterator[str]:
    if subnets:
        if cidr is not None:
            yield f"cidr {cidr} is for subnets that are created, and subnets names others; leave it out."
        if len({subnet.subnet_id for subnet in subnets}) < len(subnets):
            yield "subnets names a subnet twice; name each once."
        return
    if cidr is None:
        yield "neither subnets nor cidr is given; name subnets, or a part of the VPC's range for new ones."
    else:
        yield from cidr_problems(cidr)
        yield from inner_cidr_problems(vpc_cidr, cidr)
    if s3_gateway_endpoint_id is not None:
        yield (
            f"the S3 gateway {s3_gateway_endpoint_id} is not in the route tables of the subnets that are "
            "created; leave it out, and one is created for them."
        )
