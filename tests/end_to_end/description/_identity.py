"""IAM's and KMS's resource types.

Sources: the IAM and AWS KMS API references for the calls, the CloudFormation template reference for the
names.
"""

import json
from collections.abc import Mapping
from typing import Any

from tests.end_to_end.description.comparison import Whole
from tests.end_to_end.description.description import Clients, Describer, Description, tags_of

__all__ = ["IDENTITY_DESCRIBERS"]

_Properties = Mapping[str, Any]


def _role(clients: Clients, name: str, _: _Properties) -> Description:
    iam = clients("iam")
    role = iam.get_role(RoleName=name)["Role"]
    attached = iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
    return Description(
        {
            "AssumeRolePolicyDocument": Whole(role["AssumeRolePolicyDocument"]),
            "Description": role.get("Description"),
            "ManagedPolicyArns": [policy["PolicyArn"] for policy in attached],
            "MaxSessionDuration": role.get("MaxSessionDuration"),
            "Path": role["Path"],
            "PermissionsBoundary": role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn"),
            "RoleName": role["RoleName"],
        },
        {"Arn": role["Arn"], "RoleId": role["RoleId"]},
        tags_of(iam.list_role_tags(RoleName=name)["Tags"]),
    )


def _inline_policy(clients: Clients, _: str, properties: _Properties) -> Description:
    """Describe a policy where it is: in its roles, by its name; IAM knows no physical id of it."""
    iam = clients("iam")
    name = properties["PolicyName"]
    holders = [
        role for role in properties["Roles"] if name in iam.list_role_policies(RoleName=role)["PolicyNames"]
    ]
    answers = [iam.get_role_policy(RoleName=role, PolicyName=name) for role in holders]
    documents = [answer["PolicyDocument"] for answer in answers]
    return Description(
        {
            "PolicyDocument": Whole(documents[0])
            if all(each == documents[0] for each in documents)
            else documents,
            "PolicyName": answers[0]["PolicyName"] if answers else None,
            "Roles": [answer["RoleName"] for answer in answers],
        }
    )


def _key(clients: Clients, key_id: str, _: _Properties) -> Description:
    kms = clients("kms")
    key = kms.describe_key(KeyId=key_id)["KeyMetadata"]
    policy = kms.get_key_policy(KeyId=key_id, PolicyName="default")["Policy"]
    return Description(
        {
            "Description": key.get("Description"),
            "Enabled": key["Enabled"],
            "EnableKeyRotation": kms.get_key_rotation_status(KeyId=key_id)["KeyRotationEnabled"],
            "KeyPolicy": Whole(json.loads(policy)),
            "KeySpec": key.get("KeySpec"),
            "KeyUsage": key.get("KeyUsage"),
            # Only a primary multi-Region key that waits for its replicas has one.
            "PendingWindowInDays": key.get("PendingDeletionWindowInDays"),
        },
        {"Arn": key["Arn"], "KeyId": key["KeyId"]},
        tags_of(kms.list_resource_tags(KeyId=key_id)["Tags"], "TagKey", "TagValue"),
    )


IDENTITY_DESCRIBERS: Mapping[str, Describer] = {
    "AWS::IAM::Policy": _inline_policy,
    "AWS::IAM::Role": _role,
    "AWS::KMS::Key": _key,
}
