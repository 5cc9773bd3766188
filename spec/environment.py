"""Where a deployment goes: account, region and zones."""

from typing import Annotated

from pydantic import Field

import catalogue
from spec._base import Distinct, Items, OneOf, SpecModel, text
from spec.quotas import QuotaName, QuotaValue

__all__ = ["LAPTOP_ACCOUNT", "Environment"]


def _region_names() -> list[str]:
    return [each.name for each in catalogue.regions()]


AccountNumber = Annotated[
    str,
    text(r"^[0-9]{12}$", allowed='an AWS account number: 12 digits in quotes ("123456789012")', maximum=12),
]
ZoneName = Annotated[
    str,
    text(
        r"^[a-z]+(-[a-z]+)+-[0-9]+[a-z]$",
        allowed="an Availability Zone: its region and one letter (us-east-1a)",
        maximum=32,
    ),
]


LAPTOP_ACCOUNT = "000000000000"
"""The account of the laptop's AWS: no real one has this number."""


class Environment(SpecModel):
    """The AWS account, region and Availability Zones of a deployment; nothing is looked up at synth."""

    account: AccountNumber = Field(
        description="The AWS account number, 12 digits in quotes: unquoted it is a number, and a number "
        "loses its leading zeros. 000000000000 is the laptop's AWS."
    )
    region: Annotated[str, OneOf(_region_names)] = Field(description="The AWS region, such as eu-west-1.")
    availability_zones: Annotated[Items[ZoneName], Distinct()] = Field(
        min_length=2,
        max_length=6,
        description="The zones that get a subnet: at least two different ones of the region, over which "
        "SageMaker spreads the instances of an endpoint (SageMaker Developer Guide, best practices for "
        "hosting). They are named, never looked up: the same file always gives the same template.",
    )
    quotas: dict[QuotaName, QuotaValue] = Field(
        default_factory=dict,
        description="The account's quotas of instances in the region, by the names that Service Quotas has: "
        '"ml.g5.xlarge for endpoint usage" of one instance type, "Number of instances across active '
        'endpoints" of all; without what other endpoints of the account take. `seatrial check --aws` reads '
        "the real ones. Default: none are known.",
    )

    @property
    def is_the_laptop(self) -> bool:
        """Whether this is the laptop's AWS, no real account."""
        return self.account == LAPTOP_ACCOUNT
