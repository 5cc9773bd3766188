"""Asks where a deployment goes: zones, services in them, the bootstrap and the stacks that are there."""

from collections.abc import Mapping

from preflight.account.asking import ABSENT, Asking
from preflight.account.evidence import Bootstrap
from spec import Deployment
from spec.publish import BOOTSTRAP_QUALIFIER

__all__ = ["BOOTSTRAP_PARAMETER", "ask_bootstrap", "ask_services", "ask_stacks", "ask_zones", "stack_names"]

BOOTSTRAP_PARAMETER = f"/cdk-bootstrap/{BOOTSTRAP_QUALIFIER}/version"
"""Where `cdk bootstrap` writes its version (AWS CDK Developer Guide, bootstrap template contract)."""


def ask_zones(asking: Asking) -> Mapping[str, str] | None:
    """Return the state of each Availability Zone that the account sees; None where they are not known."""
    answer = asking.ask(
        "ec2", "describe_availability_zones", "the Availability Zones", "ec2:DescribeAvailabilityZones"
    )
    if not isinstance(answer, dict):
        return None
    return {each["ZoneName"]: each["State"] for each in answer["AvailabilityZones"]}


def ask_services(
    asking: Asking, region: str, services: tuple[str, ...]
) -> Mapping[str, frozenset[str] | None]:
    """Return the zones of each interface service, by its short name; None for one that there is not.

    Source: EC2 API Reference, DescribeVpcEndpointServices, ``ServiceDetail.AvailabilityZones``.
    """
    found: dict[str, frozenset[str] | None] = {}
    for service in services:
        answer = asking.ask(
            "ec2",
            "describe_vpc_endpoint_services",
            f"in which zones {service} has interface endpoints",
            "ec2:DescribeVpcEndpointServices",
            absent=("InvalidServiceName",),
            ServiceNames=[f"com.amazonaws.{region}.{service}"],
        )
        if answer is ABSENT:
            found[service] = None
        elif isinstance(answer, dict):
            zones = [zone for each in answer["ServiceDetails"] for zone in each.get("AvailabilityZones", ())]
            if zones:
                found[service] = frozenset(zones)
            else:
                asking.remember(f"in which zones {service} has interface endpoints", "no zones were named.")
    return found


def ask_bootstrap(asking: Asking) -> Mapping[str, Bootstrap | None]:
    """Return what `cdk bootstrap` left, by the parameter that says so; empty where it is not known."""
    answer = asking.ask(
        "ssm",
        "get_parameter",
        "whether `cdk bootstrap` has run",
        "ssm:GetParameter",
        absent=("ParameterNotFound",),
        Name=BOOTSTRAP_PARAMETER,
    )
    if answer is ABSENT:
        return {BOOTSTRAP_PARAMETER: None}
    if not isinstance(answer, dict) or not str(answer["Parameter"]["Value"]).isdigit():
        return {}
    return {BOOTSTRAP_PARAMETER: Bootstrap(int(answer["Parameter"]["Value"]))}


def ask_stacks(asking: Asking, deployment: Deployment) -> Mapping[str, str | None]:
    """Return the state of each of the deployment's stacks; None for one that is not there."""
    found: dict[str, str | None] = {}
    for name in stack_names(deployment):
        answer = asking.ask(
            "cloudformation",
            "describe_stacks",
            "the states of the deployment's stacks",
            "cloudformation:DescribeStacks",
            # The one answer for a stack that is not there (CloudFormation API Reference, DescribeStacks).
            absent=("ValidationError",),
            StackName=name,
        )
        if answer is ABSENT:
            found[name] = None
        elif isinstance(answer, dict) and answer["Stacks"]:
            found[name] = answer["Stacks"][0]["StackStatus"]
    return found


def stack_names(deployment: Deployment) -> tuple[str, ...]:
    """Return the names of the deployment's stacks of network, endpoints and components, in this order."""
    endpoints = [f"{deployment.name}-{key}" for key in deployment.endpoints]
    shards = [
        f"{deployment.name}-{key}-components-{number}"
        for key, endpoint in deployment.component_endpoints.items()
        for number in range(1, endpoint.shards + 1)
    ]
    return (f"{deployment.name}-network", *endpoints, *shards)
