"""Asks whose account it is, what its quotas are and what its endpoints take of them."""

from collections import Counter
from collections.abc import Mapping

from preflight.account.asking import Asking
from preflight.account.errors import AccountError
from preflight.account.evidence import EndpointInstances

__all__ = ["ask_caller", "ask_endpoints", "ask_quotas"]

_SERVICE = "sagemaker"
_ENDPOINTS_MAXIMUM = 200
_GONE = frozenset({"Deleting", "Failed"})


def ask_caller(asking: Asking) -> str | None:
    """Return the account whose credentials are used: 12 digits; None where it is not known.

    Raises:
        AccountError: there are no credentials, or nobody answers, as behind a proxy that lets nothing
            through.
    """
    answer = asking.ask("sts", "get_caller_identity", "whose account it is", "sts:GetCallerIdentity")
    if "sts" in asking.silent:
        [told] = asking.not_checked
        raise AccountError(
            f"nobody answers whose account it is: {told.why}",
            "Check the network, its proxy (HTTPS_PROXY) and the region.",
        )
    return str(answer["Account"]) if isinstance(answer, dict) else None


def ask_quotas(asking: Asking) -> Mapping[str, float] | None:
    """Return SageMaker's quotas by name: AWS's defaults, and over them what the account was given.

    Source: Service Quotas API Reference, ListServiceQuotas: a quota whose value was never changed may be
    missing there, and stands in ListAWSDefaultServiceQuotas.

    Raises:
        AccountError: there are no credentials.
    """
    what = "the quotas of SageMaker"
    given = asking.pages(
        "service-quotas",
        "list_service_quotas",
        "Quotas",
        what,
        "servicequotas:ListServiceQuotas",
        ServiceCode=_SERVICE,
    )
    if given is None:
        return None
    defaults = asking.pages(
        "service-quotas",
        "list_aws_default_service_quotas",
        "Quotas",
        "AWS's defaults of SageMaker's quotas",
        "servicequotas:ListAWSDefaultServiceQuotas",
        ServiceCode=_SERVICE,
    )
    return {
        str(quota["QuotaName"]): float(quota["Value"])
        for quota in (*(defaults or ()), *given)
        if "Value" in quota
    }


def ask_endpoints(asking: Asking) -> tuple[EndpointInstances, ...] | None:
    """Return the endpoints of the region with their instances; None where they are not all known.

    Raises:
        AccountError: there are no credentials.
    """
    what = "what the account's endpoints take"
    listed = asking.pages(_SERVICE, "list_endpoints", "Endpoints", what, "sagemaker:ListEndpoints")
    if listed is None:
        return None
    there = [each for each in listed if each["EndpointStatus"] not in _GONE]
    if len(there) > _ENDPOINTS_MAXIMUM:
        asking.remember(what, f"there are {len(there)}, and {_ENDPOINTS_MAXIMUM} are asked for at most.")
        return None
    found = [_instances(asking, str(each["EndpointName"]), what) for each in there]
    return tuple(each for each in found if each) if all(found) else None


def _instances(asking: Asking, name: str, what: str) -> EndpointInstances | None:
    """Return an endpoint with its instances; None where they are not known."""
    endpoint = asking.ask(
        _SERVICE, "describe_endpoint", what, "sagemaker:DescribeEndpoint", EndpointName=name
    )
    if not isinstance(endpoint, dict):
        return None
    config = asking.ask(
        _SERVICE,
        "describe_endpoint_config",
        what,
        "sagemaker:DescribeEndpointConfig",
        EndpointConfigName=endpoint["EndpointConfigName"],
    )
    if not isinstance(config, dict):
        return None
    counts = {
        each["VariantName"]: max(each.get("CurrentInstanceCount", 0), each.get("DesiredInstanceCount", 0))
        for each in endpoint.get("ProductionVariants", ())
    }
    instances = Counter[str]()
    for variant in config.get("ProductionVariants", ()):
        count = counts.get(variant["VariantName"], variant.get("InitialInstanceCount", 0))
        # Of pools nobody says which type an instance has: it counts among all instances alone.
        instances[variant.get("InstanceType", "")] += count
    return EndpointInstances(name, dict(instances))
