"""What an account is asked about zones, services, bootstrap and stacks."""

from datetime import UTC, datetime
from typing import Any

import pytest

from preflight.account._place import ask_bootstrap, ask_services, ask_stacks, ask_zones
from preflight.account.asking import Asking
from preflight.account.evidence import (
    Bootstrap,
)
from tests.preflight.account.stubbed_clients import StubbedClients
from tests.preflight.rules.account_deployments import deployment

NOW = datetime(2030, 1, 1, tzinfo=UTC)


def test_zones(clients: StubbedClients, asking: Asking) -> None:
    """With their state."""
    zones = [{"ZoneName": "us-east-1a", "State": "available"}]
    clients.answer("ec2", "describe_availability_zones", {"AvailabilityZones": zones})
    assert ask_zones(asking) == {"us-east-1a": "available"}


def test_services(clients: StubbedClients, asking: Asking) -> None:
    """The zones of one service, and a region that has not got the other."""
    offered = {"ServiceDetails": [{"AvailabilityZones": ["us-east-1a", "us-east-1b"]}]}
    name = "com.amazonaws.us-east-1.ecr.api"
    clients.answer("ec2", "describe_vpc_endpoint_services", offered, ServiceNames=[name])
    clients.refuse("ec2", "describe_vpc_endpoint_services", "InvalidServiceName")
    assert ask_services(asking, "us-east-1", ("ecr.api", "sagemaker.featurestore-runtime")) == {
        "ecr.api": frozenset({"us-east-1a", "us-east-1b"}),
        "sagemaker.featurestore-runtime": None,
    }


def test_services_without_zones(clients: StubbedClients, asking: Asking) -> None:
    """No zone named is no zone known, not a service without zones."""
    clients.answer("ec2", "describe_vpc_endpoint_services", {"ServiceDetails": []}, ServiceNames=...)
    assert ask_services(asking, "us-east-1", ("ecr.api",)) == {}
    [found] = asking.not_checked
    assert found.why == "no zones were named."


@pytest.mark.parametrize(("value", "found"), [("21", Bootstrap(21)), ("none", ...)])
def test_bootstrap(clients: StubbedClients, asking: Asking, value: str, found: Any) -> None:  # noqa: ANN401 - or no key
    """The version; words that are none are not known."""
    name = "/cdk-bootstrap/hnb659fds/version"
    clients.answer("ssm", "get_parameter", {"Parameter": {"Value": value}}, Name=name)
    assert ask_bootstrap(asking) == ({} if found is ... else {name: found})


def test_bootstrap_missing(clients: StubbedClients, asking: Asking) -> None:
    """No parameter, no bootstrap."""
    clients.refuse("ssm", "get_parameter", "ParameterNotFound")
    assert ask_bootstrap(asking) == {"/cdk-bootstrap/hnb659fds/version": None}


def test_stacks(clients: StubbedClients, asking: Asking) -> None:
    """Those of the network and of each endpoint."""
    stack = {"StackName": "vision-network", "CreationTime": NOW, "StackStatus": "CREATE_COMPLETE"}
    clients.answer("cloudformation", "describe_stacks", {"Stacks": [stack]}, StackName="vision-network")
    clients.refuse("cloudformation", "describe_stacks", "ValidationError", "does not exist")
    assert ask_stacks(asking, deployment().deployment) == {
        "vision-network": "CREATE_COMPLETE",
        "vision-dedicated": None,
    }
