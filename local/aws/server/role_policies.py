"""The inline policies that IAM refuses since a role has too many.

Sources: IAM user guide, "IAM and AWS STS quotas": 10,240 characters of all inline policies of a role
together, white space not counted; the sentence is AWS's (aws/aws-cdk issue 12403).
"""

from collections.abc import Mapping

from local.aws.server.errors import AwsError

__all__ = ["check_role_policies"]

_MOST_CHARACTERS = 10_240


def check_role_policies(role: str, documents: Mapping[str, str]) -> None:
    """Check the inline policies that a role would have.

    Args:
        role: its name.
        documents: JSON, by the policy's name.

    Raises:
        AwsError: ``LimitExceeded``.
    """
    size = sum(len("".join(document.split())) for document in documents.values())
    if size > _MOST_CHARACTERS:
        raise AwsError(
            "LimitExceeded", f"Maximum policy size of {_MOST_CHARACTERS} bytes exceeded for role {role}", 409
        )
