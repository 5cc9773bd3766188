"""The rule about addresses of the subnets that are created."""

from typing import TYPE_CHECKING

import catalogue

if TYPE_CHECKING:
    from tests.preflight.conftest import Project


def test_sea733_more_services_than_addresses(project: "Project") -> None:
    """A /25 is divided into /28, of which EC2 leaves 11 addresses; with 11 services models have none."""
    services = list(catalogue.private_link_services())[:11]
    project.text += f"network: {{cidr: 10.0.0.0/25, private_link: [{', '.join(services)}]}}\n"
    [finding] = project.found("SEA733")
    assert finding.what == "A subnet of 10.0.0.0/25 has 11 addresses, and 11 services get one each."
    assert finding.subject == "network"
    project.edit(f", {services[-1]}]", "]")
    assert project.found("SEA733") == []


def test_sea733_larger_and_existing_networks(project: "Project") -> None:
    """A larger network has room; subnets that are there already are not divided."""
    services = ", ".join(catalogue.private_link_services())
    project.text += f"network: {{cidr: 10.0.0.0/24, private_link: [{services}]}}\n"
    assert project.found("SEA733") == []
    project.edit("10.0.0.0/24", "10.0.0.0/25")
    assert len(project.found("SEA733")) == 1
    route = "route_table: rtb-0123456789abcdef0"
    subnets = ", ".join(f"us-east-1{letter}: {{id: subnet-{letter * 17}, {route}}}" for letter in ("a", "b"))
    vpc = "vpc: {id: vpc-0123456789abcdef0, cidr: 10.0.0.0/16}"
    project.edit("{cidr: 10.0.0.0/25, ", f"{{existing: {{{vpc}, subnets: {{{subnets}}}}}, ")
    assert project.found("SEA733") == []
