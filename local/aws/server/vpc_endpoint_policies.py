"""The policies of VPC endpoints that EC2 refuses.

Source: AWS PrivateLink guide, "Control access to VPC endpoints using endpoint policies": 20,480 characters,
white space included. The sentence is AWS's (hashicorp/terraform-provider-aws issue 42291); what follows it is
ours.
"""

import json
from collections.abc import Mapping
from typing import Any

from local.aws.server.errors import AwsError

__all__ = ["check_endpoint_policy"]

_MOST_CHARACTERS = 20_480


def check_endpoint_policy(policy: str | Mapping[str, Any] | None) -> None:
    """Check an endpoint's policy; None is the one that allows everything.

    Args:
        policy: its text, or its document as CloudFormation has it, which writes it without white space.

    Raises:
        AwsError: ``InvalidPolicyDocument``.
    """
    if policy is None:
        return
    text = policy if isinstance(policy, str) else json.dumps(policy, separators=(",", ":"))
    if len(text) > _MOST_CHARACTERS:
        raise AwsError(
            "InvalidPolicyDocument",
            f"The Policy Document is not valid. It has {len(text)} characters, and may have "
            f"{_MOST_CHARACTERS}",
        )
    try:
        document = json.loads(text)
    except ValueError:
        document = None
    if not isinstance(document, dict) or not document.get("Statement"):
        raise AwsError("InvalidPolicyDocument", "The Policy Document is not valid. It has no statement")
