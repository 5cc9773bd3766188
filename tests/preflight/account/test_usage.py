"""What an account is asked about itself, its quotas and its endpoints."""

from datetime import UTC, datetime
from typing import Any

from preflight.account._usage import ask_caller, ask_endpoints, ask_quotas
from preflight.account.asking import Asking
from preflight.account.evidence import (
    EndpointInstances,
)
from tests.preflight.account.stubbed_clients import StubbedClients

NOW = datetime(2030, 1, 1, tzinfo=UTC)


def test_the_caller(clients: StubbedClients, asking: Asking) -> None:
    """Whose credentials they are."""
    clients.answer("sts", "get_caller_identity", {"Account": "123456789012"})
    assert ask_caller(asking) == "123456789012"


def test_quotas(clients: StubbedClients, asking: Asking) -> None:
    """What the account was given stands over AWS's defaults; all pages are read."""
    first = {"Quotas": [{"QuotaName": "a", "Value": 5.0}], "NextToken": "more"}
    clients.answer("service-quotas", "list_service_quotas", first, ServiceCode="sagemaker")
    second = {"Quotas": [{"QuotaName": "b", "Value": 2.0}, {"QuotaName": "without"}]}
    clients.answer("service-quotas", "list_service_quotas", second, ServiceCode="sagemaker", NextToken="more")
    defaults = {"Quotas": [{"QuotaName": "a", "Value": 0.0}, {"QuotaName": "c", "Value": 1.0}]}
    clients.answer("service-quotas", "list_aws_default_service_quotas", defaults, ServiceCode="sagemaker")
    assert ask_quotas(asking) == {"a": 5.0, "b": 2.0, "c": 1.0}
    assert asking.not_checked == []


def endpoint_of(clients: StubbedClients, variant: dict[str, Any], config: dict[str, Any]) -> None:
    """Let the account have one endpoint with one variant."""
    listed = {
        "EndpointName": "other",
        "EndpointArn": "arn:aws:sagemaker:us-east-1:123456789012:endpoint/other",
        "CreationTime": NOW,
        "LastModifiedTime": NOW,
        "EndpointStatus": "InService",
    }
    gone = {**listed, "EndpointName": "gone", "EndpointStatus": "Deleting"}
    clients.answer("sagemaker", "list_endpoints", {"Endpoints": [listed, gone]})
    described = {**listed, "EndpointConfigName": "config", "ProductionVariants": [variant]}
    clients.answer("sagemaker", "describe_endpoint", described, EndpointName="other")
    answer = {
        "EndpointConfigName": "config",
        "EndpointConfigArn": "arn:aws:sagemaker:us-east-1:123456789012:endpoint-config/config",
        "CreationTime": NOW,
        "ProductionVariants": [config],
    }
    clients.answer("sagemaker", "describe_endpoint_config", answer, EndpointConfigName="config")


def test_endpoints(clients: StubbedClients, asking: Asking) -> None:
    """The larger of what there is and what is asked for counts; what is being deleted doesn't."""
    variant = {"VariantName": "All", "CurrentInstanceCount": 1, "DesiredInstanceCount": 3}
    endpoint_of(clients, variant, {"VariantName": "All", "InstanceType": "ml.m5.large"})
    assert ask_endpoints(asking) == (EndpointInstances("other", {"ml.m5.large": 3}),)


def test_endpoints_of_pools(clients: StubbedClients, asking: Asking) -> None:
    """Nobody says which type an instance of a pool has."""
    pool = {"VariantName": "All", "InstancePools": [{"InstanceType": "ml.m5.large", "Priority": 1}]}
    endpoint_of(clients, {"VariantName": "All", "CurrentInstanceCount": 2}, pool)
    assert ask_endpoints(asking) == (EndpointInstances("other", {"": 2}),)


def test_endpoints_that_can_not_be_described(clients: StubbedClients, asking: Asking) -> None:
    """A part of the usage is not the usage."""
    listed = {
        "EndpointName": "other",
        "EndpointArn": "arn:aws:sagemaker:us-east-1:123456789012:endpoint/other",
        "CreationTime": NOW,
        "LastModifiedTime": NOW,
        "EndpointStatus": "InService",
    }
    clients.answer("sagemaker", "list_endpoints", {"Endpoints": [listed]})
    clients.refuse("sagemaker", "describe_endpoint", "AccessDeniedException")
    assert ask_endpoints(asking) is None
    [found] = asking.not_checked
    assert found.why.endswith("it needs sagemaker:DescribeEndpoint.")
