"""Updates of endpoints that SageMaker refuses; the endpoints have instances that nothing runs on."""

from typing import Any

from tests.local.aws.enforced.case import Case, merged
from tests.local.aws.enforced.parts import endpoint, model, of_components

__all__ = ["UPDATE_CASES"]

_CANARY = {
    "BlueGreenUpdatePolicy": {
        "TrafficRoutingConfiguration": {
            "Type": "CANARY",
            "WaitIntervalInSeconds": 300,
            "CanarySize": {"Type": "CAPACITY_PERCENT", "Value": 50},
        },
        "TerminationWaitInSeconds": 60,
        "MaximumExecutionTimeoutInSeconds": 3600,
    }
}
_ROLLING = {
    "RollingUpdatePolicy": {
        "MaximumBatchSize": {"Type": "CAPACITY_PERCENT", "Value": 50},
        "WaitIntervalInSeconds": 60,
        "MaximumExecutionTimeoutInSeconds": 3600,
    }
}


def _size(kind: str, value: int) -> dict[str, Any]:
    routing = {"CanarySize": {"Type": kind, "Value": value}}
    return {"BlueGreenUpdatePolicy": {"TrafficRoutingConfiguration": routing}}


def _case(rule: str, change: dict[str, Any], words: str, *, base: dict[str, Any] = _CANARY) -> Case:
    return Case(
        rule,
        {
            "Config": of_components(InitialInstanceCount=4),
            "Endpoint": endpoint(DeploymentConfig=merged(base, change)),
        },
        words,
        {"Endpoint": endpoint(DeploymentConfig=base)},
        before={"Config": of_components(InitialInstanceCount=4), "Endpoint": endpoint()},
    )


UPDATE_CASES = (
    _case("SEA870", _ROLLING, "BlueGreenUpdatePolicy and RollingUpdatePolicy"),
    _case(
        "SEA871",
        {"BlueGreenUpdatePolicy": {"TerminationWaitInSeconds": 4000}},
        "Member must have value less than or equal to 3600",
    ),
    _case("SEA872", _size("CAPACITY_PERCENT", 60), "CanarySize"),
    _case(
        "SEA872",
        {"RollingUpdatePolicy": {"MaximumBatchSize": {"Value": 60}}},
        "MaximumBatchSize",
        base=_ROLLING,
    ),
    _case("SEA873", _size("INSTANCE_COUNT", 3), "CanarySize"),
    _case(
        "SEA874",
        {"BlueGreenUpdatePolicy": {"TerminationWaitInSeconds": 3400}},
        "MaximumExecutionTimeoutInSeconds",
    ),
    Case(
        "SEA878",
        {"Model": model(ModelName="taken", EnableNetworkIsolation=True)},
        "custom-named resource requires replacing",
        {"Model": model(EnableNetworkIsolation=True)},
        before={"Model": model(ModelName="taken")},
    ),
)
