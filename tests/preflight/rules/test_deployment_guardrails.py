"""The rules about how endpoints of any template replace their instances."""

from typing import Any

import pytest
from botocore.loaders import Loader

from preflight.rules.deployment_guardrails import RANGES, Range
from tests.preflight.rules.template_findings import findings, rules_in

ENDPOINT, CONFIG = "AWS::SageMaker::Endpoint", "AWS::SageMaker::EndpointConfig"
ALARMS = {"AutoRollbackConfiguration": {"Alarms": [{"AlarmName": "errors"}]}}
PERCENT, COUNT = "CAPACITY_PERCENT", "INSTANCE_COUNT"

Resources = dict[str, tuple[str, dict[str, Any]]]


def updated(*variants: dict[str, Any], **deployment: object) -> Resources:
    """Return an endpoint with this DeploymentConfig, and its configuration with these variants."""
    given = variants or ({"VariantName": "All", "InstanceType": "ml.m5.large", "InitialInstanceCount": 4},)
    name = {"Fn::GetAtt": ["Config", "EndpointConfigName"]}
    return {
        "Config": (CONFIG, {"ProductionVariants": list(given)}),
        "Endpoint": (ENDPOINT, {"EndpointConfigName": name, "DeploymentConfig": {**ALARMS, **deployment}}),
    }


def blue_green(kind: str = "ALL_AT_ONCE", wait: int = 0, **values: object) -> dict[str, Any]:
    """Return a blue/green policy; sizes of steps go into its routing."""
    sizes: dict[str, object] = {
        key: values.pop(key) for key in ("CanarySize", "LinearStepSize") if key in values
    }
    routing = {"Type": kind, "WaitIntervalInSeconds": wait, **sizes}
    return {"BlueGreenUpdatePolicy": {"TrafficRoutingConfiguration": routing, **values}}


def rolling(value: int = 25, kind: str = PERCENT, **values: object) -> dict[str, Any]:
    """Return a rolling policy."""
    size = {"Type": kind, "Value": value}
    return {"RollingUpdatePolicy": {"MaximumBatchSize": size, "WaitIntervalInSeconds": 0, **values}}


def size(value: int, kind: str = PERCENT) -> dict[str, object]:
    return {"Type": kind, "Value": value}


def test_sea870_two_policies() -> None:
    """Blue/green and rolling exclude each other."""
    [finding] = findings(updated(**blue_green(), **rolling()), "SEA870")
    assert finding.what == "DeploymentConfig has BlueGreenUpdatePolicy and RollingUpdatePolicy."
    assert finding.subject == "Endpoint"
    assert rules_in(updated(**blue_green()), "SEA870") == []
    assert rules_in(updated(**rolling()), "SEA870") == []


@pytest.mark.parametrize("limit", RANGES, ids=lambda each: ".".join(each.path))
def test_sea871_holds_each_range(limit: Range) -> None:
    """A number at either end passes, one beyond is found."""

    def given(value: int) -> Resources:
        data: Any = value
        for part in reversed(limit.path):
            data = {part: data}
        return updated(**data)

    for value in (limit.least, limit.most):
        assert rules_in(given(value), "SEA871") == []
    for value in (limit.least - 1, limit.most + 1):
        [finding] = findings(given(value), "SEA871")
        assert finding.what == f"{limit.path[-1]} is {value}."
        assert finding.allowed == f"{limit.least} to {limit.most}."


def test_sea871_ranges_are_the_service_models() -> None:
    """Each range stands in SageMaker's service model."""
    shapes = Loader().load_service_model("sagemaker", "service-2")["shapes"]
    for limit in RANGES:
        shape = shapes["DeploymentConfig"]
        for part in limit.path:
            shape = shapes[shape["members"][part]["shape"]]
        assert (shape["min"], shape["max"]) == (limit.least, limit.most)
    assert (shapes["AlarmList"]["min"], shapes["AlarmList"]["max"]) == (1, 10)


@pytest.mark.parametrize("count", [0, 11])
def test_sea871_alarms(count: int) -> None:
    """An update is watched by 1 to 10 alarms."""
    alarms = {"AutoRollbackConfiguration": {"Alarms": [{"AlarmName": "a"}] * count}}
    [finding] = findings(updated(**{**blue_green(), **alarms}), "SEA871")
    assert finding.what == f"Alarms has {count} entries."


@pytest.mark.parametrize(
    ("deployment", "what"),
    [
        (blue_green("CANARY", CanarySize=size(51)), "CanarySize is 51 %."),
        (blue_green("LINEAR", LinearStepSize=size(9)), "LinearStepSize is 9 %."),
        (blue_green("LINEAR", LinearStepSize=size(51)), "LinearStepSize is 51 %."),
        (rolling(4), "MaximumBatchSize is 4 %."),
        (rolling(60), "MaximumBatchSize is 60 %."),
    ],
)
def test_sea872_percentages(deployment: dict[str, Any], what: str) -> None:
    """Each kind of step has its own share."""
    [finding] = findings(updated(**deployment), "SEA872")
    assert finding.what == what


@pytest.mark.parametrize(
    "deployment",
    [
        blue_green("CANARY", CanarySize=size(50)),
        blue_green("LINEAR", LinearStepSize=size(10)),
        rolling(5),
        rolling(25, RollbackMaximumBatchSize=size(100)),
        rolling(80, COUNT),
    ],
)
def test_sea872_lets_shares_pass(deployment: dict[str, Any]) -> None:
    """A rollback may be of all instances at once, and a count is no share."""
    assert rules_in(updated(**deployment), "SEA872") == []


def test_sea873_more_instances_than_half() -> None:
    """One instance is all of an endpoint that has one."""
    one = {"VariantName": "All", "InstanceType": "ml.m5.large", "InitialInstanceCount": 1}
    canary = blue_green("CANARY", CanarySize=size(1, COUNT))
    [finding] = findings(updated(one, **canary), "SEA873")
    assert finding.what == "CanarySize is 1, and the variant 'All' has 1 at first."
    assert finding.allowed == "at most 50 % of the instances."
    assert rules_in(updated(**canary), "SEA873") == []
    assert rules_in(updated(**rolling(2, COUNT)), "SEA873") == []
    assert rules_in(updated(**rolling(3, COUNT)), "SEA873") == ["Endpoint"]


@pytest.mark.parametrize(
    ("deployment", "waits"),
    [
        (blue_green(TerminationWaitInSeconds=600, MaximumExecutionTimeoutInSeconds=600), 600),
        (blue_green("CANARY", 700, MaximumExecutionTimeoutInSeconds=600), 700),
        (
            blue_green("LINEAR", 300, LinearStepSize=size(20), MaximumExecutionTimeoutInSeconds=1200),
            1200,
        ),
        (rolling(10, WaitIntervalInSeconds=100, MaximumExecutionTimeoutInSeconds=900), 900),
        (rolling(1, COUNT, WaitIntervalInSeconds=900, MaximumExecutionTimeoutInSeconds=900), 900),
    ],
)
def test_sea874_waits_beyond_the_time_out(deployment: dict[str, Any], waits: int) -> None:
    """The waits between all steps count, and the one before old instances go."""
    [finding] = findings(updated(**deployment), "SEA874")
    assert finding.what.endswith(f"the waits come to {waits} seconds.")


@pytest.mark.parametrize(
    "deployment",
    [
        blue_green(wait=3600, MaximumExecutionTimeoutInSeconds=600),
        blue_green("CANARY", 300, MaximumExecutionTimeoutInSeconds=600),
        blue_green("CANARY", 3600),
        rolling(50, WaitIntervalInSeconds=500, MaximumExecutionTimeoutInSeconds=600),
    ],
)
def test_sea874_lets_enough_time_pass(deployment: dict[str, Any]) -> None:
    """All at once has no steps between which to wait; without a time-out there is SageMaker's own."""
    assert rules_in(updated(**deployment), "SEA874") == []


def test_sea875_exclusions() -> None:
    """Inf1 excludes all guardrails; serverless and several variants exclude rolling updates."""
    inferentia = {"VariantName": "All", "InstanceType": "ml.inf1.xlarge"}
    [finding] = findings(updated(inferentia, **blue_green()), "SEA875")
    assert finding.what == "DeploymentConfig is given, and ml.inf1.xlarge takes no deployment guardrails."
    two = ({"VariantName": "A", "InstanceType": "ml.m5.large"}, {"VariantName": "B", "ServerlessConfig": {}})
    assert [each.what for each in findings(updated(*two, **rolling()), "SEA875")] == [
        "RollingUpdatePolicy is given, and there are 2 variants.",
        "RollingUpdatePolicy is given, and a variant is serverless.",
    ]
    assert rules_in(updated(*two, **blue_green()), "SEA875") == []
    assert rules_in(updated(**rolling()), "SEA875") == []


def test_sea876_nobody_watches_the_steps() -> None:
    """Steps without alarms; all at once needs none."""
    unwatched: dict[str, Any] = {"AutoRollbackConfiguration": {}}
    canary = blue_green("CANARY", CanarySize=size(10))
    [finding] = findings(updated(**{**canary, **unwatched}), "SEA876")
    assert finding.what == "CANARY waits between its steps for no alarm."
    assert rules_in(updated(**{**rolling(), **unwatched}), "SEA876") == ["Endpoint"]
    assert rules_in(updated(**{**blue_green(), **unwatched}), "SEA876") == []
    assert rules_in(updated(**canary), "SEA876") == []


def test_endpoints_that_say_nothing_are_left_alone() -> None:
    """Without DeploymentConfig, or with one that only the deployment knows, nothing is found."""
    silent = updated()
    silent["Endpoint"] = (ENDPOINT, {"EndpointConfigName": "elsewhere"})
    for rule in ("SEA870", "SEA871", "SEA872", "SEA873", "SEA874", "SEA875", "SEA876"):
        assert rules_in(silent, rule) == []
        unknown = {"Endpoint": (ENDPOINT, {"EndpointConfigName": "elsewhere", "DeploymentConfig": ALARMS})}
        assert rules_in(unknown, rule) == []
