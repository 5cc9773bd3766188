"""The account's quotas, as far as a deployment file knows them."""

from typing import Annotated

from pydantic import Field

from catalogue.quotas import ACTIVE_INSTANCES_QUOTA
from spec._base import text

__all__ = ["QuotaName", "QuotaValue"]

QuotaName = Annotated[
    str,
    text(
        rf"^(ml\.[a-z0-9-]+\.[a-z0-9]+ for endpoint usage|{ACTIVE_INSTANCES_QUOTA})$",
        allowed=f'the name of a quota of endpoints: "<instance type> for endpoint usage" or '
        f'"{ACTIVE_INSTANCES_QUOTA}"',
        maximum=256,
    ),
]
"""As Service Quotas has it (``catalogue.quotas``)."""

QuotaValue = Annotated[int, Field(ge=0)]
"""Instances."""
