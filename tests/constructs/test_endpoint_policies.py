"""What the VPC endpoints of a network let through."""

import json
from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest

import catalogue
from seatrial_hosting import PrivateNetwork, Served
from seatrial_hosting._endpoint_policies import SERVICES_WITH_POLICY

Find = Callable[[cdk.Stack, str], dict[str, dict[str, Any]]]
PolicyOf = Callable[..., list[dict[str, Any]]]

ACCOUNT = "123456789012"
SAGEMAKER = f"arn:aws:sagemaker:eu-west-1:{ACCOUNT}"
REPOSITORY = "arn:aws:ecr:eu-west-1:763104351884:repository/sagemaker-tritonserver"
SERVED = Served(
    endpoint_names=("vision-Fast",),
    component_names=("vision-shared-*",),
    model_name_prefix="Vision",
    image_repository_arns=(REPOSITORY,),
    artifact_buckets=("artifacts",),
    listed_prefixes=("vision-many/*",),
)


@pytest.fixture
def policy_of(stack: cdk.Stack, find: Find) -> PolicyOf:
    """Return the statements of one service's endpoint in a network that serves ``served``."""

    def statements(service: str, served: Served | None = SERVED) -> list[dict[str, Any]]:
        private_link = [] if service == "s3" else [service]
        zones = ["eu-west-1a", "eu-west-1b"]
        PrivateNetwork(stack, "Network", availability_zones=zones, private_link=private_link, served=served)
        (endpoint,) = (
            each["Properties"]
            for each in find(stack, "AWS::EC2::VPCEndpoint").values()
            if each["Properties"]["ServiceName"].endswith(f".{service}")
        )
        found: list[dict[str, Any]] = endpoint["PolicyDocument"]["Statement"]
        return found

    return statements


@pytest.mark.parametrize("service", catalogue.private_link_services())
def test_every_service_admits_named_actions_of_this_account_alone(policy_of: PolicyOf, service: str) -> None:
    """No endpoint of the catalogue's services lets any action through, nor another account's principal."""
    assert service in SERVICES_WITH_POLICY
    for statement in policy_of(service):
        assert not any("*" in action for action in statement["Action"])
        assert statement["Condition"]["StringEquals"]["aws:PrincipalAccount"] == ACCOUNT


def test_requests_reach_the_deployments_endpoints_alone(policy_of: PolicyOf) -> None:
    """By their names, in lower case as ARNs have them; components by what their names begin with."""
    (invoke,) = policy_of("sagemaker.runtime")
    assert invoke["Action"] == ["sagemaker:InvokeEndpoint", "sagemaker:InvokeEndpointWithResponseStream"]
    assert invoke["Resource"] == [
        f"{SAGEMAKER}:endpoint/vision-fast",
        f"{SAGEMAKER}:inference-component/vision-shared-*",
    ]


def test_descriptions_are_of_what_is_served(policy_of: PolicyOf) -> None:
    """Models and configurations have generated names, which begin with the stack's."""
    (describe,) = policy_of("sagemaker.api")
    assert all(action.startswith("sagemaker:Describe") for action in describe["Action"])
    assert describe["Resource"][2:] == [f"{SAGEMAKER}:endpoint-config/vision*", f"{SAGEMAKER}:model/vision*"]


@pytest.mark.parametrize("service", ["ecr.api", "ecr.dkr"])
def test_images_come_from_the_deployments_repositories(policy_of: PolicyOf, service: str) -> None:
    """Both endpoints of ECR have one policy: the log-in takes no resource, pulling does."""
    log_in, pull = policy_of(service)
    assert (log_in["Action"], log_in["Resource"]) == (["ecr:GetAuthorizationToken"], ["*"])
    assert pull["Resource"] == [REPOSITORY]


@pytest.mark.parametrize("service", ["sagemaker.runtime", "logs", "ecr.dkr"])
def test_where_nothing_is_served_nothing_passes(policy_of: PolicyOf, service: str) -> None:
    """A statement without a resource would be malformed: it denies instead."""
    nothing = Served(endpoint_names=(), component_names=(), image_repository_arns=())
    statement = policy_of(service, nothing)[-1]
    assert (statement["Effect"], statement["Resource"]) == ("Deny", ["*"])


def test_logs_are_those_of_endpoints_and_components(policy_of: PolicyOf) -> None:
    """Groups keep the case of the names; streams are below them."""
    (write,) = policy_of("logs")
    groups = f"arn:aws:logs:eu-west-1:{ACCOUNT}:log-group:/aws/sagemaker"
    assert write["Resource"] == [
        f"{groups}/Endpoints/vision-Fast",
        f"{groups}/Endpoints/vision-Fast:*",
        f"{groups}/InferenceComponents/vision-shared-*",
        f"{groups}/InferenceComponents/vision-shared-*:*",
    ]


def test_metrics_are_published_under_sagemakers_names(policy_of: PolicyOf) -> None:
    """PutMetricData takes no resource, and a condition on the namespace."""
    publish, read = policy_of("monitoring")
    assert publish["Condition"]["StringLike"] == {
        "cloudwatch:namespace": ["AWS/SageMaker", "/aws/sagemaker/*"]
    }
    assert read["Action"] == ["cloudwatch:GetMetricData", "cloudwatch:GetMetricStatistics"]


def test_the_gateway_admits_the_artifact_bucket_and_image_layers(policy_of: PolicyOf) -> None:
    """The bucket is this account's, even after somebody else made one of its name."""
    artifacts, listed, layers = policy_of("s3")
    assert artifacts["Resource"] == ["arn:aws:s3:::artifacts/*"]
    assert artifacts["Condition"]["StringEquals"] == {
        "aws:PrincipalAccount": ACCOUNT,
        "aws:ResourceAccount": ACCOUNT,
    }
    assert listed["Resource"] == ["arn:aws:s3:::artifacts"]
    assert listed["Condition"] == artifacts["Condition"] | {"StringLike": {"s3:prefix": ["vision-many/*"]}}
    assert layers["Resource"] == ["arn:aws:s3:::prod-eu-west-1-starport-layer-bucket/*"]
    assert "Condition" not in layers


def test_without_names_the_policies_are_of_this_account(policy_of: PolicyOf) -> None:
    """An app that names its endpoints elsewhere still keeps other accounts' credentials out."""
    (invoke,) = policy_of("sagemaker.runtime", None)
    assert invoke["Resource"] == [f"{SAGEMAKER}:endpoint/*", f"{SAGEMAKER}:inference-component/*"]
    assert ACCOUNT in json.dumps(invoke["Condition"])
