"""The key policies that AWS KMS refuses since nobody could change them again.

Source: AWS KMS API reference, CreateKey and PutKeyPolicy, BypassPolicyLockoutSafetyCheck: the policy must let
the caller make a PutKeyPolicy request later. The sentence is AWS's (terraform-aws-modules/terraform-aws-kms
issue 14). On the laptop every caller is the account's own, so a statement for the account is one for the
caller.
"""

import fnmatch
import json
from collections.abc import Iterable, Mapping
from typing import Any

from local.aws.server.errors import AwsError

__all__ = ["check_key_policy"]

_ACTION = "kms:PutKeyPolicy"


def check_key_policy(policy: str, account_id: str) -> None:
    """Check that somebody of the account may put another policy on the key.

    Args:
        policy: JSON.
        account_id: of the caller.

    Raises:
        AwsError: ``MalformedPolicyDocumentException``.
    """
    statements = json.loads(policy).get("Statement", [])
    for statement in statements if isinstance(statements, list) else [statements]:
        if statement.get("Effect") == "Allow" and _admits(statement, account_id):
            return
    raise AwsError(
        "MalformedPolicyDocumentException",
        "The new key policy will not allow you to update the key policy in the future.",
    )


def _admits(statement: Mapping[str, Any], account_id: str) -> bool:
    principal = statement.get("Principal", {})
    named = _texts(principal.get("AWS", ()) if isinstance(principal, Mapping) else principal)
    own = any(each == "*" or account_id in each.split(":") or each == account_id for each in named)
    actions = (each.lower() for each in _texts(statement.get("Action", ())))
    return own and any(fnmatch.fnmatchcase(_ACTION.lower(), each) for each in actions)


def _texts(value: object) -> Iterable[str]:
    return (
        [value]
        if isinstance(value, str)
        else [str(each) for each in value]
        if isinstance(value, list)
        else []
    )
