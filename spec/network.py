"""The private network of a deployment."""

from typing import Annotated

from pydantic import Field

import catalogue
from spec._base import Distinct, Items, OneOf, SpecModel
from spec._cidr import WITHOUT_HOST_BITS, cidr_text
from spec.acknowledgments import Acknowledgments
from spec.environment import ZoneName
from spec.existing_network import ExistingNetwork, ServiceName

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


class Network(SpecModel):
    """The VPC of a deployment: isolated subnets without any way out, services through AWS PrivateLink."""

    cidr: Annotated[
        str,
        cidr_text(
            "(1[6-9]|2[0-5])", allowed="an IPv4 network in CIDR notation between /16 and /25 (10.0.0.0/20)"
        ),
        WITHOUT_HOST_BITS,
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
            "there. Default: what a serving container and its callers need, without what "
            "existing.interface_endpoints names.",
        )
    )
    private_link_zones: dict[ServiceName, Annotated[Items[ZoneName], Distinct()]] = Field(
        default_factory=dict,
        description="The zones of single services that offer no interface endpoint in some zone of the "
        "deployment: creating one there fails, and nothing is looked up. `aws ec2 "
        "describe-vpc-endpoint-services --service-names com.amazonaws.<region>.<service>` lists them. "
        "Subnets of other zones reach the endpoint all the same. Default: every service in every zone.",
    )
    flow_log_retention_days: Annotated[int, OneOf(lambda: catalogue.limits.LOG_RETENTION_DAYS)] = Field(
        default=30,
        description="For how many days CloudWatch Logs keeps the VPC's flow logs. Default: 30.",
    )
    keep_flow_logs: bool = Field(
        default=False,
        description="Whether the flow logs are kept so long even when the network's stack is deleted. "
        "Default: no, `cdk destroy` leaves nothing.",
    )
    existing: ExistingNetwork | None = Field(
        default=None,
        description="What is there already, by id; nothing is looked up, and the rest is created. "
        "Default: everything is created.",
    )
    acknowledge: Acknowledgments = Field(default_factory=dict)

    @property
    def created_services(self) -> tuple[str, ...]:
        """The services for which an interface endpoint is created.

        A service that ``private_link`` says and ``existing`` has is among them: that is the rules' to find.
        """
        if "private_link" in self.model_fields_set:
            return self.private_link
        return tuple(service for service in self.private_link if service not in self.existing_services)

    @property
    def existing_services(self) -> tuple[str, ...]:
        """The services whose interface endpoint is there already."""
        return tuple(self.existing.interface_endpoints) if self.existing else ()
