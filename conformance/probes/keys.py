"""Volume keys of endpoints: A41, A77."""

import json
from typing import Any

from conformance.archives import python_model
from conformance.laboratory import Laboratory
from conformance.other_kinds import KEY
from conformance.policies import allow
from conformance.probe import Bench, probe

_ADMINISTRATION = ["kms:DescribeKey", "kms:PutKeyPolicy", "kms:ScheduleKeyDeletion", "kms:TagResource"]
"""What the account's policies may allow: enough to delete the key, and nothing to encrypt with."""
_GRANTING = ["kms:CreateGrant", "kms:DescribeKey"]


def _key(lab: Laboratory, role_arn: str, role_actions: list[str]) -> str:
    """Return a key that ``role_arn`` may use so, and nobody else."""
    root = role_arn.rpartition(":role/")[0] + ":root"
    statements: list[dict[str, Any]] = [
        {**allow(_ADMINISTRATION, "*"), "Principal": {"AWS": root}},
        {**allow(role_actions, "*"), "Principal": {"AWS": role_arn}},
    ]
    name = lab.registry.enter(KEY, lab.new_name("key"))
    created = lab.account.client("kms").create_key(
        Description=name,
        Tags=[{"TagKey": tag["Key"], "TagValue": tag["Value"]} for tag in lab.account.tags],
        Policy=json.dumps({"Version": "2012-10-17", "Statement": statements}),
    )
    return str(created["KeyMetadata"]["Arn"])


def _status(lab: Laboratory, role_actions: list[str]) -> str:
    """Return the status of an endpoint of ml.m5.xlarge, whose volume the key encrypts."""
    role = lab.new_role()
    container = {"Image": lab.image, "ModelDataUrl": lab.upload(python_model())}
    model = lab.create_model(ExecutionRoleArn=role, PrimaryContainer=container)
    config = lab.create_config(lab.variant(model), KmsKeyId=_key(lab, role, role_actions))
    described = lab.settled(lab.create_endpoint(config))
    lab.evidence.note(f"{described['EndpointStatus']}: {described.get('FailureReason', '')}")
    return str(described["EndpointStatus"])


@probe("A77", bench=Bench.OWN, own_minutes=15, creates="a KMS key, a role, an endpoint")
def key_for_the_role_alone(lab: Laboratory) -> None:
    """An endpoint comes up whose volume key lets its role grant and describe, and the caller nothing."""
    lab.evidence.holds("status", found=_status(lab, _GRANTING), believed="InService")


@probe(
    "A41",
    bench=Bench.OWN,
    own_minutes=30,
    creates="a KMS key, a role, an endpoint that fails",
    account_only="the laptop's disks are not encrypted, and its AWS checks no grant",
)
def key_that_the_role_may_not_grant(lab: Laboratory) -> None:
    """An endpoint doesn't come up whose volume key doesn't let the execution role grant."""
    lab.evidence.holds("status", found=_status(lab, ["kms:DescribeKey"]), believed="Failed")
