"""Endpoints beyond the account's quotas."""

from tests.local.aws.component_account import ComponentAccount
from tests.local.aws.enforced.case import CallCase
from tests.local.aws.enforced.requests import INSTANCE_TYPE, create_config, delete, endpoint_of, endpoints

__all__ = ["BEYOND_QUOTA", "QUOTA_CASES", "with_quota"]

BEYOND_QUOTA = f"The account-level service limit '{INSTANCE_TYPE} for endpoint usage' is"


def with_quota(hosting: ComponentAccount, quota: int) -> int:
    """Have a quota beyond what is used already, and return how many instances are used."""
    quotas = hosting.account.client("service-quotas")
    pages = quotas.get_paginator("list_service_quotas").paginate(ServiceCode="sagemaker")
    (code,) = (
        each["QuotaCode"]
        for page in pages
        for each in page["Quotas"]
        if each["QuotaName"] == f"{INSTANCE_TYPE} for endpoint usage"
    )
    used = sum(_used(hosting, each["EndpointName"]) for each in endpoints(hosting))
    quotas.request_service_quota_increase(
        ServiceCode="sagemaker", QuotaCode=code, DesiredValue=float(used + quota)
    )
    assert quotas.get_service_quota(ServiceCode="sagemaker", QuotaCode=code)["Quota"]["Value"] == used + quota
    return used


def _used(hosting: ComponentAccount, endpoint: str) -> int:
    described = hosting.sagemaker.describe_endpoint(EndpointName=endpoint)
    config = hosting.sagemaker.describe_endpoint_config(EndpointConfigName=described["EndpointConfigName"])
    types = {each["VariantName"]: each.get("InstanceType") for each in config["ProductionVariants"]}
    counts = (
        max(each["CurrentInstanceCount"], each["DesiredInstanceCount"])
        for each in described["ProductionVariants"]
        if types[each["VariantName"]] == INSTANCE_TYPE
    )
    return 0 if described["EndpointStatus"] == "Failed" else sum(counts)


def _create_beyond_quota(hosting: ComponentAccount, instances: int) -> None:
    with_quota(hosting, 2)
    try:
        delete(hosting, endpoint_of(hosting, instances))
    finally:
        with_quota(hosting, 1000)


def _scale_beyond_quota(hosting: ComponentAccount, instances: int) -> None:
    endpoint = endpoint_of(hosting, 1)
    with_quota(hosting, 2)
    try:
        hosting.sagemaker.update_endpoint_weights_and_capacities(
            EndpointName=endpoint,
            DesiredWeightsAndCapacities=[{"VariantName": "AllTraffic", "DesiredInstanceCount": instances}],
        )
        hosting.account.wait_endpoint(endpoint, "InService")
    finally:
        with_quota(hosting, 1000)
        delete(hosting, endpoint)


def _update_beyond_quota(hosting: ComponentAccount, instances: int) -> None:
    endpoint = endpoint_of(hosting, 2)
    with_quota(hosting, 1)
    try:
        hosting.sagemaker.update_endpoint(
            EndpointName=endpoint, EndpointConfigName=create_config(hosting, InitialInstanceCount=instances)
        )
        hosting.account.wait_endpoint(endpoint, "InService")
    finally:
        with_quota(hosting, 1000)
        delete(hosting, endpoint)


QUOTA_CASES = (
    CallCase(
        "SEA508",
        lambda hosting: _create_beyond_quota(hosting, 3),
        BEYOND_QUOTA,
        lambda hosting: _create_beyond_quota(hosting, 2),
    ),
    CallCase(
        "SEA509",
        lambda hosting: _scale_beyond_quota(hosting, 4),
        BEYOND_QUOTA,
        lambda hosting: _scale_beyond_quota(hosting, 3),
    ),
    CallCase(
        "SEA510",
        lambda hosting: _update_beyond_quota(hosting, 2),
        BEYOND_QUOTA,
        lambda hosting: _update_beyond_quota(hosting, 1),
    ),
)
