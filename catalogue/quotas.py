"""Names of SageMaker's quotas in Service Quotas, as far as endpoints count against them.

Source of the names: SageMaker itself, ``ResourceLimitExceeded``: "The account-level service limit
'ml.m4.xlarge for endpoint usage' is ..." (aws/amazon-sagemaker-examples issue 307), "... 'Number of instances
across active endpoints' is ..."; they are the quotas' names in Service Quotas, too. What an account is given
at first differs between accounts.
"""

import re

__all__ = ["ACTIVE_INSTANCES_QUOTA", "instance_type_of_quota", "instance_type_quota"]

ACTIVE_INSTANCES_QUOTA = "Number of instances across active endpoints"
"""All instances of all endpoints in one region."""

_INSTANCE_TYPE = re.compile(r"(ml\.[a-z0-9-]+\.[a-z0-9]+) for endpoint usage")


def instance_type_quota(instance_type: str) -> str:
    """Return the name of the quota of one instance type, such as ``ml.g5.xlarge for endpoint usage``."""
    return f"{instance_type} for endpoint usage"


def instance_type_of_quota(name: str) -> str | None:
    """Return the instance type that the quota called ``name`` is of; None for other quotas."""
    found = _INSTANCE_TYPE.fullmatch(name)
    return found[1] if found else None
