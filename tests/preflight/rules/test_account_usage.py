"""The rules about an account, its quotas and its endpoints."""

from typing import Any

import pytest

from preflight.account.evidence import EndpointInstances
from tests.preflight.rules.account_deployments import deployment, found

T4, ALL = "ml.g4dn.xlarge for endpoint usage", "Number of instances across active endpoints"
OTHER = (EndpointInstances("other", {"ml.g4dn.xlarge": 3, "ml.m5.large": 4}),)


def test_sea560_another_account() -> None:
    """Nothing else is judged of another account."""
    [finding] = found("SEA560", account="999999999999")
    assert finding.what == ("The credentials are those of 999999999999; the deployment goes to 123456789012.")
    assert finding.location is not None
    assert finding.location.line == 2
    assert found("SEA560", account="123456789012") == []
    assert found("SEA560") == []


def test_sea561_what_others_take() -> None:
    """Endpoints of the account count, the deployment's own don't."""
    [finding] = found("SEA561", quotas={T4: 4.0}, endpoints=OTHER)
    assert finding.what == (
        "The endpoints begin with 2 of 'ml.g4dn.xlarge for endpoint usage', and others have 3."
    )
    assert finding.allowed == "4 together."
    assert finding.subject == "endpoints.dedicated"
    assert found("SEA561", quotas={T4: 5.0}, endpoints=OTHER) == []
    own = (EndpointInstances("Vision-Dedicated", {"ml.g4dn.xlarge": 2}),)
    assert found("SEA561", quotas={T4: 2.0}, endpoints=own) == []


def test_sea561_all_instances() -> None:
    """Instances of every type count in the quota of all."""
    [finding] = found("SEA561", quotas={ALL: 8}, endpoints=OTHER)
    assert "'Number of instances across active endpoints', and others have 7." in finding.what
    assert found("SEA561", quotas={ALL: 9}, endpoints=OTHER) == []


@pytest.mark.parametrize("facts", [{}, {"quotas": {}}, {"endpoints": OTHER}, {"quotas": {"other": 0}}])
def test_sea561_without_quotas(facts: dict[str, Any]) -> None:
    """What is not known is not judged."""
    assert found("SEA561", **facts) == []
    assert found("SEA562", **facts) == []


def test_sea562_growth() -> None:
    """An update's new instances, and what scaling may add."""
    [finding] = found("SEA562", quotas={T4: 3})
    assert finding.what == (
        "The endpoints may have 4 of 'ml.g4dn.xlarge for endpoint usage' while one is updated, and others "
        "have an unknown number."
    )
    [finding] = found("SEA562", quotas={T4: 3}, endpoints=())
    assert finding.what.endswith("while one is updated, and others have 0.")
    assert found("SEA562", quotas={T4: 4}) == []
    assert found("SEA562", quotas={T4: 1}) == []
    scaling = "\n    scaling: {min: 2, max: 9, invocations_per_instance: 5}"
    scaled = deployment(**{"count: 2}": f"count: 2}}{scaling}"})
    [finding] = found("SEA562", scaled, quotas={T4: 8})
    assert finding.what.startswith(
        "The endpoints may have 9 of 'ml.g4dn.xlarge for endpoint usage' by scaling,"
    )


def test_sea563_a_taken_name() -> None:
    """Names are the same whatever the case; with its stack the endpoint is the deployment's own."""
    there = (EndpointInstances("VISION-dedicated", {}),)
    [finding] = found("SEA563", endpoints=there, stacks={"vision-dedicated": None})
    assert finding.what == (
        "There is an endpoint 'vision-dedicated', and no stack 'vision-dedicated' that it could be of."
    )
    assert found("SEA563", endpoints=there, stacks={"vision-dedicated": "UPDATE_COMPLETE"}) == []
    assert found("SEA563", endpoints=there) == []
    assert found("SEA563", endpoints=OTHER, stacks={"vision-dedicated": None}) == []
