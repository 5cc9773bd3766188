"""A network that is there already: what may be said of it, and what contradicts itself."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from spec import Deployment, Problem

Problems = Callable[[str], tuple[Problem, ...]]
Told = Callable[[dict[str, Any]], tuple[Problem, ...]]

SUBNETS = {
    "eu-west-1a": {"id": "subnet-0123456789abcdef0", "route_table": "rtb-0123456789abcdef0"},
    "eu-west-1b": {"id": "subnet-0123456789abcdef1", "route_table": "rtb-0123456789abcdef0"},
}
EXISTING: dict[str, Any] = {
    "vpc": {"id": "vpc-0123456789abcdef0", "cidr": "10.1.0.0/16"},
    "subnets": SUBNETS,
    "model_security_group": "sg-0123abcd",
    "endpoint_security_group": "sg-0123456789abcdef1",
    "interface_endpoints": {"sts": "vpce-0123456789abcdef0"},
    "s3_gateway_endpoint": "vpce-0123456789abcdef1",
}
GATEWAY = {"s3_gateway_endpoint": EXISTING["s3_gateway_endpoint"]}


@pytest.fixture
def told(valid: dict[str, Any], problems_of: Problems) -> Told:
    """Return the problems of a file with this network."""
    return lambda network: problems_of(json.dumps({**valid, "network": network}))


@pytest.mark.parametrize(
    "network",
    [
        {"existing": EXISTING},
        {"existing": {"vpc": EXISTING["vpc"]}, "cidr": "10.1.16.0/20"},
        {"existing": {"vpc": EXISTING["vpc"], "subnets": SUBNETS}, "private_link": ["sts"]},
        {"private_link": ["sts"], "private_link_zones": {"sts": ["eu-west-1b"]}},
    ],
)
def test_any_mixture_of_existing_and_created_parts_is_taken(told: Told, network: dict[str, Any]) -> None:
    """Everything but the VPC may be left to be created."""
    assert told(network) == ()


def network_of(valid: dict[str, Any], network: dict[str, Any]) -> Any:  # noqa: ANN401 - spec's own
    return Deployment.model_validate_json(json.dumps({**valid, "network": network})).network


def test_the_default_services_are_those_that_are_not_there(valid: dict[str, Any]) -> None:
    """What existing names is not created, without saying so twice."""
    network = network_of(valid, {"existing": EXISTING})
    assert "sts" not in network.created_services
    assert "logs" in network.created_services
    assert network.existing_services == ("sts",)


def test_services_that_are_named_stay_named(valid: dict[str, Any]) -> None:
    """A service in both places is left for the rules to find."""
    network = network_of(valid, {"existing": EXISTING, "private_link": ["sts", "logs"]})
    assert network.created_services == ("sts", "logs")
    assert network_of(valid, {}).existing_services == ()


@pytest.mark.parametrize(
    ("part", "value", "words"),
    [
        ("vpc", {"id": "vpc-1", "cidr": "10.1.0.0/16"}, "the id of a VPC"),
        ("vpc", {"id": "vpc-0123abcd", "cidr": "10.1.0.0/8"}, "between /16 and /28"),
        ("vpc", {"id": "vpc-0123abcd", "cidr": "10.1.0.1/16"}, "between /16 and /28"),
        ("model_security_group", "sg-XYZ", "the id of a security group"),
        ("s3_gateway_endpoint", "vpc-0123abcd", "the id of a VPC endpoint"),
        ("interface_endpoints", {"sts": "eni-0123abcd"}, "the id of a VPC endpoint"),
    ],
)
def test_an_illegal_id_is_refused(told: Told, part: str, value: object, words: str) -> None:
    """With what an id of its kind looks like."""
    (problem,) = told({"existing": {**EXISTING, part: value}})
    assert problem.path.startswith(f"network.existing.{part}")
    assert words in problem.allowed


def test_illegal_ids_of_a_subnet_are_refused(told: Told) -> None:
    """The subnet's and its route table's, both at once."""
    subnets = {**SUBNETS, "eu-west-1b": {"id": "subnet", "route_table": "main"}}
    wrong = told({"existing": {**EXISTING, "subnets": subnets}})
    assert [problem.path.rsplit(".", 1)[1] for problem in wrong] == ["id", "route_table"]


def test_a_zone_without_a_subnet(told: Told) -> None:
    """Each of the environment's zones has one."""
    (problem,) = told({"existing": {**EXISTING, "subnets": {"eu-west-1a": SUBNETS["eu-west-1a"]}}})
    assert problem.path == "network.existing.subnets"
    assert problem.what == "there is no subnet in eu-west-1b"


def test_a_subnet_in_another_zone(told: Told) -> None:
    """Zones are those of the environment."""
    (problem,) = told(
        {
            "existing": {
                **EXISTING,
                "subnets": {
                    **SUBNETS,
                    "eu-west-1c": {"id": "subnet-0123abcd", "route_table": "rtb-0123abcd"},
                },
            }
        }
    )
    assert problem.path == "network.existing.subnets.eu-west-1c"
    assert problem.what == "'eu-west-1c' is no zone of this deployment"


def test_one_subnet_for_two_zones(told: Told) -> None:
    """A subnet is in one zone."""
    (problem,) = told({"existing": {**EXISTING, "subnets": dict.fromkeys(SUBNETS, SUBNETS["eu-west-1a"])}})
    assert problem.what == (
        "subnet-0123456789abcdef0 is also the subnet of eu-west-1a, and a subnet is in one zone"
    )


def test_one_endpoint_for_two_services(told: Told) -> None:
    """An interface endpoint is one service's: a copied id would leave the other without a way."""
    (problem,) = told(
        {
            "existing": {
                **EXISTING,
                "interface_endpoints": dict.fromkeys(("sts", "logs"), "vpce-0123456789abcdef0"),
            }
        }
    )
    assert problem.path == "network.existing.interface_endpoints.logs"
    assert problem.what == (
        "vpce-0123456789abcdef0 is also the endpoint of sts, and an endpoint is one service's"
    )


def test_the_gateways_id_for_a_service(told: Told) -> None:
    """A gateway endpoint has no addresses in subnets, so it is no interface endpoint."""
    (problem,) = told({"existing": {**EXISTING, "s3_gateway_endpoint": "vpce-0123456789abcdef0"}})
    assert problem.path == "network.existing.s3_gateway_endpoint"
    assert problem.what == (
        "vpce-0123456789abcdef0 is also the endpoint of sts, and an endpoint is one service's"
    )


def test_cidr_beside_existing_subnets(told: Told) -> None:
    """It would have no meaning."""
    (problem,) = told({"existing": EXISTING, "cidr": "10.1.0.0/20"})
    assert problem.what == "cidr is for subnets that are created, and existing names the subnets"


@pytest.mark.parametrize("network", [{"cidr": "10.2.0.0/20"}, {}])
def test_created_subnets_outside_of_the_vpc(told: Told, network: dict[str, str]) -> None:
    """The default range is checked too."""
    (problem,) = told({"existing": {"vpc": EXISTING["vpc"]}, **network})
    assert "which is no part of the VPC's 10.1.0.0/16" in problem.what


def test_an_existing_gateway_for_created_subnets(told: Told) -> None:
    """Nobody would put the new route tables into it."""
    (problem,) = told({"existing": {"vpc": EXISTING["vpc"], **GATEWAY}, "cidr": "10.1.0.0/20"})
    assert problem.path == "network.existing.s3_gateway_endpoint"
    assert problem.allowed == "s3_gateway_endpoint only with subnets"


@pytest.mark.parametrize(("key", "value"), [("flow_log_retention_days", 30), ("keep_flow_logs", True)])
def test_a_flow_log_of_an_existing_vpc(told: Told, key: str, value: object) -> None:
    """It is the owner's."""
    (problem,) = told({"existing": EXISTING, key: value})
    assert problem.path == f"network.{key}"
    assert problem.what == "the flow log of an existing VPC is its owner's: none is created"


def test_zones_of_a_service_without_an_endpoint(told: Told) -> None:
    """Zones are for what is created."""
    (problem,) = told({"private_link": ["sts"], "private_link_zones": {"logs": ["eu-west-1a"]}})
    assert problem.what == "no interface endpoint is created for 'logs'"


def test_a_service_in_no_zone(told: Told) -> None:
    """One that is to be created is in a zone at least."""
    (problem,) = told({"private_link_zones": {"sts": []}})
    assert problem.what == "'sts' gets an endpoint in no zone"


def test_a_service_in_another_zone(told: Told) -> None:
    """Endpoints are in the subnets."""
    (problem,) = told({"private_link_zones": {"sts": ["eu-west-1c"]}})
    assert problem.path == "network.private_link_zones.sts[0]"
    assert problem.what == "'eu-west-1c' is no zone of this deployment"
