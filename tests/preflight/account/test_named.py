"""What an account is asked about images, roles, keys and buckets."""

import json
from datetime import UTC, datetime

from preflight.account import NotChecked
from preflight.account._named import ask_buckets, ask_images, ask_keys, ask_roles
from preflight.account.asking import Asking
from preflight.account.evidence import (
    ALWAYS_NEEDED,
    Bucket,
    KeyFacts,
    RoleFacts,
)
from tests.preflight.account.stubbed_clients import StubbedClients

NOW = datetime(2030, 1, 1, tzinfo=UTC)


def test_images(clients: StubbedClients, asking: Asking) -> None:
    """There, not there, and no repository."""
    registry = "123456789012.dkr.ecr.us-east-1.amazonaws.com"
    digest = f"sha256:{'0' * 64}"
    given = {"registryId": "123456789012", "repositoryName": "mine"}
    clients.answer("ecr", "batch_get_image", {"images": [{}]}, **given, imageIds=[{"imageTag": "1"}])
    failed = {"images": [], "failures": [{"failureCode": "ImageNotFound"}]}
    clients.answer("ecr", "batch_get_image", failed, **given, imageIds=[{"imageDigest": digest}])
    clients.refuse("ecr", "batch_get_image", "RepositoryNotFoundException")
    images = [f"{registry}/mine:1", f"{registry}/mine@{digest}", f"{registry}/other:1"]
    assert list(ask_images(asking, images).values()) == [True, False, False]


def test_roles(clients: StubbedClients, asking: Asking) -> None:
    """Who may assume each, and what it lacks; a path is no part of the name, a condition not known."""
    statements = [
        {"Effect": "Allow", "Principal": {"Service": ["sagemaker.amazonaws.com", "ec2.amazonaws.com"]}},
        {"Effect": "Deny", "Principal": {"Service": "lambda.amazonaws.com"}},
        {"Effect": "Allow", "Principal": "*"},
    ]
    role = {
        "Path": "/ml/",
        "RoleName": "serve",
        "RoleId": "AROAEXAMPLEEXAMPLE",
        "Arn": "arn:aws:iam::123456789012:role/ml/serve",
        "CreateDate": NOW,
        "AssumeRolePolicyDocument": json.dumps({"Statement": statements}),
    }
    clients.answer("iam", "get_role", {"Role": role}, RoleName="serve")
    decisions = [
        {"EvalActionName": "ec2:DescribeVpcs", "EvalDecision": "implicitDeny"},
        {"EvalActionName": "ecr:GetAuthorizationToken", "EvalDecision": "allowed"},
        {
            "EvalActionName": "cloudwatch:PutMetricData",
            "EvalDecision": "implicitDeny",
            "MissingContextValues": ["cloudwatch:namespace"],
        },
    ]
    simulated = {"PolicySourceArn": role["Arn"], "ActionNames": list(ALWAYS_NEEDED)}
    clients.answer("iam", "simulate_principal_policy", {"EvaluationResults": decisions}, **simulated)
    clients.refuse("iam", "get_role", "NoSuchEntity")
    given = ["arn:aws:iam::123456789012:role/ml/serve", "arn:aws:iam::123456789012:role/none"]
    trusted = frozenset({"sagemaker.amazonaws.com", "ec2.amazonaws.com"})
    assert ask_roles(asking, given) == {
        given[0]: RoleFacts(trusted, ("ec2:DescribeVpcs",)),
        given[1]: None,
    }


def test_roles_that_can_not_be_simulated(clients: StubbedClients, asking: Asking) -> None:
    """Who may assume it is known all the same."""
    role = {
        "Path": "/",
        "RoleName": "serve",
        "RoleId": "AROAEXAMPLEEXAMPLE",
        "Arn": "arn:aws:iam::123456789012:role/serve",
        "CreateDate": NOW,
    }
    clients.answer("iam", "get_role", {"Role": role}, RoleName="serve")
    clients.refuse("iam", "simulate_principal_policy", "AccessDenied")
    assert ask_roles(asking, [str(role["Arn"])]) == {role["Arn"]: RoleFacts(frozenset())}
    [found] = asking.not_checked
    assert found.why.endswith("it needs iam:SimulatePrincipalPolicy.")


def test_keys(clients: StubbedClients, asking: Asking) -> None:
    """State and kind, and a key that there is not."""
    facts = {"KeyId": "k", "KeyState": "Disabled", "KeySpec": "SYMMETRIC_DEFAULT"}
    clients.answer("kms", "describe_key", {"KeyMetadata": facts}, KeyId="arn:a")
    clients.refuse("kms", "describe_key", "NotFoundException")
    assert ask_keys(asking, ["arn:a", "arn:b"]) == {
        "arn:a": KeyFacts("Disabled", "SYMMETRIC_DEFAULT"),
        "arn:b": None,
    }


def test_buckets(clients: StubbedClients, asking: Asking) -> None:
    """Where it is; one that there is not; one that is somebody else's."""
    clients.answer("s3", "head_bucket", {"BucketRegion": "eu-west-1"}, Bucket="mine")
    clients.refuse("s3", "head_bucket", "404")
    clients.refuse("s3", "head_bucket", "403")
    assert ask_buckets(asking, ["mine", "none", "theirs"]) == {"mine": Bucket("eu-west-1"), "none": None}
    [found] = asking.not_checked
    assert found == NotChecked(
        "where the bucket theirs is", "HeadBucket answered 403; it needs s3:ListBucket."
    )
