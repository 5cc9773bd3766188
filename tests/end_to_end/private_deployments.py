"""The deployments of private networks on the laptop's AWS, and the network that one of them finds there."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.end_to_end.project import Project

__all__ = ["deployed", "make_existing_network"]

_CIDR = "10.1.0.0/16"
_ZONES = {"us-east-1a": "10.1.0.0/24", "us-east-1b": "10.1.1.0/24"}
_SERVICES = ("sts", "monitoring")


@contextmanager
def deployed(project: Project, name: str) -> Iterator[None]:
    """Package and deploy ``deployments/<name>.yaml`` with the stock CLI; destroy it at the end."""
    path = f"deployments/{name}.yaml"
    packaged = project.seatrial("package", path)
    assert packaged.returncode == 0, packaged.stderr
    context = ["-c", f"deployment={path}"]
    try:
        done = project.cdk("deploy", "--all", "--require-approval", "never", "--progress", "events", *context)
        assert done.returncode == 0, done.stdout + done.stderr
        yield
    finally:
        project.cdk("destroy", "--all", "--force", *context)


def make_existing_network(project: Project, clients: Callable[[str], Any]) -> None:
    """Make the network of ``existing-network.yaml`` with the EC2 API, and write its ids into the file."""
    ec2 = clients("ec2")
    vpc = ec2.create_vpc(CidrBlock=_CIDR)["Vpc"]["VpcId"]
    for attribute in ("EnableDnsSupport", "EnableDnsHostnames"):
        ec2.modify_vpc_attribute(VpcId=vpc, **{attribute: {"Value": True}})
    ids = [vpc]
    subnets = []
    for zone, cidr in _ZONES.items():
        subnet = ec2.create_subnet(VpcId=vpc, CidrBlock=cidr, AvailabilityZone=zone)["Subnet"]["SubnetId"]
        table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
        ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)
        subnets.append(subnet)
        ids += [subnet, table]
    group = ec2.create_security_group(GroupName="endpoints", Description="Interface endpoints", VpcId=vpc)
    ids.append(group["GroupId"])
    for service in _SERVICES:
        endpoint = ec2.create_vpc_endpoint(
            VpcId=vpc,
            ServiceName=f"com.amazonaws.us-east-1.{service}",
            VpcEndpointType="Interface",
            SubnetIds=subnets,
            SecurityGroupIds=[group["GroupId"]],
            PrivateDnsEnabled=True,
        )
        ids.append(endpoint["VpcEndpoint"]["VpcEndpointId"])
    _write_ids(project.root / "deployments/existing-network.yaml", ids)


def _write_ids(path: Path, ids: list[str]) -> None:
    """Put ``ids`` in the place of the file's own, which stand in the same order."""
    text = path.read_text(encoding="utf-8")
    kinds = ("vpc-", "subnet-", "rtb-", "sg-", "vpce-")
    words = text.replace("}", " }").replace(",", " ,").split()
    placeholders = [word for word in words if word.startswith(kinds) and word.split("-")[1][:1].isdigit()]
    assert len(placeholders) == len(ids)
    for placeholder, real in zip(placeholders, ids, strict=True):
        assert placeholder.split("-")[0] == real.split("-")[0]
        text = text.replace(placeholder, real)
    path.write_text(text, encoding="utf-8")
