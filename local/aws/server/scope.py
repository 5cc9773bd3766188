"""Where a resource lives: an account and a region."""

import re
from dataclasses import dataclass

__all__ = ["Scope", "scope_of_authorization"]

_CREDENTIAL = re.compile(r"Credential=([^/,\s]+)/\d{8}/([a-z0-9-]+)/")
_ACCOUNT_ID = re.compile(r"\d{12}")


@dataclass(frozen=True, slots=True)
class Scope:
    """An account in a region; every name of a SageMaker resource is unique within one."""

    account_id: str
    region: str

    def arn(self, resource: str) -> str:
        """Return the SageMaker ARN of ``resource``, e.g. ``endpoint/vision-classifier``."""
        return f"arn:aws:sagemaker:{self.region}:{self.account_id}:{resource}"


def scope_of_authorization(authorization: str, default: Scope) -> Scope:
    """Return the scope that a SigV4 ``Authorization`` header speaks for.

    The region is the credential scope's. An access key of twelve digits is an account number, as in the
    gateway; any other key means the default account. The signature itself is not verified.
    """
    credential = _CREDENTIAL.search(authorization)
    if credential is None:
        return default
    key, region = credential.groups()
    return Scope(key if _ACCOUNT_ID.fullmatch(key) else default.account_id, region)
