"""The private network of a deployment."""

from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

import catalogue
from spec._base import Distinct, Items, OneOf, SpecModel, text
from spec.acknowledgments import Acknowledgments

__all__ = ["DEFAULT_PRIVATE_LINK", "Network"]

DEFAULT_PRIVATE_LINK = (
    "sagemaker.runtime",
    "sagemaker.api",
    "ecr.api",
    "ecr.dkr",
    "logs",
    "monitoring",
    "sts",
)
"""What a serving container and its callers inside the network need; S3 has its gateway besides."""

_OCTET = "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_CIDR_PATTERN = rf"^{_OCTET}(\.{_OCTET}){{3}}/(1[6-9]|2[0-5])$"
_ADDRESS_BITS = 32


def _without_host_bits(cidr: str) -> str:
    address, prefix = cidr.split("/")
    number = int.from_bytes(bytes(map(int, address.split("."))))
    if number % (1 << (_ADDRESS_BITS - int(prefix))):
        raise PydanticCustomError("host_bits", "host bits set")
    return cidr


class Network(SpecModel):
    """The VPC of a deployment: isolated subnets without any way out, services through AWS PrivateLink."""

    cidr: Annotated[
        str,
        text(
            _CIDR_PATTERN,
            allowed="an IPv4 network in CIDR notation between /16 and /25 (10.0.0.0/20)",
            maximum=18,
        ),
        AfterValidator(_without_host_bits),
    ] = Field(
        default="10.0.0.0/20",
        description="The VPC's IPv4 addresses, between /16 and /25. Each zone gets an eighth, so that a zone "
        "that comes later moves no other; a subnet needs at least a /28 (EC2 API Reference, CreateSubnet). "
        "Default: 10.0.0.0/20, 507 addresses in each zone.",
    )
    private_link: Annotated[Items[Annotated[str, OneOf(catalogue.private_link_services)]], Distinct()] = (
        Field(
            default=DEFAULT_PRIVATE_LINK,
            description="The services that get an interface endpoint in every subnet, by the short name that "
            "follows com.amazonaws.<region>. in the AWS PrivateLink guide. The S3 gateway endpoint is always "
            "there. Some services offer no interface endpoint in some zones of a region: creating one in a "
            "subnet there fails. Default: what a serving container and its callers need.",
        )
    )
    flow_log_retention_days: Annotated[int, OneOf(lambda: catalogue.limits.LOG_RETENTION_DAYS)] = Field(
        default=30,
        description="For how many days CloudWatch Logs keeps the VPC's flow logs. Default: 30.",
    )
    acknowledge: Acknowledgments = Field(default_factory=dict)
