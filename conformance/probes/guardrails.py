"""Updates that are refused, and answers that are too large: A126, A128, A135."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from botocore.exceptions import ConnectionClosedError

from conformance.benches import ordinary
from conformance.errors import RefutedError
from conformance.laboratory import Laboratory
from conformance.probe import Bench, probe

_ROUTING = {"WaitIntervalInSeconds": 300}
_HALF = {"Type": "CAPACITY_PERCENT", "Value": 50}
_ROLLING = {"MaximumBatchSize": _HALF, "WaitIntervalInSeconds": 60}
_TENTH = {"Type": "CAPACITY_PERCENT", "Value": 10}
_TIME_OUT = r"MaximumExecutionTimeout|[Tt]ime-?out"
_LONG = [-4.0, 500_000.0]
"""Which archives.STEERED answers with a million numbers: 7.5 MB."""


def _canary(size: Mapping[str, Any], **more: Any) -> dict[str, Any]:  # noqa: ANN401 - API members
    routing = {"Type": "CANARY", "CanarySize": size, **_ROUTING}
    return {"BlueGreenUpdatePolicy": {"TrafficRoutingConfiguration": routing, **more}}


_TWO_POLICIES = {**_canary(_HALF), "RollingUpdatePolicy": _ROLLING}


def _update(lab: Laboratory, deployment: Mapping[str, Any]) -> None:
    endpoint = ordinary(lab)
    config = lab.sagemaker.describe_endpoint(EndpointName=endpoint)["EndpointConfigName"]
    lab.sagemaker.update_endpoint(
        EndpointName=endpoint, EndpointConfigName=config, DeploymentConfig=deployment
    )


@probe("A128", bench=Bench.ORDINARY, minutes=2)
def guardrails_of_an_update(lab: Laboratory) -> None:
    """UpdateEndpoint refuses two policies, a canary of 60 % or of all instances, or too short a time-out."""
    for deployment in (
        _TWO_POLICIES,
        _canary({"Type": "CAPACITY_PERCENT", "Value": 60}),
        _canary({"Type": "INSTANCE_COUNT", "Value": 1}),
        _canary(_HALF, TerminationWaitInSeconds=600, MaximumExecutionTimeoutInSeconds=900),
    ):
        lab.evidence.refused(partial(_update, lab, deployment), "ValidationException")


@probe("A128", bench=Bench.OWN, own_minutes=12, creates="an endpoint configuration, an endpoint")
def guardrails_of_a_new_endpoint(lab: Laboratory) -> None:
    """CreateEndpoint takes two policies, which UpdateEndpoint refuses."""
    variant = lab.variant(None)
    config = lab.create_config(variant, ExecutionRoleArn=lab.role_arn())
    name = lab.enter_endpoint()
    lab.evidence.accepted(
        "CreateEndpoint",
        lambda: lab.sagemaker.create_endpoint(
            EndpointName=name,
            EndpointConfigName=config,
            DeploymentConfig=_TWO_POLICIES,
            Tags=lab.account.tags,
        ),
    )
    lab.settled(name)


@probe("A126", bench=Bench.ORDINARY, minutes=1)
def waits_between_steps_add_up(lab: Laboratory) -> None:
    """UpdateEndpoint refuses ten steps, 100 seconds apart, in 600 seconds, for the time-out."""
    routing = {"Type": "LINEAR", "LinearStepSize": _TENTH, "WaitIntervalInSeconds": 100}
    policy = {"TrafficRoutingConfiguration": routing, "MaximumExecutionTimeoutInSeconds": 600}
    lab.evidence.refused(
        lambda: _update(lab, {"BlueGreenUpdatePolicy": policy}), "ValidationException", _TIME_OUT
    )


@probe("A135", bench=Bench.ORDINARY, minutes=1)
def answer_that_is_too_large(lab: Laboratory) -> None:
    """After an answer of more than 6 MB the connection ends without one."""
    endpoint = ordinary(lab)
    try:
        answer = lab.invoke(endpoint, *_LONG)
    except ConnectionClosedError as error:
        lab.evidence.note(str(error))
    else:
        raise RefutedError(f"{len(answer)} numbers were answered")
