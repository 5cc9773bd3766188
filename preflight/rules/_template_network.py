"""The network that templates make: what runs where, with which role, and which ways lead to AWS's services.

What templates name by a literal id was made elsewhere: nothing is known of it, and nothing is said.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from preflight.rules._template_policies import Statement, statements_of
from preflight.rules._template_references import Place, References, references_of
from preflight.rules._template_values import number, structure, structures, truth
from preflight.templates import SynthesizedTemplates

__all__ = ["NetworkView", "VpcEndpoint", "Workload", "admits_tls", "network_of"]

HTTPS = 443
_ANYWHERE = ("0.0.0.0/0", "::/0")


@dataclass(frozen=True, slots=True)
class Workload:
    """A model or an instance in a network.

    Attributes:
        place: its resource.
        subnets: as text.
        lists_subnets: whether the template names them one by one; a parameter may hold any number.
        groups: likewise as text.
        role: its role's ARN or name as text; empty where it has none.
        service: what assumes the role.
    """

    place: Place
    subnets: tuple[str, ...]
    lists_subnets: bool
    groups: tuple[str, ...]
    role: str
    service: str


@dataclass(frozen=True, slots=True)
class VpcEndpoint:
    """A VPC endpoint.

    Attributes:
        place: its resource.
        service: its short name, such as ``sagemaker.runtime``.
        is_interface: whether it has addresses in subnets, and no entry in route tables.
        vpc: as text.
        properties: the template's.
        statements: of its policy; None where it has the default one, which lets everything through.
    """

    place: Place
    service: str
    is_interface: bool
    vpc: str
    properties: Mapping[str, Any]
    statements: tuple[Statement, ...] | None

    @property
    def has_private_dns(self) -> bool:
        """Whether the service's usual name leads here."""
        return truth(self.properties.get("PrivateDnsEnabled")) is True


class NetworkView:
    """What the rules about networks ask of templates."""

    def __init__(self, templates: SynthesizedTemplates) -> None:
        self.references = references_of(templates)
        self.endpoints = tuple(self._endpoints())
        self.workloads = (*self._models(), *self._instances())
        self._tables = {
            self._text(place, "SubnetId", each): self._text(place, "RouteTableId", each)
            for place, each in self.references.properties_of("AWS::EC2::SubnetRouteTableAssociation")
        }
        self._leading_out = {
            self._text(place, "RouteTableId", each)
            for place, each in self.references.properties_of("AWS::EC2::Route")
            if each.get("DestinationCidrBlock") in _ANYWHERE
        }
        self._policies: dict[str, list[Statement]] = {}
        for place, each in self.references.properties_of("AWS::IAM::Policy"):
            for role in self.references.texts(place[0], each.get("Roles")):
                found = statements_of(self.references, place[0], each.get("PolicyDocument"))
                self._policies.setdefault(role, []).extend(found)

    # --- subnets and ways ---

    def vpc_of(self, workload: Workload) -> str | None:
        """Return the VPC of the workload's subnets, if a template makes it."""
        for text in workload.subnets:
            subnet = self.references.resource(text)
            if subnet is not None:
                vpc = self._text(subnet.place, "VpcId", subnet.properties)
                return vpc if self.references.resource(vpc) is not None else None
        return None

    def leads_out(self, subnet: str) -> bool:
        """Whether the subnet's route table has a default route."""
        return self._tables.get(subnet) in self._leading_out

    def is_isolated(self, workload: Workload) -> bool:
        """Whether a template makes the workload's VPC, and no subnet of it has a default route."""
        return self.vpc_of(workload) is not None and not any(map(self.leads_out, workload.subnets))

    def ways_to_s3(self, subnet: str) -> Iterator[VpcEndpoint]:
        """Yield the VPC endpoints that lead from a subnet to S3."""
        table = self._tables.get(subnet)
        found = self.references.resource(subnet)
        vpc = self._text(found.place, "VpcId", found.properties) if found else None
        for endpoint in self.endpoints:
            if endpoint.service == "s3":
                path = endpoint.place[0]
                tables = self.references.texts(path, endpoint.properties.get("RouteTableIds"))
                if table in tables or (endpoint.is_interface and endpoint.vpc == vpc):
                    yield endpoint

    def interface_endpoints(self, vpc: str | None, service: str | None = None) -> Iterator[VpcEndpoint]:
        """Yield the interface endpoints in a VPC, of one service or all."""
        for endpoint in self.endpoints:
            if endpoint.is_interface and endpoint.vpc == vpc and service in (None, endpoint.service):
                yield endpoint

    # --- security groups ---

    def rules_of(self, group: str, *, egress: bool) -> tuple[tuple[str, Mapping[str, Any]], ...] | None:
        """Return the rules of a security group with their templates' paths; None where no template has it."""
        found = self.references.resource(group)
        if found is None:
            return None
        path, direction = found.place[0], "Egress" if egress else "Ingress"
        inline = found.properties.get(f"SecurityGroup{direction}")
        own = [(path, rule) for rule in structures(inline)]
        added = [
            (place[0], each)
            for place, each in self.references.properties_of(f"AWS::EC2::SecurityGroup{direction}")
            if self._text(place, "GroupId", each) == group
        ]
        return (*own, *added)

    # --- roles ---

    def role(self, workload_role: str) -> tuple[Place, Mapping[str, Any]] | None:
        """Return a role whose policies templates hold; None where others have a say about it."""
        found = self.references.resource(workload_role)
        if found is None or found.properties.get("ManagedPolicyArns"):
            return None
        return found.place, found.properties

    def statements_of_role(self, place: Place, properties: Mapping[str, Any]) -> tuple[Statement, ...]:
        """Return what a role may do."""
        inline = [
            statement
            for policy in structures(properties.get("Policies"))
            for statement in statements_of(self.references, place[0], policy.get("PolicyDocument"))
        ]
        return (*inline, *self._policies.get(self.references.id_of(place), ()))

    def statements_of_workload(self, workload: Workload) -> tuple[Statement, ...] | None:
        """Return what a workload's role may do; None where that is not known."""
        role = self.role(workload.role)
        return self.statements_of_role(*role) if role else None

    # --- reading ---

    def _text(self, place: Place, name: str, properties: Mapping[str, Any]) -> str:
        return self.references.text(place[0], properties[name]) if name in properties else ""

    def _endpoints(self) -> Iterator[VpcEndpoint]:
        for place, each in self.references.properties_of("AWS::EC2::VPCEndpoint"):
            document = each.get("PolicyDocument")
            statements = tuple(statements_of(self.references, place[0], document))
            yield VpcEndpoint(
                place,
                _short_name(self._text(place, "ServiceName", each)),
                each.get("VpcEndpointType") == "Interface",
                self._text(place, "VpcId", each),
                each,
                None if document is None else statements,
            )

    def _models(self) -> Iterator[Workload]:
        for place, each in self.references.properties_of("AWS::SageMaker::Model"):
            network = each.get("VpcConfig")
            if isinstance(network, dict):
                yield Workload(
                    place,
                    self.references.texts(place[0], network.get("Subnets")),
                    isinstance(network.get("Subnets"), list),
                    self.references.texts(place[0], network.get("SecurityGroupIds")),
                    self._text(place, "ExecutionRoleArn", each),
                    "sagemaker.amazonaws.com",
                )

    def _instances(self) -> Iterator[Workload]:
        for place, each in self.references.properties_of("AWS::EC2::Instance"):
            card = next(iter(structures(each.get("NetworkInterfaces"))), structure(None))
            texts = self.references.texts
            yield Workload(
                place,
                texts(place[0], each.get("SubnetId", card.get("SubnetId"))),
                lists_subnets=True,
                groups=texts(place[0], each.get("SecurityGroupIds", card.get("GroupSet"))),
                role=self._role_of_profile(self._text(place, "IamInstanceProfile", each)),
                service="ec2.amazonaws.com",
            )

    def _role_of_profile(self, profile: str) -> str:
        found = self.references.resource(profile)
        roles = self.references.texts(found.place[0], found.properties.get("Roles")) if found else ()
        return next(iter(roles), "")


@lru_cache(maxsize=1)
def network_of(templates: SynthesizedTemplates) -> NetworkView:
    """Return the view of ``templates``; all rules share it."""
    return NetworkView(templates)


def admits_tls(rules: Iterable[tuple[str, Mapping[str, Any]]], references: References, peer: str) -> bool:
    """Return whether one of the rules is about TLS with the group ``peer``, or with any address."""
    for path, rule in rules:
        protocol = str(rule.get("IpProtocol"))
        first, last = number(rule, "FromPort"), number(rule, "ToPort")
        ports = protocol == "-1" or (
            protocol in ("tcp", "6") and first is not None and last is not None and first <= HTTPS <= last
        )
        other = rule.get("SourceSecurityGroupId", rule.get("DestinationSecurityGroupId"))
        addresses = [rule.get("CidrIp"), rule.get("CidrIpv6"), rule.get("SourcePrefixListId")]
        prefix_list = rule.get("DestinationPrefixListId")
        named = other is not None and references.text(path, other) == peer
        reachable = any(each not in (None, "127.0.0.1/32") for each in (*addresses, prefix_list))
        if ports and (named or reachable):
            return True
    return False


def _short_name(service_name: str) -> str:
    """Return what follows the region: com.amazonaws.<region>.<short name>, in China after a prefix."""
    parts = service_name.split(".")
    amazonaws = parts.index("amazonaws") if "amazonaws" in parts else 0
    return ".".join(parts[amazonaws + 2 :])
